"""The tick: whatever is due in any shop is looked at, and nothing depends on a worker having survived (F43)."""

from collections.abc import Sequence
from datetime import datetime
from time import monotonic
from typing import Final

from services.notifications.domain.breaker import State as Circuit
from services.notifications.domain.message import PARKED_FOR, Message, State
from services.notifications.domain.routes import CHANNELS
from services.notifications.usecases.collaborators import Notifications
from services.notifications.usecases.merge_parked import merge_parked
from services.notifications.usecases.record import write

BATCH: Final = 500
BATCHES: Final = 40
EVERY_SHOP_SECONDS: Final = 30.0
SILENCE_SECONDS: Final = 3.0


class Ticker:
    """Remembers when it last looked at every shop, and when it last ticked."""

    def __init__(self) -> None:
        self._every_shop_at = float("-inf")
        self._ticked_at = float("-inf")

    @property
    def silent_for(self) -> float:
        """Seconds since the last tick of this process."""
        return monotonic() - self._ticked_at

    async def tick(self, service: Notifications) -> None:
        """Probe what is down, then take what is due. Two at a time do no harm: each write has its condition."""
        self._ticked_at = monotonic()
        await probe_providers(service)
        now = service.clock.now()
        hinted = await service.agenda.take(now)
        if hinted is None or monotonic() - self._every_shop_at >= EVERY_SHOP_SECONDS:
            self._every_shop_at = monotonic()
            hinted = await service.messages.shops()
        for shop in hinted:
            await take_due(shop, now, service)


async def tick_in_silence(ticker: Ticker, service: Notifications) -> None:
    """The beat keeps its lock in Redis: when no tick comes, the workers of codes tick by themselves."""
    if ticker.silent_for > SILENCE_SECONDS:
        await ticker.tick(service)


async def take_due(shop: str, now: datetime, service: Notifications) -> None:
    """Decide on every message of the shop that is due, and note when the next one is."""
    open_channels = {channel for channel in CHANNELS if await service.sendings.is_open(channel, shop)}
    for channel in open_channels:
        await service.messages.keep_parked(shop, channel=channel, at=now, until=now + PARKED_FOR)
    merged: set[str] = set()
    for _ in range(BATCHES):
        due = await service.messages.due(shop, now, BATCH)
        resumed = {each.channel for each in due if each.channel and each.state is State.PARKED} - open_channels - merged
        for channel in resumed:
            await merge_parked(shop, channel, service)
        if resumed:
            merged |= resumed
            continue
        await write(shop, _woken(due, now, open_channels), service, again=True)
        if len(due) < BATCH:
            break
    await service.agenda.note(shop, await service.messages.next_due(shop))


def _woken(due: Sequence[Message], now: datetime, open_channels: set[str]) -> list[tuple[Message, Message]]:
    return [(each, each.woken(now, open_breaker=each.channel in open_channels)) for each in due]


async def probe_providers(service: Notifications) -> None:
    """Ask those whose breaker is open whether they are back; only one process asks at a time."""
    circuits = await service.breakers.circuits()
    down = {name for name, circuit in circuits.items() if circuit.state is not Circuit.CLOSED}
    if not down:
        return
    sendings = [each for channel in CHANNELS if (each := service.sendings.of(channel))]
    for shop in await service.messages.shops():
        for sending in sendings:
            if sending.name(shop) in down:
                down.discard(sending.name(shop))
                await sending.probe(shop)
        if not down:
            return
