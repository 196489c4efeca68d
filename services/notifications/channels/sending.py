"""One channel as the delivery sees it: breaker, limit, try, and what the outcome teaches both."""

import sys
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Final

from prometheus_client import Counter, Histogram

from services.notifications.channels.breaker import Breakers
from services.notifications.channels.limits import Limits, Pace, Turn
from services.notifications.channels.port import (
    Channel,
    Outgoing,
    ProviderDown,
    ProviderRefuses,
    Receipt,
    SendFailed,
    Throttled,
)
from services.notifications.channels.settings import ChannelSettings

sends = Counter("bezkart_notifications_sends_total", "Tries at a provider", ("channel", "provider", "outcome"))
send_seconds = Histogram(
    "bezkart_notifications_provider_seconds",
    "A provider's answer",
    ("channel", "provider"),
    buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)
turn_seconds = Histogram(
    "bezkart_notifications_turn_seconds",
    "Waiting for a turn at a provider",
    ("channel", "urgency"),
    buckets=(0.01, 0.1, 0.5, 1.0, 2.0, 5.0, 20.0, 60.0),
)

LONGEST_WAIT: Final = 30.0
_URGENCIES: Final = {True: "urgent", False: "bulk"}
PaceOf = Callable[[str, str], Pace | None]
"""By the breaker's name and the channel's; None where there is no limit."""


def paces(settings: ChannelSettings) -> PaceOf:
    """The limits of the settings; the web has none."""

    def pace_of(bucket: str, channel: str) -> Pace | None:
        if channel == "telegram":
            return Pace(bucket, settings.telegram_per_second, settings.telegram_seconds_per_chat)
        if channel == "sms":
            return Pace(bucket, settings.sms_per_second)
        return None

    return pace_of


class Sending:
    """`send` makes one try when it may be made. Everything it raises is for the delivery to decide on."""

    def __init__(self, channel: Channel, *, limits: Limits, breakers: Breakers, pace_of: PaceOf) -> None:
        self.channel = channel
        self._limits = limits
        self._breakers = breakers
        self._pace_of = pace_of
        self._names: dict[str, tuple[str, Pace | None]] = {}
        self._send_seconds = send_seconds.labels(channel.name, channel.provider)
        self._turn_seconds = {urgent: turn_seconds.labels(channel.name, word) for urgent, word in _URGENCIES.items()}
        self._sent = sends.labels(channel.name, channel.provider, "sent")

    def name(self, shop: str) -> str:
        """Of the breaker and the limit: channel, provider, account."""
        return self._named(shop)[0]

    def turns_within(self, shop: str, seconds: float) -> int:
        """How many calls the shop's account may make in so many seconds; very many where there is no limit."""
        _, pace = self._named(shop)
        return int(pace.per_second * seconds) if pace else sys.maxsize

    async def reserve(self, shop: str, addresses: Sequence[str], *, urgent: bool) -> list[Turn] | None:
        """Turns for a chunk of one shop's messages, to be given to `send` one by one; None where there is no limit."""
        _, pace = self._named(shop)
        return await self._limits.reserve(pace, addresses, urgent=urgent) if pace else None

    async def send(self, outgoing: Outgoing, *, turn: Turn | None = None, longest: float = LONGEST_WAIT) -> Receipt:
        """Raises BreakerOpen and NotYet (not tried), or what the channel raises (tried).

        `turn`: one of `reserve`, made for this very address. `longest`: seconds worth waiting for a turn.
        """
        name, pace = self._named(outgoing.shop)
        probing = await self._breakers.admit(name)
        if pace and await self._wait(outgoing, pace, turn, longest) and not probing:
            probing = await self._breakers.admit(name)
        started = perf_counter()
        try:
            receipt = await self.channel.send(outgoing)
        except SendFailed as failure:
            sends.labels(self.channel.name, self.channel.provider, failure.reason).inc()
            await self._learn(name, pace, outgoing, failure, probing=probing)
            raise
        finally:
            self._send_seconds.observe(perf_counter() - started)
        self._sent.inc()
        await self._alive(name, probing=probing)
        return receipt

    async def probe(self, shop: str) -> bool:
        """Where the breaker's pause is over, ask the provider whether it is back; for a tick. True: it was asked."""
        name = self.name(shop)
        if not await self._breakers.probe(name):
            return False
        failure = None
        try:
            await self.channel.check(shop)
        except Throttled:
            pass  # alive, and busy with others
        except SendFailed as failed:
            failure = failed.reason
        await self._breakers.probed(name, failure=failure)
        return True

    def _named(self, shop: str) -> tuple[str, Pace | None]:
        account = self.channel.account(shop)
        known = self._names.get(account)
        if known is None:
            name = f"{self.channel.name}:{self.channel.provider}:{account}"
            known = self._names[account] = name, self._pace_of(name, self.channel.name)
        return known

    async def _wait(self, outgoing: Outgoing, pace: Pace, turn: Turn | None, longest: float) -> float:
        """Seconds waited."""
        if turn is None:
            (turn,) = await self._limits.reserve(pace, [outgoing.address], urgent=outgoing.urgent)
        waited = await self._limits.wait(pace, turn, outgoing.address, urgent=outgoing.urgent, longest=longest)
        self._turn_seconds[outgoing.urgent].observe(waited)
        return waited

    async def _learn(
        self, name: str, pace: Pace | None, outgoing: Outgoing, failure: SendFailed, *, probing: bool
    ) -> None:
        if isinstance(failure, Throttled) and pace:
            address = None if failure.whole_provider else outgoing.address
            await self._limits.block(pace, failure.retry_after, address=address)
        if not isinstance(failure, ProviderDown | ProviderRefuses):
            await self._alive(name, probing=probing)
        elif probing:
            await self._breakers.probed(name, failure=failure.reason)
        elif isinstance(failure, ProviderRefuses):
            await self._breakers.refused(name, failure.reason)
        else:
            await self._breakers.failed(name, failure.reason)

    async def _alive(self, name: str, *, probing: bool) -> None:
        if probing:
            await self._breakers.probed(name, failure=None)
        else:
            await self._breakers.succeeded(name)
