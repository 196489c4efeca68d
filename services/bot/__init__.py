"""The Telegram bots: guests, baristas and owners, through the gateway only."""
