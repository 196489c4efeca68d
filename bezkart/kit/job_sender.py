"""Sends Celery tasks from asynchronous code: Celery's message protocol 2 over our own connection, each publish confirmed.

Celery's `send_task` blocks and costs about 2 ms. A task that is lost with its process is no loss here: whoever hands it over keeps in
the store when to look again, and a tick finds what no worker took. That may be long, so a broker that is away is waited for; who has
to know that a task is with the broker asks for it.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

import orjson
import structlog
from aio_pika import DeliveryMode, Message
from aio_pika.abc import AbstractChannel, AbstractConnection
from aio_pika.exceptions import ChannelPreconditionFailed, DeliveryError

from bezkart.kit import metrics, tracing
from bezkart.kit.bus.connection import BrokerLost, keep_connected, watch
from bezkart.kit.bus.topology import Topology

IN_A_ROUND: Final = 50
WAITING_LIMIT: Final = 500
"""Jobs kept while the broker is away; a chunk of ids takes some 20 KB."""
PUBLISH_SECONDS: Final = 10
QUEUE_ARGUMENTS: Final[dict[str, Any]] = {"x-queue-type": "quorum"}

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """A task by its name, for a queue; it belongs to the trace it was made in."""

    queue: str
    task: str
    args: Sequence[Any]
    traceparent: str | None = field(default_factory=tracing.traceparent)


@dataclass(frozen=True, slots=True)
class _Order:
    """A job to be sent; `confirmed` is told when the broker has it."""

    job: Job
    confirmed: asyncio.Future[None] | None = None

    def has_come(self) -> None:
        if self.confirmed and not self.confirmed.done():
            self.confirmed.set_result(None)


@dataclass(frozen=True, slots=True)
class QueueLength:
    """Tasks that nobody has taken yet, and how many workers take from the queue."""

    queue: str
    ready: int
    consumers: int


class JobSender:
    """`queues` are declared as Celery does it; a job goes to one of them."""

    def __init__(self, *, amqp_url: str, topology: Topology, queues: Sequence[str]) -> None:
        self._url = amqp_url
        self._topology = topology
        self._queues = tuple(queues)
        self._waiting: deque[_Order] = deque()
        self._there = asyncio.Event()
        self._connection: AbstractConnection | None = None

    def hand_over(self, job: Job) -> None:
        """Send it soon, or when the broker is back. Too many are dropped: the store will tell that nobody took them."""
        self._put(_Order(job))

    async def confirmed(self, jobs: Sequence[Job], *, seconds: float = PUBLISH_SECONDS) -> bool:
        """Send them; whether the broker has said within `seconds` that it has all of them. Else they may still come."""
        said: list[asyncio.Future[None]] = [asyncio.get_running_loop().create_future() for _ in jobs]
        for job, confirmed in zip(jobs, said, strict=True):
            self._put(_Order(job, confirmed))
        if self._connection is None:
            return False
        _, missing = await asyncio.wait(said, timeout=seconds) if said else (said, ())
        return not missing

    def _put(self, order: _Order) -> None:
        if self._connection is None and len(self._waiting) >= WAITING_LIMIT:
            metrics.jobs.labels(order.job.task, "dropped").inc()
            return
        self._waiting.append(order)
        self._there.set()

    async def run(self) -> None:
        """Send until cancelled."""
        await keep_connected(self._url, self._topology, self._session)

    async def lengths(self) -> list[QueueLength]:
        """What waits in each queue. Raises BrokerLost."""
        if self._connection is None:
            raise BrokerLost("no connection")
        found = []
        async with self._connection.channel() as channel:
            for name in self._queues:
                queue = await channel.declare_queue(self._topology.queue(name), passive=True)
                told = queue.declaration_result
                found.append(QueueLength(name, told.message_count or 0, told.consumer_count or 0))
        return found

    async def _session(self, connection: AbstractConnection) -> None:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        await self._declare(channel)
        self._connection = connection
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(watch(channel))
                group.create_task(self._send_for_ever(channel))
        finally:
            self._connection = None

    async def _declare(self, channel: AbstractChannel) -> None:
        for name in self._queues:
            try:
                await channel.declare_queue(self._topology.queue(name), durable=True, arguments=QUEUE_ARGUMENTS)
            except ChannelPreconditionFailed:
                log.exception("queue_differs", queue=name)
                raise

    async def _send_for_ever(self, channel: AbstractChannel) -> None:
        while True:
            await self._there.wait()
            orders = [self._waiting.popleft() for _ in range(min(IN_A_ROUND, len(self._waiting)))]
            if not self._waiting:
                self._there.clear()
            try:
                async with asyncio.TaskGroup() as group:
                    for order in orders:
                        group.create_task(self._send(channel, order))
            except BaseException:
                # Nobody knows which of them the broker has: a task that comes twice finds nothing to do.
                self._waiting.extendleft(reversed(orders))
                self._there.set()
                raise

    async def _send(self, channel: AbstractChannel, order: _Order) -> None:
        job = order.job
        try:
            await channel.default_exchange.publish(
                task_message(job), self._topology.queue(job.queue), mandatory=True, timeout=PUBLISH_SECONDS
            )
        except DeliveryError as refused:
            metrics.jobs.labels(job.task, "dropped").inc()
            log.warning("job_refused", queue=job.queue, error=type(refused).__name__)
            return
        metrics.jobs.labels(job.task, "sent").inc()
        order.has_come()


def task_message(job: Job) -> Message:
    """As Celery itself would send it (message protocol 2, JSON)."""
    task_id = str(uuid4())
    no_callbacks = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}
    return Message(
        orjson.dumps([list(job.args), {}, no_callbacks]),
        content_type="application/json",
        content_encoding="utf-8",
        correlation_id=task_id,
        delivery_mode=DeliveryMode.PERSISTENT,
        headers={
            "lang": "py",
            "task": job.task,
            "id": task_id,
            "root_id": task_id,
            "retries": 0,
            "ignore_result": True,
            "argsrepr": "",
            "kwargsrepr": "",
            "origin": "bezkart",
            **({"traceparent": job.traceparent} if job.traceparent else {}),
        },
    )
