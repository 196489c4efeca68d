"""Reports beside the services it listens to: the same money to the kopeck, whatever happens to events, guests and clocks."""

import base64
from datetime import UTC, datetime, time, timedelta
from typing import Any

import aio_pika
import orjson
from aio_pika.abc import AbstractQueue
from pymongo import MongoClient

from bezkart.contracts.identity import GuestErased, ShopChanged
from bezkart.kernel.ids import GuestIds
from bezkart.kit.auth import Role
from bezkart.kit.bus.topology import Topology
from services.reports import handlers
from services.reports.usecases.collaborators import Reports
from services.reports.usecases.send_daily import TEMPLATE, send_due
from services.reports.usecases.show_period import show_totals
from tests.fixtures.house import House, eventually, token
from tests.unit.reports.history import Shop

OWNER = token(Role.OWNER, staff="s_owner")
GUEST = str(GuestIds("g" * 40).issue("demo"))
AMOUNTS = (25_000, 19_050, 33_333, 12_500)


async def ask(house: House, path: str, **params: Any) -> Any:
    answer = await house.call("reports", "GET", f"/api/v1/reports/{path}", bearer=OWNER, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def kept(house: House, collection: str) -> list[dict[str, Any]]:
    with MongoClient[dict[str, Any]](house.stores.mongo_url) as client:
        return list(client[f"{house.namespace}reports__demo"][collection].find())


async def test_what_the_owner_sees_is_what_the_ledger_says(house: House) -> None:
    await house.start("identity", "purchases", "purchases-consumer", "segments", "segments-consumer", "reports")
    await house.open_shop()
    guests = [await house.register(f"+7900000000{each}") for each in range(5)]
    bought = [
        (await house.record(guest, each + 1, body={"amount": amount})).json()
        for each, (guest, amount) in enumerate(zip(guests[:4], AMOUNTS, strict=True))
    ]
    await house.record(guests[4])
    assert (await house.undo(guests[3], bought[3]["purchase_id"])).status_code == 200

    async def told() -> bool:
        today = await ask(house, "today")
        return bool(
            today["figures"]["purchases"]["now"] == 4 and sum(each["guests"] for each in today["segments"]) == 5
        )

    await eventually(told)
    today = (await ask(house, "today"))["figures"]
    ledger = await house.purchases_service.ledger.sums("demo")
    assert today["revenue"]["now"] == ledger.spent == sum(AMOUNTS[:3])
    assert (today["cups"]["now"], today["new_guests"]["now"], today["average_ticket"]["now"]) == (7, 5, 25_794)
    days = await ask(house, "days")
    assert (days["total"]["revenue"], days["days"][-1]["undos"], days["total"]["guests"]) == (ledger.spent, 1, 4)
    assert days["days"][-1]["segments"]["new"] == 5
    assert (await ask(house, "staff"))["staff"][0]["purchases"] == 4
    assert sum(each["purchases"] for each in (await ask(house, "hours"))["cells"]) == 4
    assert (await ask(house, "cohorts", months=2))["cohorts"][1]["returned"][0] == {
        "month": 0,
        "guests": 4,
        "share": 80.0,
    }
    kpis = {each["name"]: each for each in (await ask(house, "kpis", language="en"))["kpis"]}
    assert (kpis["average-ticket"]["value"], kpis["repeat-rate"]["value"], kpis["crr"]["value"]) == (25_794, 0.0, None)
    assert "60 days" in kpis["crr"]["definition"]
    for name in ("today", "days", "segments", "flow", "hours", "cohorts"):
        assert (await ask(house, f"charts/{name}"))["title"]["text"]
    exported = await house.call(
        "reports", "GET", "/api/v1/reports/export.csv", bearer=OWNER, params={"kind": "days", "language": "en"}
    )
    last = exported.text.splitlines()[-1].split(",")
    assert last[1:5] == ["4", "7", f"{ledger.spent / 100:.2f}", "257.94"]
    assert not any(guest in exported.text for guest in guests)

    forgotten = await house.call("identity", "DELETE", f"/api/v1/guests/{guests[0]}", bearer=OWNER)
    assert forgotten.status_code in {200, 202, 204}, forgotten.text

    async def erased() -> bool:
        mine = await ask(house, "totals")
        theirs = await house.call("purchases", "GET", "/api/v1/accounts/totals", bearer=OWNER)
        return bool(mine["purchases"] == 3 and mine["spent"] == theirs.json()["spent"] == sum(AMOUNTS[1:3]))

    await eventually(erased)
    assert (await ask(house, "days"))["total"]["revenue"] == sum(AMOUNTS[:3])
    assert (await ask(house, "days"))["days"][-1]["segments"]["new"] == 4
    assert not any(guests[0] in str(each) for name in ("facts", "days") for each in kept(house, name))


async def test_events_come_twice_late_and_around_an_erasure_and_another_time_zone(house: House) -> None:
    await house.start("reports")
    service = running(house)
    gone, guest = (str(GuestIds("g" * 40).issue("demo")) for _ in range(2))
    shop, at = Shop(), house.clock.now().replace(hour=20, minute=30) - timedelta(days=2)
    for each in (gone, guest):
        shop.register(each, at)
        shop.move(each, "new", at)
        shop.move(each, "active", at + timedelta(minutes=2))
        shop.sell(each, at + timedelta(minutes=3), amount=10_050)
    erasure = GuestErased(shop="demo", guest_id=gone, erased_at=at + timedelta(hours=1))
    early, late = shop.events[:2] + shop.events[4:], shop.events[2:4]
    await handlers.something_happened([*early, *early], service)
    await handlers.guest_erased([erasure], service)
    before = await handlers_figures(service)
    await handlers.something_happened(late, service)  # the erased one's last segment and purchase
    await handlers.guest_erased([erasure, erasure], service)
    await handlers.something_happened([*late, *shop.events[4:]], service)
    await handlers.shop_changed([directory(1, "Asia/Vladivostok")], service)
    after = await handlers_figures(service)
    assert (before, after) == ((1, 0, 10_050), (2, 1, 20_100))
    assert not any(gone in str(each) for name in ("facts", "days") for each in kept(house, name))
    vladivostok = (at + timedelta(hours=10)).date()
    (day,) = [each for each in (await ask(house, "days"))["days"] if each["purchases"]]
    assert (day["day"], day["segments"]["active"]) == (vladivostok.isoformat(), 1)
    stays = {each["_id"]: each for each in kept(house, "days")}
    await service.days.mark_all("demo")
    service.touched.add("demo")

    async def settled() -> bool:
        return not any(each["dirty"] for each in kept(house, "days"))

    await eventually(settled)
    anew = {each["_id"]: each for each in kept(house, "days")}
    assert {day: each["figures"] for day, each in anew.items()} == {day: each["figures"] for day, each in stays.items()}


async def handlers_figures(service: Reports) -> tuple[int, int, int]:
    total = await show_totals(await service.shops.load("demo"), service)
    return total.purchases, total.erased_purchases, total.revenue


def directory(version: int, timezone: str) -> ShopChanged:
    return ShopChanged(shop="demo", version=version, name="Кофейня", timezone=timezone, currency="RUB", plan="pro")


async def test_the_day_is_reported_once_also_by_a_service_that_was_away(house: House) -> None:
    async with await aio_pika.connect(house.stores.amqp_url) as connection:
        channel, topology = await connection.channel(), Topology(house.namespace)
        await topology.declare(channel)
        await house.start("reports")
        service = running(house)
        await handlers.shop_changed([directory(1, "Europe/Moscow")], service)
        shop = await service.shops.load("demo")
        assert shop.due is not None
        history, day = Shop(), shop.closing.day_closed_at(shop.due)
        history.sell(GUEST, house.clock.now(), amount=45_000, cups=2)
        await handlers.something_happened(history.events, service)
        await house.stop("reports")
        house.clock.offset += shop.due - datetime.now(UTC) + timedelta(hours=2)
        await house.start("reports")
        commands = await channel.get_queue(topology.queue("notifications.commands"))
        told = [await one_of(commands)]
        asked = await house.call(
            "reports",
            "POST",
            f"/api/v1/reports/daily/{day}/send",
            bearer=OWNER,
            headers={"Idempotency-Key": "once-more"},
        )
        assert (asked.status_code, asked.json()["with_picture"]) == (202, True)
        told.append(await one_of(commands))
        await send_due(running(house))
        assert await commands.get(fail=False, no_ack=True) is None
        assert [(each["role"], each["template"]) for each in told] == [("owner", TEMPLATE), ("s_owner", TEMPLATE)]
        assert told[0]["key"] == f"daily-report:{day}" != told[1]["key"]
        assert "Выручка 450\u00a0руб." in told[0]["values"]["text"]
        assert "Revenue 450\u00a0RUB" in told[0]["values"]["text_en"]
        assert base64.b64decode(told[0]["picture"]).startswith(b"\x89PNG")
        reported = await running(house).shops.load("demo")
        assert (reported.reported, reported.due) == (day, shop.closing.of(day + timedelta(days=1)))
        settings = {"closing_time": "23:30", "daily_report": True}
        path = "/api/v1/reports/settings"
        changed = (await house.call("reports", "PUT", path, bearer=OWNER, json=settings)).json()
        assert datetime.fromisoformat(changed["next_report_at"]) == shop.calendar.at(
            day + timedelta(days=1), time(23, 30)
        )
        settings["closing_time"] = "25:00"
        assert (await house.call("reports", "PUT", path, bearer=OWNER, json=settings)).status_code == 422


async def one_of(queue: AbstractQueue) -> dict[str, Any]:
    """The next command that arrives."""
    found: list[dict[str, Any]] = []

    async def arrived() -> bool:
        if message := await queue.get(fail=False, no_ack=True):
            told = orjson.loads(message.body)
            found.extend(each["data"] for each in (told if isinstance(told, list) else [told]))
        return bool(found)

    await eventually(arrived, 60)
    assert len(found) == 1
    return found[0]


def running(house: House) -> Reports:
    assert house.reports_service is not None
    return house.reports_service
