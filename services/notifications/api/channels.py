"""`/api/v1/channels`: which channels work, what waits, who can be reached (F43, F46); for ops the same of the whole platform."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from bezkart.kit.auth import Owner, Platform, RoleRequired, Unauthenticated
from bezkart.kit.job_sender import QueueLength
from bezkart.kit.problems import documented
from services.notifications.api.service import Service
from services.notifications.domain.breaker import Circuit
from services.notifications.domain.breaker import State as CircuitState
from services.notifications.domain.routes import CHANNELS
from services.notifications.store.guests import Reach
from services.notifications.usecases.collaborators import Notifications
from services.notifications.usecases.measure import Backlog, backlog, queue_lengths

_RESPONSES = documented(Unauthenticated, RoleRequired)

router = APIRouter(prefix="/api/v1/channels", tags=["channels"], responses=_RESPONSES)
platform = APIRouter(prefix="/api/v1/operations/notifications", tags=["operations"], responses=_RESPONSES)


class ChannelView(BaseModel):
    """`breaker` is `none` for the web inbox, which needs none; `since` is when it came to its state, `reason` why it opened."""

    channel: str
    provider: str
    breaker: CircuitState | None
    since: datetime | None
    reason: str | None


class Health(BaseModel):
    channels: list[ChannelView]
    backlog: list[Backlog]


class BreakerEventView(BaseModel):
    """`event`: opened, still-open (a probe failed), closed."""

    line: str
    event: str
    at: datetime
    reason: str


class LineView(BaseModel):
    line: str
    breaker: CircuitState
    since: datetime | None
    reason: str | None


class PlatformHealth(BaseModel):
    lines: list[LineView]
    events: list[BreakerEventView]
    queues: list[QueueLength]
    backlog: list[Backlog]


class ReachView(BaseModel):
    """Guests of one segment (null: not in any yet), and how many of them each channel reaches; every one has the web inbox."""

    segment: str | None
    guests: int
    telegram: int
    sms: int
    web: int


class Reachability(BaseModel):
    segments: list[ReachView]


@router.get("")
async def health(caller: Owner, service: Service) -> Health:
    """The channels of the shop, and its messages that wait."""
    circuits = await service.breakers.circuits()
    return Health(
        channels=[each for name in CHANNELS if (each := _channel(name, caller.shop, circuits, service))],
        backlog=await backlog(service, [caller.shop]),
    )


@router.get("/reachability")
async def reachability(caller: Owner, service: Service) -> Reachability:
    """How many guests of each segment can be reached by which channel today."""
    return Reachability(segments=[_reach(each) for each in await service.guests.reach(caller.shop)])


@platform.get("/channels")
async def everything(
    _caller: Platform,
    service: Service,
    since: Annotated[datetime | None, Query(description="Breaker events from then on")] = None,
) -> PlatformHealth:
    """Every line to a provider, every queue, everything that waits."""
    circuits = await service.breakers.circuits()
    start = since.timestamp() if since else 0.0
    return PlatformHealth(
        lines=[
            LineView(line=name, breaker=each.state, since=_moment(each.since), reason=each.reason or None)
            for name, each in sorted(circuits.items())
        ],
        events=[
            BreakerEventView(
                line=each.name, event=each.event, at=datetime.fromtimestamp(each.at, UTC), reason=each.reason
            )
            for each in await service.breakers.events(since=start)
        ],
        queues=await queue_lengths(service),
        backlog=await backlog(service),
    )


def _channel(name: str, shop: str, circuits: dict[str, Circuit], service: Notifications) -> ChannelView | None:
    sending = service.sendings.of(name)
    if sending is None:
        inbox = service.sendings.inbox
        return (
            ChannelView(channel=name, provider=inbox.provider, breaker=None, since=None, reason=None)
            if name == inbox.name
            else None
        )
    circuit = circuits.get(sending.name(shop), Circuit())
    return ChannelView(
        channel=name,
        provider=sending.channel.provider,
        breaker=circuit.state,
        since=_moment(circuit.since),
        reason=circuit.reason or None,
    )


def _reach(reach: Reach) -> ReachView:
    return ReachView(
        segment=reach.segment, guests=reach.guests, telegram=reach.telegram, sms=reach.sms, web=reach.guests
    )


def _moment(seconds: float) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
