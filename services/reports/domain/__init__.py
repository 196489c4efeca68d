"""Facts, what they add up to, and what the figures are called."""
