"""Guests and purchase history from the CSV files of tills and older systems (F18)."""
