"""The way to and from Telegram: bots, their pace, chats, updates."""
