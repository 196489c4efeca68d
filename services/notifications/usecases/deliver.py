"""Send a chunk of messages by one channel (F41, F42): claimed under a lease, within the limits, each result on record within moments.

Killed at any point, the messages of the chunk wait until their lease ends and are sent then; those whose result was not on record yet
are sent twice: what was in flight, no more.
"""

import asyncio
import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import uuid4

from services.notifications.channels import metrics
from services.notifications.channels.breaker import BreakerOpen
from services.notifications.channels.limits import NotYet, Turn
from services.notifications.channels.port import (
    AddressDead,
    Outgoing,
    ProviderDown,
    ProviderRefuses,
    SendFailed,
    Throttled,
)
from services.notifications.channels.sending import Sending
from services.notifications.domain.message import LEASE, PARKED_FOR, Attempt, Message, Urgency
from services.notifications.domain.routes import NO_ADDRESS, PUSH, Routes
from services.notifications.usecases.accept import open_text
from services.notifications.usecases.collaborators import Notifications
from services.notifications.usecases.keep_back import bar, stopped_among
from services.notifications.usecases.push import push
from services.notifications.usecases.record import Recorder

SLICE_SECONDS: Final = 1.7
SMALLEST_SLICE, LARGEST_SLICE = 10, 200
SLICES_AT_ONCE: Final = 2
URGENT_WAIT: Final = 3.0
LEASE_MARGIN: Final = timedelta(seconds=8)
NO_CHANNEL: Final = "no-such-channel"


@dataclass(frozen=True, slots=True)
class Parcel:
    """A claimed message and where it goes."""

    message: Message
    routes: Routes
    address: str


async def deliver(shop: str, channel: str, urgency: Urgency, ids: Sequence[str], service: Notifications) -> None:
    """Those of `ids` that still wait for the channel. Safe to run twice, also at the same moment."""
    if channel == PUSH:
        return await push(shop, ids, service)
    recorder = Recorder(shop, service)
    at_once = asyncio.Semaphore(SLICES_AT_ONCE)
    size = _slice(shop, channel, service)

    async def one(part: Sequence[str]) -> None:
        async with at_once:
            await _deliver_slice(shop, channel, urgency, part, recorder=recorder, service=service)

    try:
        await asyncio.gather(*(one(ids[start : start + size]) for start in range(0, len(ids), size)))
    finally:
        await recorder.finish()


def _slice(shop: str, channel: str, service: Notifications) -> int:
    """What is claimed, and given turns, at a time: no more than can go out soon, since nobody else may have it meanwhile."""
    sending = service.sendings.of(channel)
    soon = sending.turns_within(shop, SLICE_SECONDS) if sending else LARGEST_SLICE
    return max(SMALLEST_SLICE, min(soon, LARGEST_SLICE))


async def _deliver_slice(
    shop: str, channel: str, urgency: Urgency, ids: Sequence[str], *, recorder: Recorder, service: Notifications
) -> None:
    sending = service.sendings.of(channel)
    barred = await service.sendings.is_open(channel, shop)
    now = service.clock.now()
    if barred and urgency != "urgent":
        parked = await service.messages.park(shop, ids, channel=channel, until=now + PARKED_FOR)
        metrics.parked.labels(channel).inc(parked)
        return
    lease = uuid4().hex
    claimed = await service.messages.claim(shop, ids, channel=channel, lease=lease, until=now + LEASE[urgency])
    if not claimed:
        return
    if sending is None:
        for message in claimed:
            await recorder.put(message, message.failed_hard(_failed(message, NO_CHANNEL, service)))
        return
    parcels = await _addressed(shop, claimed, recorder, service)
    if barred:
        for parcel in parcels:
            await recorder.put(parcel.message, parcel.message.barred(service.clock.now()))
        return
    await _send_all(shop, parcels, sending, recorder=recorder, service=service)


async def _send_all(
    shop: str, parcels: Sequence[Parcel], sending: Sending, *, recorder: Recorder, service: Notifications
) -> None:
    """Turns for a slice at a time: what one worker has reserved and not used yet, no other can use."""
    if not parcels:
        return
    urgent = parcels[0].message.urgent
    turns = await sending.reserve(shop, [each.address for each in parcels], urgent=urgent)
    async with asyncio.TaskGroup() as under_way:
        for place, parcel in enumerate(parcels):
            turn = turns[place] if turns else None
            under_way.create_task(_send(shop, parcel, turn, sending, recorder=recorder, service=service))


async def _addressed(shop: str, claimed: Sequence[Message], recorder: Recorder, service: Notifications) -> list[Parcel]:
    """Those that can be tried; the others are settled here."""
    routes = await service.guests.load_many(shop, {message.guest_id for message in claimed})
    stopped = await stopped_among(shop, (message.campaign for message in claimed), service)
    now = service.clock.now()
    parcels = []
    for message in claimed:
        known = routes.get(message.guest_id, Routes(message.guest_id)).typed(message.sealed_phone)
        sealed = known.sealed(message.channel or "")
        obstacle = known.obstacle(message.channel or "") or (None if sealed else NO_ADDRESS)
        if reason := bar(message, known, stopped):
            await recorder.put(message, message.withdrawn(reason))
        elif now >= message.expires_at:
            await recorder.put(message, message.woken(now, open_breaker=False))
        elif obstacle or sealed is None:
            await recorder.put(message, message.failed_hard(_failed(message, obstacle or NO_ADDRESS, service)))
        else:
            parcels.append(Parcel(message, known, service.envelopes.open(sealed)))
    return parcels


async def _send(
    shop: str, parcel: Parcel, turn: Turn | None, sending: Sending, *, recorder: Recorder, service: Notifications
) -> None:
    """One try, and what becomes of the message."""
    message = parcel.message
    channel = message.channel or ""
    address = parcel.routes.masked(channel)
    outgoing = Outgoing(
        message_id=message.id,
        shop=shop,
        address=parcel.address,
        text=open_text(message, service),
        urgent=message.urgent,
        buttons=message.buttons,
        picture=base64.b64decode(message.picture) if message.picture else None,
    )
    try:
        receipt = await sending.send(outgoing, turn=turn, longest=_longest(message, service))
    except BreakerOpen:
        after = message.barred(service.clock.now())
    except NotYet as later:
        after = message.later(service.clock.now(), later.retry_in)
    except SendFailed as failure:
        tried = _failed(message, failure.reason, service, address=address)
        after = await _after_failure(shop, parcel, failure, tried, service=service)
    else:
        metrics.cost.labels(channel).inc(receipt.cost)
        told = Attempt(
            channel,
            service.clock.now(),
            "delivered",
            cost=receipt.cost,
            provider_id=receipt.provider_id,
            address=address,
        )
        after = message.delivered(told)
    await recorder.put(message, after)


async def _after_failure(
    shop: str, parcel: Parcel, failure: SendFailed, tried: Attempt, *, service: Notifications
) -> Message:
    message = parcel.message
    channel = message.channel or ""
    if isinstance(failure, ProviderDown | ProviderRefuses):
        down = isinstance(failure, ProviderRefuses) or await service.sendings.is_open(channel, shop)
        return message.failed_softly(tried, open_breaker=down)
    if isinstance(failure, Throttled):
        return message.later(tried.at, failure.retry_after, told=tried)
    if isinstance(failure, AddressDead) and message.sealed_phone is None:
        await service.guests.mark_dead(shop, parcel.routes, channel, failure.reason)
    return message.failed_hard(tried)


def _longest(message: Message, service: Notifications) -> float:
    """How long a turn is worth waiting for: with its lease over under way, others might send the message too."""
    lease = (message.due_at - service.clock.now() - LEASE_MARGIN).total_seconds() if message.due_at else 0.0
    return max(URGENT_WAIT if message.urgent else 0.0, lease)


def _failed(message: Message, reason: str, service: Notifications, *, address: str = "") -> Attempt:
    return Attempt(message.channel or "", service.clock.now(), "failed", reason, address=address)
