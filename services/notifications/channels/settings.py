"""The environment of the channels. `NotificationsSettings` of the service takes these in."""

from typing import Literal

from pydantic import Field, model_validator

from bezkart.kit.settings import Settings

SmsProvider = Literal["smsc", "smsru", "smsaero", ""]


class ChannelSettings(Settings):
    """`telegram_tokens`: the own bots of some shops, `{"shop": "token"}`. `sms_api`: empty is the provider's real address.

    `sms_login` and `sms_password`: SMSC's login and password, SMS.RU's nothing and `api_id`, SMS Aero's e-mail and API key.
    `push_services`: hosts of push services beside those of the known browsers. Rates are for all workers together.
    `inbox_mirror`: where the demo's page of phones wants a copy of every inbox message; refused in production.
    The secrets are plain texts because providers make them shorter than our own must be.
    """

    telegram_api: str = "https://api.telegram.org"
    telegram_token: str = Field(default="", repr=False)
    telegram_tokens: dict[str, str] = Field(default_factory=dict, repr=False)
    telegram_per_second: float = Field(default=29.5, gt=0)
    telegram_seconds_per_chat: float = Field(default=1.0, ge=0)
    telegram_timeout_seconds: float = Field(default=5.0, gt=0)
    sms_provider: SmsProvider = ""
    sms_api: str = ""
    sms_login: str = ""
    sms_password: str = Field(default="", repr=False)
    sms_sender: str = ""
    sms_per_second: float = Field(default=10.0, gt=0)
    sms_timeout_seconds: float = Field(default=8.0, gt=0)
    push_private_key: str = Field(default="", repr=False)
    push_contact: str = "mailto:push@bezkart.invalid"
    push_services: tuple[str, ...] = ()
    inbox_mirror: str = ""

    @model_validator(mode="after")
    def _complete(self) -> "ChannelSettings":
        if self.sms_provider and not self.sms_password:
            raise ValueError(f"BEZKART_SMS_PROVIDER={self.sms_provider} needs BEZKART_SMS_PASSWORD")
        if self.inbox_mirror and self.env == "prod":
            raise ValueError("BEZKART_INBOX_MIRROR shows guests' messages to everybody: refused in production")
        return self
