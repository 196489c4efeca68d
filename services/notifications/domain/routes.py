"""How a guest can be reached. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

TELEGRAM: Final = "telegram"
SMS: Final = "sms"
WEB: Final = "web"
CHANNELS: Final = (TELEGRAM, SMS, WEB)
PUSH: Final = "push"
"""Notes to browsers of what lies in the web inbox: no channel of its own, nothing is delivered by it."""

NO_ADDRESS: Final = "no-address"
MASKED_TELEGRAM: Final = "Telegram"
MASKED_WEB: Final = "web"


@dataclass(frozen=True, slots=True)
class Browser:
    """One that wants Web Push: its subscription, sealed; `id` tells it from others."""

    id: str
    sealed: str = field(repr=False)
    since: datetime


@dataclass(frozen=True, slots=True)
class Routes:
    """The addresses of one guest, sealed as they came. `dead` says which channels do not work and why, until they change.

    `version` is that of the guest in identity; 0 is a guest of whom only messages are known yet. `muted` are the topics of messages
    that the guest does not want, `advertising` whether he agreed to it (None: not told). `name` is sealed as the addresses are.
    """

    guest_id: str
    version: int = 0
    telegram: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    masked_phone: str | None = None
    language: str = "ru"
    dead: Mapping[str, str] = field(default_factory=dict)
    muted: frozenset[str] = frozenset()
    browsers: tuple[Browser, ...] = ()
    name: str | None = field(default=None, repr=False)
    advertising: bool | None = None

    def sealed(self, channel: str) -> str | None:
        """The sealed address; the web inbox needs none."""
        return {TELEGRAM: self.telegram, SMS: self.phone}.get(channel)

    def typed(self, sealed_phone: str | None) -> "Routes":
        """With the number that was given for one message in place of the known one; None changes nothing."""
        if sealed_phone is None:
            return self
        alive = {channel: reason for channel, reason in self.dead.items() if channel != SMS}
        return replace(self, phone=sealed_phone, masked_phone=None, dead=alive)

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
