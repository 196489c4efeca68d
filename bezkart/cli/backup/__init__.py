"""`bezkart backup` and `bezkart restore`: every database at one moment, and nothing lost that was on its way (docs/adr/0020)."""
