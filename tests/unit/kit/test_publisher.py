"""The publisher's own work ends when it is told to, whatever the store's driver makes of that."""

import asyncio

import pytest
from pymongo.errors import InvalidOperation

from bezkart.kit import mongo
from bezkart.kit.bus.publisher import OutboxPublisher
from bezkart.kit.bus.topology import Topology
from bezkart.kit.clock import SystemClock


async def test_a_sweep_that_turns_its_cancellation_into_an_error_ends_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sweeping = asyncio.Event()

    async def cut(*_: object) -> None:
        sweeping.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            raise InvalidOperation("cannot use a client that is closed") from None

    client = mongo.connect("mongodb://unused")
    databases = mongo.Databases(client, service="test")
    publisher = OutboxPublisher(amqp_url="", topology=Topology(""), databases=databases, clock=SystemClock())
    monkeypatch.setattr(publisher, "_sweep", cut)
    task = asyncio.create_task(publisher._sweep_for_ever())
    await sweeping.wait()
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=2)
    assert done
    await client.close()
