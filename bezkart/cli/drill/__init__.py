"""`bezkart drill`: switch a provider's stand-in off on purpose and measure what became of every message (F43)."""
