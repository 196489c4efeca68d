"""Purchases: accounts, the loyalty program and the ledger."""
