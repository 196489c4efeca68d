"""What must always be true of a service's data, measured on demand and as metrics (F92)."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import aio_pika
from prometheus_client import Gauge

from bezkart.contracts.subscriptions import SUBSCRIPTIONS
from bezkart.kit.bus.connection import CONNECT_SECONDS
from bezkart.kit.bus.dead_letters import DeadLetters
from bezkart.kit.bus.publisher import OutboxPublisher
from bezkart.kit.bus.topology import Topology

OUTBOX_AGE_LIMIT: Final = 10.0
BACKLOG_LIMIT: Final = 1_000

_values = Gauge("bezkart_invariant_value", "The latest measurement of an invariant", ("service", "invariant"))
_holds = Gauge("bezkart_invariant_ok", "1 while the invariant holds", ("service", "invariant"))


@dataclass(frozen=True, slots=True)
class Finding:
    """One invariant, measured: `ok` says whether `value` (in `unit`) is as it must be, `detail` where it is not."""

    name: str
    value: float
    unit: str
    ok: bool
    detail: str = ""


Measure = Callable[[], Awaitable[Sequence[Finding]]]


@dataclass(frozen=True, slots=True)
class Invariants:
    """Everything that is measured of one service."""

    service: str
    measures: tuple[Measure, ...]

    async def measure(self) -> list[Finding]:
        """Measure all of it now, and set the metrics."""
        findings = [finding for measure in self.measures for finding in await measure()]
        for finding in findings:
            _values.labels(self.service, finding.name).set(finding.value)
            _holds.labels(self.service, finding.name).set(finding.ok)
        return findings


def outbox(publisher: OutboxPublisher) -> Measure:
    """How many events wait in outboxes and how old the oldest is."""

    async def measure() -> list[Finding]:
        count, oldest = await publisher.backlog()
        age = (datetime.now(UTC) - oldest).total_seconds() if oldest else 0.0
        return [
            Finding("outbox events", count, "events", ok=age <= OUTBOX_AGE_LIMIT),
            Finding("outbox age", round(max(age, 0.0), 1), "s", ok=age <= OUTBOX_AGE_LIMIT),
        ]

    return measure


def dead_letters(letters: DeadLetters) -> Measure:
    """Letters that wait for somebody to look at them."""

    async def measure() -> list[Finding]:
        count = await letters.count_open()
        return [Finding("dead letters", count, "events", ok=count == 0)]

    return measure


def backlog(service: str, *, amqp_url: str, topology: Topology) -> Measure:
    """Messages ready in the service's queues; with nobody consuming any of them it is a fault whatever the number."""

    async def measure() -> list[Finding]:
        ready, unattended = 0, []
        async with await aio_pika.connect(amqp_url, timeout=CONNECT_SECONDS) as connection:
            channel = await connection.channel()
            for reaction in (name for name in SUBSCRIPTIONS if name.startswith(f"{service}.")):
                queue = await channel.declare_queue(topology.queue(reaction), passive=True)
                ready += queue.declaration_result.message_count or 0
                if not queue.declaration_result.consumer_count:
                    unattended.append(reaction)
        detail = f"nobody consumes {', '.join(unattended)}" if unattended else ""
        return [
            Finding("queue backlog", ready, "messages", ok=ready <= BACKLOG_LIMIT and not unattended, detail=detail)
        ]

    return measure
