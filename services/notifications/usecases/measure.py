"""How much waits, how long, and which provider is down: for operations, for metrics, for the scaling of workers (F43)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bezkart.kit.bus.connection import BrokerLost
from bezkart.kit.invariants import Finding
from bezkart.kit.job_sender import QueueLength
from services.notifications.channels import metrics
from services.notifications.domain.breaker import State as CircuitState
from services.notifications.domain.message import State
from services.notifications.store.messages import Waiting
from services.notifications.usecases.collaborators import Notifications

MEASURE_SECONDS: Final = 10.0
LATE_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Backlog:
    """Pending messages of all shops by channel and urgency; `oldest_seconds` is the age of the oldest."""

    channel: str
    urgency: str
    waiting: int
    parked: int
    oldest_seconds: float


async def backlog(service: Notifications, shops: Sequence[str] | None = None) -> list[Backlog]:
    """Of these shops, of all by default."""
    named = await service.messages.shops() if shops is None else shops
    found: dict[tuple[str, str], list[Waiting]] = {}
    for shop in named:
        for each in await service.messages.waiting(shop):
            found.setdefault((each.channel, each.urgency), []).append(each)
    now = service.clock.now()
    return [_sum(channel, urgency, group, now) for (channel, urgency), group in sorted(found.items())]


async def queue_lengths(service: Notifications) -> list[QueueLength]:
    """Chunks that no worker has taken yet; nothing while the broker is away."""
    try:
        return await service.jobs.lengths()
    except BrokerLost:
        return []


async def check_messages(service: Notifications) -> list[Finding]:
    """Invariants: no code waits long, and no provider is down without an end."""
    urgent = [each for each in await backlog(service) if each.urgency == "urgent"]
    oldest = max((each.oldest_seconds for each in urgent), default=0.0)
    circuits = await service.breakers.circuits()
    down = sorted(name for name, circuit in circuits.items() if circuit.state is not CircuitState.CLOSED)
    return [
        Finding("oldest urgent message", round(oldest, 1), "s", ok=oldest <= LATE_SECONDS),
        Finding("breakers open", len(down), "lines", ok=not down, detail=", ".join(down)),
    ]


async def measure(service: Notifications) -> None:
    """Bring the gauges up to date."""
    metrics.waiting.clear()
    metrics.oldest_seconds.clear()
    for each in await backlog(service):
        metrics.waiting.labels(each.channel, each.urgency).set(each.waiting + each.parked)
        metrics.oldest_seconds.labels(each.channel, each.urgency).set(each.oldest_seconds)
    for queue in await queue_lengths(service):
        metrics.queue_length.labels(queue.queue).set(queue.ready)
    for name, circuit in (await service.breakers.circuits()).items():
        channel, provider, _ = name.split(":", 2)
        metrics.breaker_open.labels(channel, provider).set(circuit.state is not CircuitState.CLOSED)


def _sum(channel: str, urgency: str, group: Sequence[Waiting], now: datetime) -> Backlog:
    parked = sum(each.count for each in group if each.state == State.PARKED.value)
    total = sum(each.count for each in group)
    oldest = min(each.oldest for each in group)
    return Backlog(channel, urgency, total - parked, parked, max(0.0, (now - oldest).total_seconds()))
