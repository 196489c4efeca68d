"""Publishes what was committed and clears it from the outbox; a sweep finds what a crash left behind."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog
from aio_pika import DeliveryMode, Message
from aio_pika.abc import AbstractConnection, AbstractExchange
from aio_pika.exceptions import DeliveryError
from pymongo import UpdateOne
from pymongo.errors import PyMongoError

from bezkart.kit import metrics
from bezkart.kit.bus.connection import BrokerLost, keep_connected, watch
from bezkart.kit.bus.envelope import CONTENT_TYPE, Sealed
from bezkart.kit.bus.topology import Topology
from bezkart.kit.clock import Clock
from bezkart.kit.mongo import Collection, Databases, unacknowledged_by_majority

IN_FLIGHT: Final = 100
WAITING_LIMIT: Final = 20_000
PUBLISH_SECONDS: Final = 5
CLEAR_PAUSE: Final = 0.02
SWEEP_PAUSE: Final = 3.0
SWEEP_AGE: Final = timedelta(seconds=5)
SWEEP_BATCH: Final = 2_000

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
        self._waiting: asyncio.Queue[Parcel] = asyncio.Queue(WAITING_LIMIT)
        self._held: set[str] = set()
        self._idle = asyncio.Event()
        self._idle.set()
        self._confirmed: list[Parcel] = []
        self._connected = False

    def hand_over(self, collection: Collection, owner: str, events: Sequence[Sealed]) -> None:
        """Publish events that were just committed in the outbox of document `owner`."""
        for event in events:
            if event.id in self._held or self._waiting.full():
                continue
            self._held.add(event.id)
            self._idle.clear()
            self._waiting.put_nowait(Parcel(collection, owner, event))

    async def probe(self) -> None:
        """Raises BrokerLost while there is no connection; for the readiness check."""
        if not self._connected:
            raise BrokerLost("no connection")

    async def run(self) -> None:
        """Publish, clear and sweep until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(keep_connected(self._url, self._topology, self._session))
            group.create_task(self._clear_for_ever())
            group.create_task(self._sweep_for_ever())

    async def drain(self, seconds: float = 5.0) -> None:
        """Wait until everything handed over is published and cleared, at most `seconds`; the sweep of the next start does the rest."""
        async with asyncio.timeout(seconds):
            await self._idle.wait()

    async def _session(self, connection: AbstractConnection) -> None:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        exchange = await channel.get_exchange(self._topology.events, ensure=False)
        self._connected = True
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(watch(channel))
                for _ in range(IN_FLIGHT):
                    group.create_task(self._publish_for_ever(exchange))
        finally:
            self._connected = False

    async def _publish_for_ever(self, exchange: AbstractExchange) -> None:
        while True:
            parcel = await self._waiting.get()
            try:
                await self._publish(exchange, parcel.event)
            except DeliveryError as refused:
                # Full, or no queue bound: the broker is there and said no. The sweep offers it again.
                metrics.publish_failures.inc()
                self._let_go([parcel])
                log.warning("publish_refused", event_type=parcel.event.type, error=type(refused).__name__)
            except BaseException:
                metrics.publish_failures.inc()
                self._let_go([parcel])
                self.hand_over(parcel.collection, parcel.owner, [parcel.event])
                raise
            else:
                metrics.published.labels(parcel.event.type).inc()
                self._confirmed.append(parcel)

    async def _publish(self, exchange: AbstractExchange, event: Sealed) -> None:
        message = Message(
            event.body.encode(),
            message_id=event.id,
            type=event.type,
            content_type=CONTENT_TYPE,
            delivery_mode=DeliveryMode.PERSISTENT,
        )
        await exchange.publish(message, event.type, mandatory=True, timeout=PUBLISH_SECONDS)

    async def _clear_for_ever(self) -> None:
        while True:
            await asyncio.sleep(CLEAR_PAUSE)
            done, self._confirmed = self._confirmed, []
            if not done:
                continue
            try:
                await _clear(done)
            except PyMongoError as error:
                # They stay in the outbox and are published a second time, which readers are built for.
                log.warning("outbox_not_cleared", error=type(error).__name__, events=len(done))
            self._let_go(done)

    def _let_go(self, parcels: Sequence[Parcel]) -> None:
        self._held.difference_update(parcel.event.id for parcel in parcels)
        if not self._held:
            self._idle.set()

    async def _sweep_for_ever(self) -> None:
        age = timedelta(0)
        while True:
            try:
                await self._sweep(age)
                age = SWEEP_AGE
            except PyMongoError as error:
                log.warning("sweep_failed", error=type(error).__name__)
            await asyncio.sleep(SWEEP_PAUSE)

    async def _sweep(self, age: timedelta) -> None:
        for collection in await self._outboxes():
            older = {"outbox.at": {"$lte": self._clock.now() - age}}
            async for document in collection.find(older, {"outbox": 1}).limit(SWEEP_BATCH):
                left = [Sealed.from_document(entry) for entry in document["outbox"]]
                left = [event for event in left if event.id not in self._held]
                metrics.swept.inc(len(left))
                self.hand_over(collection, document["_id"], left)

    async def _outboxes(self) -> list[Collection]:
        own = [(await self._databases.own())[name] for name in self._own_outboxes]
        shops = await self._databases.shops() if self._shop_outboxes else []
        return own + [(await self._databases.shop(shop))[name] for shop in shops for name in self._shop_outboxes]


async def _clear(parcels: Sequence[Parcel]) -> None:
    by_collection: dict[Collection, dict[str, list[str]]] = {}
    for parcel in parcels:
        owners = by_collection.setdefault(parcel.collection, defaultdict(list))
        owners[parcel.owner].append(parcel.event.id)
    for collection, owners in by_collection.items():
        pulls = [
            UpdateOne({"_id": owner}, {"$pull": {"outbox": {"id": {"$in": ids}}}}) for owner, ids in owners.items()
        ]
        await unacknowledged_by_majority(collection).bulk_write(pulls, ordered=False)
