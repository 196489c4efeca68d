"""What every channel can do, and the ways in which it can fail.

A channel makes exactly one try: limits, breakers, retries and the next channel are decided by whoever calls it.
"""

from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from services.notifications.domain.buttons import Button


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One text for one guest on one channel.

    `message_id` is the same at every try of the message: providers that know client ids send a repeat only once.
    `address` is the channel's own: a Telegram chat id, a phone number in E.164, a guest id for the web inbox, a Web Push
    subscription as JSON. It and `text` (a code may be in it) are left out of every representation. A channel without `buttons` or
    `picture` (a PNG) sends the text alone.
    """

    message_id: str
    shop: str
    address: str = field(repr=False)
    text: str = field(repr=False)
    urgent: bool
    buttons: tuple[Button, ...] = ()
    picture: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The provider took the text. `cost` is in minor units of roubles, 0 where it is free or not told."""

    provider_id: str | None
    cost: int


class Channel(Protocol):
    """`name` is the channel (`telegram`, `sms`, `web`), `provider` who carries it (`telegram`, `smsc`, `inbox` …).

    A breaker and a limit belong to channel, provider and account together.
    """

    name: str
    provider: str

    def account(self, shop: str) -> str:
        """Whose limit and breaker it is at the provider: a bot's id where a shop has its own, else `main`. No secret."""

    async def send(self, outgoing: Outgoing) -> Receipt:
        """One try, bounded in time by the channel's own timeout. Raises a `SendFailed`, nothing else."""

    async def check(self, shop: str) -> None:
        """Ask the provider, without any message, whether it would take one: the breaker's probe. Raises a `SendFailed`."""

    async def aclose(self) -> None:
        """Give back connections; nothing is under way any more."""


class SendFailed(Exception):
    """`reason` is a short slug for the delivery log; `detail` is the provider's own word, free of addresses and texts."""

    default: ClassVar[str] = "send-failed"

    def __init__(self, reason: str | None = None, *, detail: str = "") -> None:
        self.reason = reason or self.default
        self.detail = detail
        super().__init__(self.reason)


class AddressDead(SendFailed):
    """The bot is blocked, the number takes no SMS: not again until the address changes or the guest writes."""

    default = "address-dead"


class Throttled(SendFailed):
    """Too fast. Nobody may call for the next `retry_after` seconds: the whole provider, or only this address."""

    default = "throttled"

    def __init__(self, retry_after: float, *, whole_provider: bool = True, detail: str = "") -> None:
        super().__init__(detail=detail)
        self.retry_after = retry_after
        self.whole_provider = whole_provider


class ProviderDown(SendFailed):
    """5xx, no answer in time, connection refused or cut: counts for the breaker.

    `may_have_sent` is false only where the request cannot have reached the provider: then a repeat is no duplicate.
    """

    default = "provider-down"

    def __init__(self, reason: str | None = None, *, may_have_sent: bool = True, detail: str = "") -> None:
        super().__init__(reason, detail=detail)
        self.may_have_sent = may_have_sent


class ProviderRefuses(SendFailed):
    """Wrong token, no money, address of ours blocked: opens the breaker at once, somebody of operations must act."""

    default = "provider-refuses"


class TextRefused(SendFailed):
    """Too long, forbidden words: this message cannot go by this channel; everything else can."""

    default = "text-refused"
