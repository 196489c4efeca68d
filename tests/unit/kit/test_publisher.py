"""The publisher's own work ends when it is told to, whatever the store's driver makes of that."""

import asyncio

import pytest
from pymongo.errors import InvalidOperation

from bezkart.kit import mongo
from bezkart.kit.bus.envelope import Sealed
from bezkart.kit.bus.publisher import SHOPS_A_SWEEP, OutboxPublisher, Parcel
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


async def test_many_shops_are_swept_in_turn_and_what_was_left_behind_first(monkeypatch: pytest.MonkeyPatch) -> None:
    client = mongo.connect("mongodb://unused")
    databases = mongo.Databases(client, service="test")
    publisher = OutboxPublisher(amqp_url="", topology=Topology(""), databases=databases, clock=SystemClock())
    outboxes = [databases.unprepared(f"shop-{number}")["things"] for number in range(SHOPS_A_SWEEP * 2 + 20)]

    async def all_of_them() -> list[mongo.Collection]:
        return outboxes

    monkeypatch.setattr(publisher, "_outboxes", all_of_them)
    turns = [await publisher._next_turn() for _ in range(3)]
    assert [len(turn) for turn in turns] == [SHOPS_A_SWEEP, SHOPS_A_SWEEP, 20]
    assert [each for turn in turns for each in turn] == outboxes

    publisher._leave([Parcel(outboxes[-1], "owner", Sealed("e_1", "type", SystemClock().now(), "{}"))])
    assert await publisher._next_turn() == [outboxes[-1], *outboxes[:SHOPS_A_SWEEP]]
    publisher.look_again(outboxes[0])
    assert await publisher._next_turn() == [outboxes[0], *outboxes[SHOPS_A_SWEEP : SHOPS_A_SWEEP * 2]]
    await client.close()
