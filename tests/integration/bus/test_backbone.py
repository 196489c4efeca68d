"""The backbone under ordinary misfortune: broker away, poison, duplicates, disorder, what a crash left behind."""

import asyncio
import random
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import aio_pika
import orjson
import pytest
from aio_pika.abc import AbstractConnection
from pymongo import AsyncMongoClient

from bezkart.contracts.accounts import AccountState, Actor, Purchase
from bezkart.contracts.identity import GuestChanged, GuestErased, ShopChanged
from bezkart.contracts.purchases import PurchaseRecorded
from bezkart.contracts.subscriptions import SUBSCRIPTIONS
from bezkart.kernel.ids import GuestIds
from bezkart.kit.auth import Role
from bezkart.kit.bus import consumer, topology
from bezkart.kit.bus.connection import keep_connected, watch
from bezkart.kit.bus.envelope import seal
from bezkart.kit.bus.topology import Topology
from services.segments import handlers
from tests.fixtures.house import House, eventually, token
from tests.fixtures.proxy import Proxy

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
IDS = GuestIds("g" * 40)


async def outboxes(house: House, database: str, collection: str) -> int:
    async with AsyncMongoClient[dict[str, object]](house.stores.mongo_url) as client:
        found = client[f"{house.namespace}{database}"][collection]
        return await found.count_documents({"outbox.0": {"$exists": True}})


async def publish(house: House, bodies: list[bytes], kind: str) -> None:
    topology = Topology(house.namespace)
    async with await aio_pika.connect(house.stores.amqp_url) as connection:
        channel = await connection.channel()
        await topology.declare(channel)
        exchange = await channel.get_exchange(topology.events)
        for body in bodies:
            await exchange.publish(aio_pika.Message(body, message_id="m"), kind)


async def dead_letters(house: House) -> list[tuple[str, str]]:
    """Queue of origin and latest reason of each dead letter that waits in segments."""
    path, ops = "/api/v1/operations/segments/dead-letters", token(Role.OPS, shop="")
    letters = (await house.call("segments", "GET", path, bearer=ops)).json()["dead_letters"]
    return [(letter["queue"], letter["deaths"][-1]["reason"]) for letter in letters]


def account(version: int) -> AccountState:
    return AccountState(
        version=version,
        purchases=version,
        cups=version,
        stamps=version % 6,
        card_size=6,
        gifts=version // 6,
        spent=0,
        currency="RUB",
        first_purchase_at=NOW if version else None,
        last_purchase_at=NOW if version else None,
    )


def recorded(guest_id: str, version: int) -> bytes:
    event = PurchaseRecorded(
        shop="demo",
        guest_id=guest_id,
        purchase=Purchase(purchase_id=f"p_{version}", at=NOW, cups=1),
        actor=Actor(id="s_1", role="barista"),
        before=account(version - 1),
        account=account(version),
    )
    return seal(event, NOW).body.encode()


def registered(guest_id: str) -> bytes:
    event = GuestChanged(
        shop="demo",
        guest_id=guest_id,
        version=1,
        registered_at=NOW,
        source="terminal",
        has_phone=True,
        has_telegram=False,
        processing_consent=True,
        advertising_consent=False,
    )
    return seal(event, NOW).body.encode()


SHOP = seal(
    ShopChanged(shop="demo", version=1, name="d", timezone="Europe/Moscow", currency="RUB", plan="pro"), NOW
).body.encode()


async def segments_hold(house: House, guests: int, purchases: int) -> bool:
    answer = await house.call("segments", "GET", "/api/v1/segments/totals", bearer=token(Role.OWNER))
    return bool(answer.json() == {"guests": guests, "purchases": purchases})


async def test_purchases_go_on_while_the_broker_is_away_and_events_leave_when_it_is_back(house: House) -> None:
    address = urlsplit(house.stores.amqp_url)
    proxy = Proxy(address.hostname or "", address.port or 5672)
    await proxy.up()
    house.amqp_url = address._replace(netloc=f"{address.username}:{address.password}@127.0.0.1:{proxy.port}").geturl()
    await house.start("purchases")
    guest_id = IDS.issue("demo")
    await house.record(guest_id)

    async def cleared() -> bool:
        return await outboxes(house, "purchases__demo", "accounts") == 0

    await eventually(cleared)
    await proxy.down()
    for _ in range(3):
        assert (await house.record(guest_id)).status_code == 201
    assert await outboxes(house, "purchases__demo", "accounts") == 1
    ready = await house.call("purchases", "GET", "/health/ready")
    assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
    await proxy.up()
    await eventually(cleared)
    await house.start("purchases-consumer")

    async def complete() -> bool:
        path = f"/api/v1/accounts/{guest_id}/ledger"
        return len((await house.call("purchases", "GET", path, bearer=token(Role.OWNER))).json()["entries"]) == 4

    await eventually(complete)
    await proxy.down()


async def test_what_a_crash_left_in_an_outbox_is_published_at_the_next_start(house: House) -> None:
    guest_id = IDS.issue("demo")
    event = seal(GuestErased(shop="demo", guest_id=guest_id, erased_at=NOW), NOW)
    async with AsyncMongoClient[dict[str, object]](house.stores.mongo_url) as client:
        accounts = client[f"{house.namespace}purchases__demo"]["accounts"]
        await accounts.insert_one({"_id": "left-behind", "version": 1, "outbox": [event.document()]})
    await house.start("purchases", "purchases-consumer")

    async def erased() -> bool:
        return (await house.call("purchases", "GET", f"/api/v1/accounts/{guest_id}")).status_code == 410

    await eventually(erased)

    async def cleared() -> bool:
        return await outboxes(house, "purchases__demo", "accounts") == 0

    await eventually(cleared)


async def test_three_times_and_shuffled_is_once(house: House) -> None:
    guests = [IDS.issue("demo") for _ in range(5)]
    await publish(house, [SHOP], ShopChanged.type)
    await house.start("segments", "segments-consumer")
    bodies = [(recorded(guest, version), PurchaseRecorded.type) for guest in guests for version in range(1, 7)]
    bodies += [(registered(guest), GuestChanged.type) for guest in guests]
    bodies *= 3
    random.Random(7).shuffle(bodies)
    for body, kind in bodies:
        await publish(house, [body], kind)
    await eventually(lambda: segments_hold(house, 5, 30))
    assert await dead_letters(house) == []
    picture = await house.segments(as_of="2026-11-21")
    assert picture["segments"]["active"] == 5


async def test_poison_is_dead_at_once_and_the_rest_flows_on(house: House) -> None:
    guest_id = IDS.issue("demo")
    await publish(house, [SHOP], ShopChanged.type)
    envelope = orjson.loads(recorded(guest_id, 1))
    del envelope["data"]["account"]
    unknown = orjson.dumps({**orjson.loads(recorded(guest_id, 1)), "type": "bezkart.purchases.purchase-dreamt.v1"})
    poison = [b"\xff not json", unknown, orjson.dumps(envelope)]
    await publish(house, [*poison, recorded(guest_id, 1)], PurchaseRecorded.type)
    await publish(house, [registered(guest_id)], GuestChanged.type)
    await house.start("segments", "segments-consumer")
    await eventually(lambda: segments_hold(house, 1, 1))

    async def collected() -> bool:
        return len(await dead_letters(house)) == 3

    await eventually(collected)
    dead = [reason for origin, reason in await dead_letters(house) if origin == "segments.purchases"]
    assert len(dead) == 3
    assert any("not JSON" in reason for reason in dead)
    assert any("unknown type" in reason for reason in dead)
    assert any("account: missing" in reason for reason in dead)


async def test_a_handler_that_always_fails_buries_its_message_and_only_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (topology, consumer):
        monkeypatch.setattr(module, "RETRY_DELAYS_MS", (30, 40, 50))
    tries = 0
    reactions: dict[Any, Any] = handlers.reactions.by_queue["segments.purchases"]
    good = reactions[PurchaseRecorded]
    cursed, blessed = IDS.issue("demo"), IDS.issue("demo")

    async def sometimes(events: list[PurchaseRecorded], service: object) -> None:
        nonlocal tries
        if any(event.guest_id == cursed for event in events):
            tries += len(events) == 1
            raise ValueError("cursed")
        await good(events, service)

    monkeypatch.setitem(reactions, PurchaseRecorded, sometimes)
    await publish(house, [SHOP], ShopChanged.type)
    await publish(house, [registered(blessed)], GuestChanged.type)
    await publish(house, [recorded(cursed, 1), recorded(blessed, 1)], PurchaseRecorded.type)
    await house.start("segments", "segments-consumer")
    await eventually(lambda: segments_hold(house, 1, 1))

    async def buried() -> bool:
        return await dead_letters(house) == [("segments.purchases", "ValueError: cursed")]

    await eventually(buried)
    assert tries == len(topology.RETRY_DELAYS_MS) + 1
    await replay_once_the_handler_is_mended(house, monkeypatch, reactions, good)


async def replay_once_the_handler_is_mended(
    house: House, monkeypatch: pytest.MonkeyPatch, reactions: dict[Any, Any], good: Any
) -> None:
    """Replaying twice counts once, and the letter remembers its whole history."""
    monkeypatch.setitem(reactions, PurchaseRecorded, good)
    await house.stop("segments-consumer")
    await house.start("segments-consumer")
    path, ops = "/api/v1/operations/segments/dead-letters", token(Role.OPS, shop="")
    (letter,) = (await house.call("segments", "GET", path, bearer=ops)).json()["dead_letters"]
    for _ in range(2):
        replayed = await house.call("segments", "POST", f"{path}/{letter['id']}/replay", bearer=ops)
        assert replayed.status_code == 200, replayed.text
    whole = replayed.json()
    assert (whole["open"], len(whole["deaths"]), len(whole["replays"])) == (False, 1, 2)
    assert orjson.loads(whole["body"])["type"] == PurchaseRecorded.type
    guest_id = orjson.loads(whole["body"])["subject"]
    await publish(house, [registered(guest_id)], GuestChanged.type)
    await eventually(lambda: segments_hold(house, 2, 2))
    assert await dead_letters(house) == []
    assert (await house.call("segments", "GET", path, bearer=token(Role.OWNER))).status_code == 403
    missing = await house.call("segments", "POST", f"{path}/d_none/replay", bearer=ops)
    assert (missing.status_code, missing.json()["type"]) == (404, "urn:bezkart:problem:dead-letter-not-found")


async def test_every_queue_is_quorum_and_limited(house: House) -> None:
    declared = Topology(house.namespace)
    async with await aio_pika.connect(house.stores.amqp_url) as connection:
        channel = await connection.channel()
        await declared.declare(channel)
        await declared.declare(channel)
        for reaction in SUBSCRIPTIONS:
            arguments: dict[str, Any] = {
                "x-queue-type": "quorum",
                "x-delivery-limit": 10,
                "x-dead-letter-exchange": declared.dead,
                "x-dead-letter-routing-key": declared.queue(reaction),
                "x-dead-letter-strategy": "at-least-once",
                "x-overflow": "reject-publish",
            }
            await channel.declare_queue(declared.queue(reaction), durable=True, arguments=arguments)


async def test_a_connection_cut_again_and_again_is_always_made_anew(house: House) -> None:
    """A cut may end what waits on the connection as a cancellation that nobody asked for; it ended the publisher for good."""
    address = urlsplit(house.stores.amqp_url)
    proxy = Proxy(address.hostname or "", address.port or 5672)
    await proxy.up()
    url = address._replace(netloc=f"{address.username}:{address.password}@127.0.0.1:{proxy.port}").geturl()
    fate = random.Random(4)
    sessions = 0

    async def session(connection: AbstractConnection) -> None:
        nonlocal sessions
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        sessions += 1
        async with asyncio.TaskGroup() as group:
            group.create_task(watch(channel))
            group.create_task(asyncio.sleep(60))

    kept = asyncio.create_task(keep_connected(url, Topology(house.namespace), session))
    for _ in range(12):
        before = sessions

        async def another(before: int = before) -> bool:
            return sessions > before

        await eventually(another)
        await proxy.down()
        await asyncio.sleep(fate.uniform(0, 0.2))
        await proxy.up()
    kept.cancel()
    await asyncio.wait([kept], timeout=10)
    assert kept.cancelled()
    await proxy.down()
