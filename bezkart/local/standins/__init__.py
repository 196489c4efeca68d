"""Stand-ins for Telegram, the SMS gateways and push services: protocol-true, and failing on command. Demo and tests only."""
