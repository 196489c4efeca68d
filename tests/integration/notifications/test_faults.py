"""What a crash, an outage or a repetition does to messages: nothing is lost, nothing is sent twice but what was in flight."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from time import monotonic
from typing import Any
from unittest.mock import AsyncMock

import pytest
from pymongo import AsyncMongoClient

from bezkart.kit.bus.connection import BrokerLost
from services.notifications.domain import message as rules
from services.notifications.usecases.collaborators import Notifications
from services.notifications.usecases.take_due import take_due
from tests.fixtures.house import eventually
from tests.fixtures.proxy import Proxy
from tests.integration.notifications.conftest import OWNER, SUPPORT, Post, Processes, Worker, end

PHONE = "+79131110202"


async def stored(post: Post, key: str) -> dict[str, Any]:
    """The message's own document."""
    async with AsyncMongoClient[dict[str, Any]](post.house.stores.mongo_url) as client:
        found = await client[f"{post.house.namespace}notifications__demo"]["messages"].find_one({"key": key})
        assert found is not None
        return found


async def test_a_crash_between_write_and_queue_is_found_by_the_tick(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest = await post.guest(telegram_id=4301)
    api = post.house.notifications_services["notifications"]
    monkeypatch.setattr(type(api.jobs), "hand_over", lambda _self, _job: None)
    await post.order(guest, "lost-job", "найдено")
    await asyncio.sleep(0.5)
    monkeypatch.undo()
    assert (await post.ended("lost-job"))["channel"] == "telegram"
    assert post.read("telegram", "4301").count("найдено") == 1


async def test_a_message_is_left_alone_for_long_only_when_the_broker_has_its_task(
    office: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tick gives it to the queue once more, and dies before the broker has the task: the next tick comes soon."""
    guest = await office.guest(telegram_id=4303, welcomed=False)
    await office.order(guest, "tick-died", urgency="bulk")
    service, clock = office.service, office.house.clock

    async def ticked() -> timedelta:
        clock.offset += timedelta(minutes=3)
        now = clock.now()
        await take_due("demo", now, service)
        due: datetime = (await stored(office, "tick-died"))["due_at"]
        return due.replace(tzinfo=UTC) - now

    with monkeypatch.context() as dying:
        dying.setattr(type(service.jobs), "confirmed", AsyncMock(return_value=False))
        assert await ticked() < rules.UNTAKEN["bulk"] + timedelta(seconds=30)
    await eventually(lambda: _connected(service))
    assert await ticked() > rules.UNTAKEN_FOR_SURE["bulk"] - timedelta(seconds=30)


async def _connected(service: Notifications) -> bool:
    with suppress(BrokerLost):
        return bool(await service.jobs.lengths())
    return False


async def test_a_worker_that_died_with_a_message_in_hand(office: Post) -> None:
    """Its lease ends, and somebody else sends it."""
    office.worker = Worker(office.house, office.service)
    working = asyncio.create_task(office.worker.run())
    guest = await office.guest(telegram_id=4302)
    office.telegram.hang = "before"
    await office.order(guest, "in-hand", "ещё раз")

    async def in_hand() -> bool:
        return str((await stored(office, "in-hand"))["state"]) == "sending"

    await eventually(in_hand)
    await end(working)
    office.telegram.hang = ""
    working = asyncio.create_task(Worker(office.house, office.service).run())
    ended = await office.ended("in-hand")
    await end(working)
    assert ended["state"] == "delivered"
    assert office.read("telegram", "4302").count("ещё раз") <= 2


@pytest.mark.timeout(240)  # a killed worker's leases last a minute
async def test_messages_through_workers_that_are_killed(office: Post, processes: Processes) -> None:
    """Real Celery workers, killed in the middle of their chunks: none lost, at most those in flight repeated."""
    office.telegram.limits = False
    guests = [await office.guest(telegram_id=50_000 + number, welcomed=False) for number in range(20)]
    texts = [f"bulk-{number}" for number in range(1000)]
    office.telegram.slow_ms = 30
    orders = [
        {"guest_id": guests[number % 20], "key": text, "text": text, "urgency": "bulk"}
        for number, text in enumerate(texts)
    ]
    for start in (0, 500):
        body = {"messages": orders[start : start + 500]}
        await office.house.call("notifications", "POST", "/api/v1/messages", json=body, bearer=SUPPORT)
    processes.start("urgent")  # it ticks
    received = office.town.books()["telegram"]
    for _ in range(3):
        processes.start("bulk")
        before = received.total
        await eventually(partial(_some_more, office, before + 100), 40)
        processes.kill("bulk")
    processes.start("bulk")

    async def all_there() -> bool:
        return all(received.times_of(texts).values())

    await eventually(all_there, 100)
    repeated = sum(received.times_of(texts).values()) - len(texts)
    assert repeated <= 3 * 200, f"{repeated} repeated"


async def _some_more(office: Post, wanted: int) -> bool:
    return office.town.books()["telegram"].total >= wanted


async def test_with_redis_gone_a_code_still_arrives_and_fails_over(
    wire: Proxy, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "PATIENCE", timedelta(seconds=4))
    guest = await post.guest(telegram_id=4303, phone=PHONE)
    await wire.down()
    started = monotonic()
    await post.order(guest, "no-redis", "без редиса")
    assert (await post.ended("no-redis"))["channel"] == "telegram"
    assert monotonic() - started < 5
    post.telegram.on = False
    await post.order(guest, "no-redis-sms")
    assert (await post.ended("no-redis-sms"))["channel"] == "sms"
    await wire.up()


async def test_an_erased_guest_hears_nothing_and_leaves_nothing(post: Post) -> None:
    guest = await post.guest(telegram_id=4304)
    await post.order(guest, "before", "до удаления")
    await post.ended("before")
    await post.house.call("identity", "DELETE", f"/api/v1/guests/{guest}", bearer=OWNER)

    async def gone() -> bool:
        return await post.message("before") is None

    await eventually(gone)
    await post.order(guest, "after", "после удаления")
    await asyncio.sleep(1)
    assert await post.message("after") is None
    assert "после удаления" not in post.read("telegram", "4304")


async def test_what_gathered_in_an_outage_comes_as_one_digest(post: Post) -> None:
    busy, quiet = await post.guest(telegram_id=4305), await post.guest(telegram_id=4306)
    line = post.service.sendings.of("telegram")
    assert line is not None
    post.telegram.on = False
    await post.service.breakers.refused(line.name("demo"), "drill")
    for number in range(4):
        await post.order(busy, f"news-{number}", f"новость {number}", urgency="bulk")
    await post.order(quiet, "alone", "одна", urgency="bulk")
    for key in ("news-0", "news-3", "alone"):
        await post.ended(key, state="parked")
    post.telegram.on = True
    assert (await post.ended("alone", 60))["state"] == "delivered"
    assert (await post.ended("news-0"))["reason"].startswith("digest:")

    async def told() -> bool:
        return any("новость 3" in text for text in post.read("telegram", "4305"))

    await eventually(told)
    await asyncio.sleep(1)
    told_now = [text for text in post.read("telegram", "4305") if "новость" in text]
    assert len(told_now) == 1
    assert [f"новость {number}" in told_now[0] for number in range(4)] == [True] * 4
    assert post.read("telegram", "4306").count("одна") == 1


async def test_a_code_is_never_kept_readable_and_is_gone_when_it_expires(post: Post) -> None:
    guest = await post.guest(telegram_id=4307)
    await post.command(guest, key="gift-1", template="gift-code", values={"code": "739145", "minutes": 1}, seconds=6)
    await post.ended("gift-1")
    kept = await stored(post, "gift-1")
    assert "739145" in post.read("telegram", "4307")[-1]
    assert "739145" not in str(kept)
    assert kept["text"]

    async def wiped() -> bool:
        return (await stored(post, "gift-1"))["text"] is None

    await eventually(wiped)
    assert (await stored(post, "gift-1"))["state"] == "delivered"


async def test_a_value_that_is_missing_is_reported(post: Post) -> None:
    guest = await post.guest(telegram_id=4308)
    await post.command(guest, template="gift-code", values={"minutes": 1}, key="gift-2", seconds=60)
    assert (await post.ended("gift-2"))["reason"] == "value-missing:code"
    await post.command(guest, template="no-such", values={}, key="gift-3", seconds=60)
    assert (await post.ended("gift-3"))["reason"] == "no-such-template"
