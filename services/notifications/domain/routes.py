"""How a guest can be reached. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

TELEGRAM: Final = "telegram"
SMS: Final = "sms"
WEB: Final = "web"
CHANNELS: Final = (TELEGRAM, SMS, WEB)

NO_ADDRESS: Final = "no-address"
MASKED_TELEGRAM: Final = "Telegram"
MASKED_WEB: Final = "web"


@dataclass(frozen=True, slots=True)
class Routes:
    """The addresses of one guest, sealed as they came. `dead` says which channels do not work and why, until they change.

    `version` is that of the guest in identity; 0 is a guest of whom only messages are known yet.
    """

    guest_id: str
    version: int = 0
    telegram: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    masked_phone: str | None = None
    language: str = "ru"
    dead: Mapping[str, str] = field(default_factory=dict)

    def sealed(self, channel: str) -> str | None:
        """The sealed address; the web inbox needs none."""
        return {TELEGRAM: self.telegram, SMS: self.phone}.get(channel)

    def obstacle(self, channel: str) -> str | None:
        """Why the guest cannot be reached there; None if it can be tried."""
        if channel == WEB:
            return None
        return self.dead.get(channel) if self.sealed(channel) else NO_ADDRESS

    def masked(self, channel: str) -> str:
        """What staff may see of the address."""
        if channel == SMS:
            return self.masked_phone or ""
        return MASKED_TELEGRAM if channel == TELEGRAM else MASKED_WEB
