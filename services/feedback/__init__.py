"""Feedback: what guests think, asked for after a purchase or said by themselves, and the owner's answers."""
