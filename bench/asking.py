"""Asks notifications for messages as another service does: commands in outboxes, published by the kit's own publisher.

What the broker did not confirm stays in its outbox and is published again, so whoever kills the broker loses nothing here.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final

from bezkart.contracts.event import Message
from bezkart.kernel.ids import new_id
from bezkart.kit import mongo
from bezkart.kit.bus.envelope import seal
from bezkart.kit.bus.publisher import OutboxPublisher
from bezkart.kit.bus.topology import Topology
from bezkart.kit.clock import SystemClock
from bezkart.kit.mongo import Collection, Document
from bezkart.local.stack import StoreAddresses

OUTBOXES: Final = "outboxes"
AN_OUTBOX: Final = 50
A_PORTION: Final = 10_000
"""The publisher keeps no more than twice as many in memory."""


class Asker:
    """`service` is who asks, for the name of the database."""

    def __init__(self, outboxes: Collection, publisher: OutboxPublisher) -> None:
        self._outboxes = outboxes
        self._publisher = publisher

    async def ask(self, messages: Sequence[Message], *, seconds: float = 300.0) -> None:
        """Publish all of them; returns when the broker has confirmed and the outboxes are empty."""
        for start in range(0, len(messages), A_PORTION):
            for part in range(start, min(start + A_PORTION, len(messages)), AN_OUTBOX):
                await self._hand_over(messages[part : min(part + AN_OUTBOX, start + A_PORTION)])
            await self._publisher.drain(seconds)

    async def left(self) -> int:
        """Outboxes that are not empty."""
        return await self._outboxes.count_documents({"outbox.0": {"$exists": True}})

    async def _hand_over(self, messages: Sequence[Message]) -> None:
        sealed = [seal(message, datetime.now(UTC)) for message in messages]
        document: Document = {"_id": new_id("o"), "outbox": [event.document() for event in sealed]}
        await self._outboxes.insert_one(document)
        self._publisher.hand_over(self._outboxes, document["_id"], sealed)


@asynccontextmanager
async def asking(stores: StoreAddresses, shop: str, *, service: str = "bench") -> AsyncIterator[Asker]:
    """A publisher as it runs in every service."""
    client = mongo.connect(stores.mongo_url)
    databases = mongo.Databases(client, service=service)
    publisher = OutboxPublisher(
        amqp_url=stores.amqp_url,
        topology=Topology(),
        databases=databases,
        clock=SystemClock(),
        shop_outboxes=(OUTBOXES,),
    )
    running = asyncio.create_task(publisher.run())
    try:
        yield Asker((await databases.shop(shop))[OUTBOXES], publisher)
    finally:
        running.cancel()
        await asyncio.wait([running])
        await client.drop_database(f"{service}__{shop}")
        await client.close()
