"""The publisher and the consumer against bare aio-pika doing the same on the same servers."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime
from time import perf_counter
from typing import Any, Final

import aio_pika
import orjson
import uvloop
from aio_pika.abc import AbstractIncomingMessage
from pymongo import UpdateOne

from bench.cafe import BenchCafe
from bench.results import Result
from bezkart.contracts.accounts import AccountState, Actor, Purchase
from bezkart.contracts.purchases import PurchaseRecorded
from bezkart.contracts.subscriptions import SUBSCRIPTIONS
from bezkart.kernel.ids import GuestIds, new_id
from bezkart.kit import mongo
from bezkart.kit.bus.consumer import Consumer
from bezkart.kit.bus.dead_letters import DeadLetters
from bezkart.kit.bus.envelope import Sealed, seal
from bezkart.kit.bus.publisher import OutboxPublisher
from bezkart.kit.bus.reactions import Reactions
from bezkart.kit.bus.topology import Topology
from bezkart.kit.clock import SystemClock
from bezkart.local.stack import StoreAddresses

EVENTS: Final = 4_000
ROUNDS: Final = 3
IN_FLIGHT: Final = 100
NAMESPACE: Final = "benchbus."
SHOP: Final = "bench"
QUEUE: Final = "segments.purchases"


def bus(cafe: BenchCafe) -> Iterator[Result]:
    """Events a second, alternating with the bare way; the best of several rounds of each."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        figures = runner.run(_measure(cafe.stack.stores))
    best = {name: max(rates) for name, rates in figures.items()}
    yield Result("floor: bare publish with confirms", best["publish bare"], "events/s")
    yield Result("publisher ÷ bare confirmed publish", best["publish"] / best["publish bare"], "ratio", 0.7)
    yield Result("floor: bare consumer, one majority write", best["consume bare"], "events/s")
    yield Result("consumer ÷ bare consumer with the same write", best["consume"] / best["consume bare"], "ratio", 0.7)


class Bench:
    """The same events, queues and documents for both ways."""

    def __init__(self, stores: StoreAddresses, connection: aio_pika.abc.AbstractConnection) -> None:
        self.stores = stores
        self.connection = connection
        self.topology = Topology(NAMESPACE)
        self.client = mongo.connect(stores.mongo_url)
        self.databases = mongo.Databases(self.client, service="bench")
        self.guest_ids = GuestIds("k" * 32)
        guests = [self.guest_ids.issue(SHOP) for _ in range(500)]
        self.events = [seal(_purchase(guests[place % 500], place), datetime.now(UTC)) for place in range(EVENTS)]

    async def publish_bare(self) -> float:
        channel = await self.connection.channel(publisher_confirms=True, on_return_raises=True)
        exchange = await channel.get_exchange(self.topology.events, ensure=False)
        free = asyncio.Semaphore(IN_FLIGHT)

        async def send(event: Sealed) -> None:
            async with free:
                message = aio_pika.Message(event.body.encode(), delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
                await exchange.publish(message, event.type, mandatory=True, timeout=30)

        start = perf_counter()
        await asyncio.gather(*(send(event) for event in self.events))
        taken = perf_counter() - start
        await channel.close()
        return EVENTS / taken

    async def publish(self) -> float:
        """Through the outbox publisher, until the outboxes are cleared as well."""
        publisher = OutboxPublisher(
            amqp_url=self.stores.amqp_url, topology=self.topology, databases=self.databases, clock=SystemClock()
        )
        running = asyncio.create_task(publisher.run())
        await _until(publisher.probe)
        outbox = (await self.databases.shop(SHOP))["outboxes"]
        start = perf_counter()
        for place, event in enumerate(self.events):
            publisher.hand_over(outbox, str(place), [event])
        await publisher.drain(60)
        taken = perf_counter() - start
        running.cancel()
        await asyncio.wait([running])
        return EVENTS / taken

    async def consume_bare(self) -> float:
        await self._fill()
        channel = await self.connection.channel()
        await channel.set_qos(prefetch_count=IN_FLIGHT)
        queue = await channel.get_queue(self.topology.queue(QUEUE), ensure=False)
        accounts = (await self.databases.shop(SHOP))["bare"]
        done, count = asyncio.Event(), 0

        async def handle(message: AbstractIncomingMessage) -> None:
            nonlocal count
            data = orjson.loads(message.body)["data"]
            await accounts.update_one(*_write(data["guest_id"], data["account"]["version"]), upsert=True)
            await message.ack()
            count += 1
            if count == EVENTS:
                done.set()

        start = perf_counter()
        await queue.consume(handle)
        await done.wait()
        taken = perf_counter() - start
        await channel.close()
        return EVENTS / taken

    async def consume(self) -> float:
        """Through the consumer, with seals checked, models validated, metrics counted."""
        await self._fill()
        done, count = asyncio.Event(), 0
        reactions = Reactions[None]()
        accounts = (await self.databases.shop(SHOP))["ours"]

        @reactions.on(PurchaseRecorded, queue=QUEUE)
        async def recorded(events: Sequence[PurchaseRecorded], _service: None) -> None:
            nonlocal count
            writes = [UpdateOne(*_write(event.guest_id, event.account.version), upsert=True) for event in events]
            await accounts.bulk_write(writes, ordered=False)
            count += len(events)
            if count == EVENTS:
                done.set()

        consumer = Consumer[None](
            amqp_url=self.stores.amqp_url,
            topology=self.topology,
            reactions=reactions,
            service=None,
            dead_letters=DeadLetters(
                self.databases, service="segments", amqp_url=self.stores.amqp_url, namespace=NAMESPACE
            ),
            guest_ids=self.guest_ids,
        )
        running = asyncio.create_task(consumer.run())
        await _until(consumer.probe)
        start = perf_counter()
        await done.wait()
        taken = perf_counter() - start
        consumer.stop()
        await running
        return EVENTS / taken

    async def empty_queues(self) -> None:
        async with self.connection.channel() as channel:
            for name in SUBSCRIPTIONS:
                await (await channel.get_queue(self.topology.queue(name), ensure=False)).purge()

    async def _fill(self) -> None:
        await self.empty_queues()
        await self.publish_bare()


async def _measure(stores: StoreAddresses) -> dict[str, list[float]]:
    connection = await aio_pika.connect(stores.amqp_url)
    bench = Bench(stores, connection)
    async with connection.channel() as channel:
        await bench.topology.declare(channel)
    ways = {
        "publish bare": bench.publish_bare,
        "publish": bench.publish,
        "consume bare": bench.consume_bare,
        "consume": bench.consume,
    }
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            rates[name].append(await way())
            await bench.empty_queues()
    await connection.close()
    await bench.client.close()
    return rates


def _write(guest_id: str, version: int) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"_id": guest_id}, {"$max": {"version": version}}


def _purchase(guest_id: str, place: int) -> PurchaseRecorded:
    now = datetime.now(UTC)
    state = AccountState(
        version=place + 1,
        purchases=place + 1,
        cups=place + 1,
        stamps=place % 6,
        card_size=6,
        gifts=0,
        spent=0,
        currency="RUB",
        first_purchase_at=now,
        last_purchase_at=now,
    )
    return PurchaseRecorded(
        shop=SHOP,
        guest_id=guest_id,
        purchase=Purchase(purchase_id=new_id("p"), at=now, cups=1),
        actor=Actor(id="s_bench", role="barista"),
        before=state,
        account=state,
    )


async def _until(probe: Callable[[], Awaitable[None]]) -> None:
    for _ in range(200):
        try:
            return await probe()
        except Exception:
            await asyncio.sleep(0.02)
    raise TimeoutError("no broker")
