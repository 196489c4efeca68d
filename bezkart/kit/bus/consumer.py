"""Consumes a service's queues in batches; knows which failure waits, which is tried later and which is dead at once."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, Generic

import orjson
import structlog
from aio_pika import DeliveryMode
from aio_pika import Message as AmqpMessage
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractExchange, AbstractIncomingMessage, AbstractQueue
from opentelemetry.trace import SpanKind

from bezkart.contracts.event import Message
from bezkart.kernel.errors import VersionConflict
from bezkart.kernel.ids import GuestIds
from bezkart.kit import faults, metrics
from bezkart.kit.bus.connection import BrokerLost, keep_connected, watch
from bezkart.kit.bus.dead_letters import ATTEMPT_HEADER, FAILED_AT_HEADER, REASON_HEADER, DeadLetters, collect
from bezkart.kit.bus.envelope import CONTENT_TYPE, Opened, Unread, unpack
from bezkart.kit.bus.reactions import Handler, Reactions, Service
from bezkart.kit.bus.topology import RETRY_DELAYS_MS, Topology
from bezkart.kit.failures import STORE_GONE
from bezkart.kit.tracing import Spans

PREFETCH: Final = 100
BATCH: Final = 250
BACKLOG: Final = 4  # as many messages hold a batch of events when there is much to do
GATHER_SECONDS: Final = 0.15
HANDLER_SECONDS: Final = 60
STORE_PAUSE: Final = 0.5
CONFLICT_TRIES: Final = 20

log = structlog.get_logger(__name__)

Delivery = tuple[Opened[Message], int]  # with the number of tries that failed before


class Consumer(Generic[Service]):
    """Handles every queue of `reactions` until `stop`; one batch of each queue at a time.

    A store that is away holds the batch back and it is tried in place: nothing is used up while MongoDB restarts. Any other
    failure sends the message through the retry ladder (1 s, 10 s, 1 min) and then to the dead letters; a message that cannot be
    read is dead at once.
    """

    def __init__(
        self,
        *,
        amqp_url: str,
        topology: Topology,
        reactions: Reactions[Service],
        service: Service,
        dead_letters: DeadLetters,
        guest_ids: GuestIds,
        spans: Spans | None = None,
    ) -> None:
        self._url = amqp_url
        self._topology = topology
        self._reactions = reactions
        self._service = service
        self._dead_letters = dead_letters
        self._guest_ids = guest_ids
        self._spans = spans or Spans()
        self._stopping = asyncio.Event()
        self._connected = False

    async def probe(self) -> None:
        """Raises BrokerLost while nothing is being consumed; for the readiness check."""
        if not self._connected:
            raise BrokerLost("not consuming")

    async def run(self) -> None:
        """Consume until `stop` is called; connections that are lost are made anew."""
        consuming = asyncio.create_task(keep_connected(self._url, self._topology, self._session))
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait([consuming, stopping], return_when=asyncio.FIRST_COMPLETED)
            if not self._connected:
                consuming.cancel()
            await asyncio.wait([consuming])
            if not consuming.cancelled():
                consuming.result()
        finally:
            consuming.cancel()
            stopping.cancel()

    def stop(self) -> None:
        """Finish the batches at hand and return from `run`."""
        self._stopping.set()

    async def _session(self, connection: AbstractConnection) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                watchers = []
                workers = []
                for reaction, handlers in self._reactions.by_queue.items():
                    channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
                    await channel.set_qos(prefetch_count=PREFETCH)
                    queue = await channel.get_queue(self._topology.queue(reaction), ensure=False)
                    watchers.append(group.create_task(watch(channel)))
                    work = QueueWork(
                        channel,
                        queue,
                        reaction=reaction,
                        handlers=handlers,
                        topology=self._topology,
                        service=self._service,
                        guest_ids=self._guest_ids,
                        spans=self._spans,
                    )
                    workers.append(group.create_task(work.run(self._stopping)))
                channel = await connection.channel()
                watchers.append(group.create_task(watch(channel)))
                dead = await channel.get_queue(self._topology.dead_of(self._dead_letters.service), ensure=False)
                watchers.append(group.create_task(collect(self._dead_letters, channel, dead)))
                self._connected = True
                await asyncio.gather(*workers)
                for watcher in watchers:
                    watcher.cancel()
        finally:
            self._connected = False


class QueueWork(Generic[Service]):
    """One queue on one channel: takes what has arrived, handles it, settles every message."""

    def __init__(
        self,
        channel: AbstractChannel,
        queue: AbstractQueue,
        *,
        reaction: str,
        handlers: Mapping[type[Message], Handler[Service]],
        topology: Topology,
        service: Service,
        guest_ids: GuestIds,
        spans: Spans,
    ) -> None:
        self._channel = channel
        self._queue = queue
        self._reaction = reaction
        self._handlers = handlers
        self._known = {event.type: event for event in handlers}
        self._topology = topology
        self._service = service
        self._guest_ids = guest_ids
        self._spans = spans
        self._arrived: asyncio.Queue[AbstractIncomingMessage | None] = asyncio.Queue()

    async def run(self, stopping: asyncio.Event) -> None:
        """Consume until `stopping`; then give back what has not been started."""
        tag = await self._queue.consume(self._arrived.put)
        waker = asyncio.create_task(self._wake(stopping))
        try:
            while not stopping.is_set():
                first = await self._arrived.get()
                if first is not None:
                    await self._work_through(first)
                    # What arrives meanwhile shares the next batch. A message that comes alone never waits, nor does a backlog.
                    if self._arrived.qsize() < BACKLOG:
                        await asyncio.sleep(GATHER_SECONDS)
            await self._queue.cancel(tag)
        finally:
            waker.cancel()

    async def _wake(self, stopping: asyncio.Event) -> None:
        await stopping.wait()
        await self._arrived.put(None)

    async def _work_through(self, message: AbstractIncomingMessage) -> None:
        """Handle this message and what has arrived behind it, then settle all of them at once."""
        events = self._open(message)
        while len(events) < BATCH and not self._arrived.empty():
            following = self._arrived.get_nowait()
            if following is None:
                break
            message = following
            events += self._open(message)
        readable: dict[Handler[Service], list[Delivery]] = defaultdict(list)
        for opened, attempt in events:
            if isinstance(opened, Unread):
                await self._bury(opened.body, opened.reason, attempt)
            else:
                readable[self._handlers[type(opened.event)]].append((opened, attempt))
        for handler, deliveries in readable.items():
            for part in self._spans.apart(deliveries, lambda delivery: delivery[0].traceparent):
                await self._handle(handler, part)
        faults.strike("before-ack")
        # One batch at a time on this channel: everything up to the last message is settled by now.
        await message.ack(multiple=True)

    def _open(self, message: AbstractIncomingMessage) -> list[tuple[Opened[Message] | Unread, int]]:
        attempt = int(str(message.headers.get(ATTEMPT_HEADER, 0)))
        return [
            (opened, attempt) for opened in unpack(message.body, message.content_type, self._known, self._guest_ids)
        ]

    async def _handle(self, handler: Handler[Service], deliveries: Sequence[Delivery]) -> None:
        try:
            await self._apply(handler, [opened for opened, _ in deliveries])
        except Exception as error:  # whatever a handler raises, its event must be settled
            if len(deliveries) == 1:
                await self._fail(*deliveries[0], error)
                return
            for delivery in deliveries:
                await self._handle(handler, [delivery])
            return
        metrics.messages.labels(self._reaction, "handled").inc(len(deliveries))
        now = datetime.now(UTC)
        for opened, _ in deliveries:
            metrics.message_age_seconds.labels(self._reaction).observe((now - opened.at).total_seconds())

    async def _apply(self, handler: Handler[Service], opened: Sequence[Opened[Message]]) -> None:
        """One span for the batch: a recorded trace has a batch of its own, and of the others nothing is told."""
        facts = {"messaging.system": "rabbitmq", "messaging.destination.name": self._queue.name}
        facts["messaging.message.id"] = opened[0].id
        name = f"{self._reaction} {opened[0].envelope['type']}"
        with self._spans.within(opened[0].traceparent, name, kind=SpanKind.CONSUMER, attributes=facts):
            conflicts = 0
            while True:
                try:
                    with metrics.message_seconds.labels(self._reaction).time():
                        async with asyncio.timeout(HANDLER_SECONDS):
                            return await handler([each.event for each in opened], self._service)
                except VersionConflict:
                    conflicts += 1
                    if conflicts == CONFLICT_TRIES:
                        raise
                except STORE_GONE as gone:
                    log.warning("store_awaited", queue=self._reaction, error=type(gone).__name__)
                    await asyncio.sleep(STORE_PAUSE)

    async def _fail(self, opened: Opened[Message], attempt: int, error: Exception) -> None:
        reason = f"{type(error).__name__}: {error}"
        log.error("event_failed", queue=self._reaction, attempt=attempt, event_id=opened.id, exc_info=error)
        if attempt >= len(RETRY_DELAYS_MS):
            await self._bury(orjson.dumps(opened.envelope), reason, attempt, event_id=opened.id)
            return
        headers = {ATTEMPT_HEADER: attempt + 1, REASON_HEADER: reason}
        body = orjson.dumps(opened.envelope)
        await self._send(self._topology.retry(attempt), body, headers, event_id=opened.id)
        metrics.messages.labels(self._reaction, "retried").inc()

    async def _bury(self, body: bytes, reason: str, attempt: int, *, event_id: str | None = None) -> None:
        log.error("event_buried", queue=self._reaction, event_id=event_id, reason=reason)
        headers = {ATTEMPT_HEADER: attempt, REASON_HEADER: reason}
        await self._send(self._topology.dead, body, headers, event_id=event_id)
        metrics.messages.labels(self._reaction, "buried").inc()

    async def _send(self, exchange_name: str, body: bytes, headers: dict[str, Any], *, event_id: str | None) -> None:
        """Publish a copy that knows its way back to this queue; the original is let go of only after the confirm."""
        exchange: AbstractExchange = await self._channel.get_exchange(exchange_name, ensure=False)
        copy = AmqpMessage(
            body,
            message_id=event_id,
            content_type=CONTENT_TYPE,
            delivery_mode=DeliveryMode.PERSISTENT,
            headers={**headers, FAILED_AT_HEADER: datetime.now(UTC).isoformat()},
        )
        await exchange.publish(copy, self._queue.name, mandatory=True, timeout=HANDLER_SECONDS)
