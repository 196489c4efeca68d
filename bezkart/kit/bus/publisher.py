"""Publishes what was committed and clears it from the outbox; a sweep finds what a crash left behind."""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

import structlog
from aio_pika import DeliveryMode, Message
from aio_pika.abc import AbstractConnection, AbstractExchange
from aio_pika.exceptions import DeliveryError
from pymongo.errors import PyMongoError

from bezkart.kit import faults, metrics
from bezkart.kit.bus.connection import BrokerBlocked, BrokerLost, blocked, keep_connected, watch
from bezkart.kit.bus.envelope import Sealed, pack
from bezkart.kit.bus.topology import Topology
from bezkart.kit.clock import Clock
from bezkart.kit.mongo import Collection, Databases, Document, unacknowledged_by_majority

EVENTS_A_MESSAGE: Final = 64
MESSAGES_A_ROUND: Final = 16
GATHER_SECONDS: Final = 0.05
WAITING_LIMIT: Final = 20_000
PUBLISH_SECONDS: Final = 30  # a connection that is dead is noticed sooner; a broker that is full just takes its time
CLEAR_PAUSE: Final = 0.1
HOLD_LOOK_SECONDS: Final = 1.0
"""So soon after a backup has asked for it (`bezkart.cli.backup`) nothing is cleared any more."""
SWEEP_PAUSE: Final = 3.0
SWEEP_AGE: Final = timedelta(seconds=5)
SWEEP_BATCH: Final = 2_000
SHOPS_A_SWEEP: Final = 50

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Parcel:
    """One event and the document whose outbox holds it."""

    collection: Collection
    owner: str
    event: Sealed


class OutboxPublisher:
    """The process's only way to the broker. `outboxes` names the collections of each shop (and of the service) that carry one.

    `hand_over` never waits and never fails: what does not fit into memory, or is lost with the process, stays in the outbox
    and the sweep takes it.
    """

    def __init__(
        self,
        *,
        amqp_url: str,
        topology: Topology,
        databases: Databases,
        clock: Clock,
        shop_outboxes: Sequence[str] = (),
        own_outboxes: Sequence[str] = (),
    ) -> None:
        self._url = amqp_url
        self._topology = topology
        self._databases = databases
        self._clock = clock
        self._shop_outboxes = tuple(shop_outboxes)
        self._own_outboxes = tuple(own_outboxes)
        self._waiting: deque[Parcel] = deque()
        self._there = asyncio.Event()
        self._held: set[str] = set()
        self._idle = asyncio.Event()
        self._idle.set()
        self._confirmed: list[Parcel] = []
        self._left_behind: set[Collection] = set()
        self._in_turn: deque[Collection] = deque()
        self._connection: AbstractConnection | None = None
        self._keeping = False
        self._look_at_hold = 0.0

    def hand_over(self, collection: Collection, owner: str, events: Sequence[Sealed]) -> None:
        """Publish events that were just committed in the outbox of document `owner`."""
        for event in events:
            if event.id in self._held:
                continue
            if len(self._waiting) >= WAITING_LIMIT:
                self.look_again(collection)
                return
            self._held.add(event.id)
            self._idle.clear()
            self._waiting.append(Parcel(collection, owner, event))
            self._there.set()

    def look_again(self, collection: Collection) -> None:
        """The next sweep looks through this collection: something may lie in its outboxes that was not handed over."""
        self._left_behind.add(collection)

    async def probe(self) -> None:
        """Raises BrokerLost while there is no connection, BrokerBlocked while it takes nothing; for the readiness check."""
        if self._connection is None:
            raise BrokerLost("no connection")
        if await blocked(self._connection):
            raise BrokerBlocked

    async def run(self) -> None:
        """Publish, clear and sweep until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(keep_connected(self._url, self._topology, self._session))
            group.create_task(self._clear_for_ever())
            group.create_task(self._sweep_for_ever())

    async def backlog(self) -> tuple[int, datetime | None]:
        """How many events lie in outboxes, and the moment of the oldest."""
        count, oldest = 0, None
        summing: list[Document] = [
            {"$match": {"outbox.at": {"$exists": True}}},
            {
                "$group": {
                    "_id": None,
                    "events": {"$sum": {"$size": "$outbox"}},
                    "oldest": {"$min": {"$min": "$outbox.at"}},
                }
            },
        ]
        for collection in await self._outboxes():
            async for found in await collection.aggregate(summing):
                count += found["events"]
                oldest = min(oldest or found["oldest"], found["oldest"])
        return count, oldest

    async def drain(self, seconds: float = 5.0) -> None:
        """Wait until everything handed over is published and cleared, at most `seconds`; the sweep of the next start does the rest."""
        async with asyncio.timeout(seconds):
            await self._idle.wait()

    async def _session(self, connection: AbstractConnection) -> None:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        names = (self._topology.events, self._topology.commands)
        exchanges = {name: await channel.get_exchange(name, ensure=False) for name in names}
        self._connection = connection
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(watch(channel))
                group.create_task(self._publish_for_ever(exchanges))
        finally:
            self._connection = None

    async def _publish_for_ever(self, exchanges: Mapping[str, AbstractExchange]) -> None:
        """In rounds: while one is confirmed, what follows gathers for the next (ADR 0006). An event that comes alone never waits."""
        while True:
            await self._there.wait()
            async with asyncio.TaskGroup() as group:
                for parcels in self._next_messages():
                    exchange = exchanges[self._topology.exchange_of(parcels[0].event.type)]
                    group.create_task(self._publish_or_keep(exchange, parcels))
            await asyncio.sleep(GATHER_SECONDS)

    def _next_messages(self) -> list[list[Parcel]]:
        """What waits, by type, as many messages as a round may have."""
        filling: dict[str, list[Parcel]] = {}
        messages: list[list[Parcel]] = []
        while self._waiting and len(messages) < MESSAGES_A_ROUND:
            parcel = self._waiting.popleft()
            message = filling.setdefault(parcel.event.type, [])
            if not message:
                messages.append(message)
            message.append(parcel)
            if len(message) == EVENTS_A_MESSAGE:
                del filling[parcel.event.type]
        if not self._waiting:
            self._there.clear()
        return messages

    async def _publish_or_keep(self, exchange: AbstractExchange, parcels: Sequence[Parcel]) -> None:
        try:
            await self._publish(exchange, [parcel.event for parcel in parcels])
        except DeliveryError as refused:
            # Full, or no queue bound: the broker is there and said no. The sweep offers it again.
            metrics.publish_failures.inc()
            self._leave(parcels)
            log.warning("publish_refused", event_type=parcels[0].event.type, error=type(refused).__name__)
        except BaseException:
            metrics.publish_failures.inc()
            self._let_go(parcels)
            for parcel in parcels:
                self.hand_over(parcel.collection, parcel.owner, [parcel.event])
            raise
        else:
            metrics.published.labels(parcels[0].event.type).inc(len(parcels))
            self._confirmed += parcels

    async def _publish(self, exchange: AbstractExchange, events: Sequence[Sealed]) -> None:
        body, content_type = pack(events)
        message = Message(
            body,
            message_id=events[0].id,
            type=events[0].type,
            content_type=content_type,
            delivery_mode=DeliveryMode.PERSISTENT,
        )
        faults.strike_soon("after-publish")
        await exchange.publish(message, events[0].type, mandatory=True, timeout=PUBLISH_SECONDS)
        faults.strike("after-confirm")

    async def _clear_for_ever(self) -> None:
        while True:
            await asyncio.sleep(CLEAR_PAUSE)
            if not self._confirmed or await self._must_keep():
                continue
            done, self._confirmed = self._confirmed, []
            faults.strike("before-clear")
            try:
                await _clear(done)
            except PyMongoError as error:
                # They stay in the outbox and are published a second time, which readers are built for.
                log.warning("outbox_not_cleared", error=type(error).__name__, events=len(done))
                self._leave(done)
            else:
                self._let_go(done)
            _heed_cancellation()

    async def _must_keep(self) -> bool:
        """Whether a backup is being made: what the broker holds then is in no store but the outbox."""
        if monotonic() >= self._look_at_hold:
            try:
                self._keeping = await self._databases.outboxes_are_kept()
            except PyMongoError:
                return True
            self._look_at_hold = monotonic() + HOLD_LOOK_SECONDS
        return self._keeping

    def _let_go(self, parcels: Sequence[Parcel]) -> None:
        self._held.difference_update(parcel.event.id for parcel in parcels)
        if not self._held:
            self._idle.set()

    def _leave(self, parcels: Sequence[Parcel]) -> None:
        """To the next sweep."""
        self._left_behind.update(parcel.collection for parcel in parcels)
        self._let_go(parcels)

    async def _sweep_for_ever(self) -> None:
        """Everything at the start and after a fault; else what this process left behind, and some shops in turn for what others did."""
        age = timedelta(0)
        while True:
            try:
                await self._sweep(await self._next_turn() if age else await self._outboxes(), age)
                age = SWEEP_AGE
            except PyMongoError as error:
                log.warning("sweep_failed", error=type(error).__name__)
                age = timedelta(0)
            _heed_cancellation()
            await asyncio.sleep(SWEEP_PAUSE)

    async def _next_turn(self) -> list[Collection]:
        if not self._in_turn:
            self._in_turn.extend(await self._outboxes())
        turn = [self._in_turn.popleft() for _ in range(min(SHOPS_A_SWEEP, len(self._in_turn)))]
        left_behind, self._left_behind = self._left_behind, set()
        return [*left_behind, *(collection for collection in turn if collection not in left_behind)]

    async def _sweep(self, outboxes: Sequence[Collection], age: timedelta) -> None:
        for collection in outboxes:
            older = {"outbox.at": {"$lte": self._clock.now() - age}}
            async for document in collection.find(older, {"outbox": 1}).limit(SWEEP_BATCH):
                left = [Sealed.from_document(entry) for entry in document["outbox"]]
                left = [event for event in left if event.id not in self._held]
                metrics.swept.inc(len(left))
                self.hand_over(collection, document["_id"], left)

    async def _outboxes(self) -> list[Collection]:
        own = [(await self._databases.own())[name] for name in self._own_outboxes]
        shops = await self._databases.shops() if self._shop_outboxes else []
        return own + [self._databases.unprepared(shop)[name] for shop in shops for name in self._shop_outboxes]


def _heed_cancellation() -> None:
    """PyMongo may turn a cancellation into an error of its own, and a process that is to stop would go on for ever."""
    if (task := asyncio.current_task()) and task.cancelling():
        raise asyncio.CancelledError


async def _clear(parcels: Sequence[Parcel]) -> None:
    """One command a collection, whatever the number of documents."""
    by_collection: dict[Collection, list[Parcel]] = {}
    for parcel in parcels:
        by_collection.setdefault(parcel.collection, []).append(parcel)
    for collection, cleared in by_collection.items():
        owners = {"_id": {"$in": [parcel.owner for parcel in cleared]}}
        pull = {"$pull": {"outbox": {"id": {"$in": [parcel.event.id for parcel in cleared]}}}}
        await unacknowledged_by_majority(collection).update_many(owners, pull)
