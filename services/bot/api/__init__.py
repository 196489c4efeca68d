"""What Telegram may call."""
