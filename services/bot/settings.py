"""The environment of the bot."""

from typing import Literal

from pydantic import Field, SecretStr, model_validator

from bezkart.kit.settings import Settings


class BotSettings(Settings):
    """`bot_key`: what the bot proves itself with to identity. `telegram_tokens`: the own bots of some shops, `{"shop": "token"}`.

    `bot_mode`: `polling` asks Telegram for updates (one process only), `webhook` is called by it at
    `<bot_webhook_url>/telegram-webhook/<bot id>` with `bot_webhook_secret`. `bot_public_url`: the address of the pages as people
    reach them, for QR codes; empty where it is the gateway's. `bot_per_second`: calls that one bot may make,
    less than Telegram's 30 because notifications sends with the same token.
    """

    gateway_url: str
    bot_key: SecretStr
    redis_url: str
    telegram_api: str = "https://api.telegram.org"
    telegram_token: str = Field(default="", repr=False)
    telegram_tokens: dict[str, str] = Field(default_factory=dict, repr=False)
    bot_mode: Literal["polling", "webhook"] = "polling"
    bot_webhook_url: str = ""
    bot_webhook_secret: str = Field(default="", repr=False)
    bot_public_url: str = ""
    bot_per_second: float = Field(default=25.0, gt=0)

    @model_validator(mode="after")
    def _complete(self) -> "BotSettings":
        if not self.telegram_token and not self.telegram_tokens:
            raise ValueError("a bot needs BEZKART_TELEGRAM_TOKEN or BEZKART_TELEGRAM_TOKENS")
        if self.bot_mode == "webhook" and len(self.bot_webhook_secret) < 16:
            raise ValueError("BEZKART_BOT_WEBHOOK_SECRET is what tells Telegram from others: 16 characters or more")
        return self
