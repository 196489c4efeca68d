"""Campaigns: mailings, triggers and promotions, in good manners (F30–F35)."""
