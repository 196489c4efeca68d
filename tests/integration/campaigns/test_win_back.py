"""The journey of issue 6: silent for 61 days → sleeping → win-back with a coupon → buys → counted as came back against the holdout."""

from collections import Counter
from datetime import time, timedelta
from typing import Any

import pytest

from bezkart.contracts.notifications import CampaignMessageSettled
from bezkart.kernel.calendar import ShopCalendar
from bezkart.kit.auth import Role
from services.campaigns import handlers
from services.campaigns.domain.split import HOLDOUT, side
from services.campaigns.usecases.collaborators import Campaigns
from services.campaigns.usecases.send_batch import send_batch
from services.campaigns.usecases.take_due import take_due
from services.segments.usecases.sweep_shop import sweep_shop
from tests.fixtures.house import House, eventually, token

SHOP = "demo"
OWNER = token(Role.OWNER, staff="s_owner")
ON_A_SIDE = 2


@pytest.fixture
async def cafe(house: House) -> House:
    """It is noon of the shop."""
    calendar, now = ShopCalendar("Europe/Moscow"), house.clock.now()
    house.clock.offset = calendar.at(calendar.day(now) + timedelta(days=1), time(12)) - now
    await house.start("identity", "purchases", "segments", "campaigns", "campaigns-worker")
    await house.open_shop()
    await house.start("purchases-consumer", "segments-consumer", "campaigns-consumer")

    async def known() -> bool:
        shop = await service(house).shops.fresh(SHOP)
        return bool(shop.plan) and await house.purchases_service.shops.knows(SHOP)

    await eventually(known)
    return house


def service(house: House) -> Campaigns:
    return house.campaigns_services["campaigns-worker"]


async def ask(house: House, method: str, path: str, body: Any = None) -> dict[str, Any]:
    answer = await house.call("campaigns", method, f"/api/v1/{path}", json=body, bearer=OWNER)
    assert answer.is_success, answer.text
    return dict(answer.json())


async def scenario(house: House) -> str:
    """The trigger of "wake the sleeping", taken as it is, half of the guests held back."""
    made = await ask(house, "POST", "triggers/scenarios/wake-sleeping", {})
    assert made == await ask(house, "POST", "triggers/scenarios/wake-sleeping", {})
    trigger_id, promotion_id = made["trigger_id"], made["promotion_id"]
    await ask(house, "POST", f"promotions/{promotion_id}/resume")
    shown = await ask(house, "PATCH", f"triggers/{trigger_id}", {"holdout_percent": 50, "active": True})
    assert (shown["active"], shown["scenario"], shown["stopped_because"]) == (True, "wake-sleeping", None)

    async def at_the_till() -> bool:
        return promotion_id in {each.id for each in await house.purchases_service.promotions.active(SHOP)}

    await eventually(at_the_till)
    return str(trigger_id)


async def guests(house: House, trigger_id: str) -> dict[str, str]:
    """Each agreed to offers and bought one cup; and the side on which each is. There are some on both."""
    sides: dict[str, str] = {}
    while min(Counter({"a": 0, HOLDOUT: 0, **Counter(sides.values())}).values()) < ON_A_SIDE:
        number = len(sides)
        body = {"phone": f"+7913000{number:04}", "consents": {"processing": True, "advertising": True}}
        made = await house.call("identity", "POST", "/api/v1/guests", json=body)
        guest_id = str(made.json()["id"])
        assert (await house.record(guest_id, body={"amount": 190_00})).status_code == 201
        sides[guest_id] = side(guest_id, trigger_id, holdout_percent=50, variants=("a",))
    return sides


async def fall_asleep(house: House, count: int) -> None:
    """61 days without a purchase, and the night's sweep after them."""
    assert house.segments_service

    async def known() -> bool:
        return bool((await house.segments())["segments"]["new"] == count)

    await eventually(known)
    house.clock.offset += timedelta(days=61)
    shop = await house.segments_service.shops.load(SHOP)
    assert shop
    await sweep_shop(shop, house.segments_service)
    assert (await house.segments())["segments"]["sleeping"] == count

    async def heard() -> bool:
        found = await service(house).guests.with_occasions(SHOP, house.clock.now() + timedelta(hours=2), 100)
        return len(found) == count

    await eventually(heard)
    house.clock.offset += timedelta(minutes=61)


async def work(house: House) -> None:
    """A tick, and its batches: twice, as life has it."""
    for _ in range(2):
        for job in (await take_due(service(house))).batches:
            await send_batch(job.shop, job.id, service(house))


async def deliver(house: House, trigger_id: str, guest_ids: list[str]) -> None:
    """As notifications tells it."""
    day = house.clock.now()
    for guest_id in guest_ids:
        line = await (await service(house).responses._of(SHOP)).find_one({"guest_id": guest_id})
        assert line
        key: str = line["_id"]
        ended = {"outcome": "delivered", "channel": "telegram", "reason": "", "at": day}
        campaign = f"{key.rpartition(':')[0]}:a"
        event = CampaignMessageSettled(
            shop=SHOP, guest_id=guest_id, message_id=f"m_{guest_id}", key=key, campaign=campaign, **ended
        )
        await handlers.message_settled([event, event], service(house))


async def test_win_back_with_a_coupon_against_the_holdout(cafe: House) -> None:
    trigger_id = await scenario(cafe)
    every = await guests(cafe, trigger_id)
    written = [each for each, on in every.items() if on == "a"]
    held = [each for each, on in every.items() if on == HOLDOUT]
    await fall_asleep(cafe, len(every))
    await work(cafe)

    coupons: dict[str, list[dict[str, Any]]] = {}

    async def given() -> bool:
        for each in every:
            mine = await cafe.call("purchases", "GET", "/api/v1/accounts/me", bearer=token(Role.GUEST, staff=each))
            coupons[each] = mine.json()["coupons"]
        return sum(map(len, coupons.values())) >= len(written)

    await eventually(given)
    assert {each: len(coupons[each]) for each in every} == {each: int(each in written) for each in every}

    await deliver(cafe, trigger_id, written)
    cafe.clock.offset += timedelta(hours=5)
    back = written[0]
    bought = await cafe.record(back, 2, body={"amount": 400_00})
    assert bought.json()["to_pay"] == 200_00
    for each in held[:1]:
        await cafe.record(each, 1, body={"amount": 190_00})

    async def effect(came_back: int) -> dict[str, Any]:
        found: dict[str, Any] = {}

        async def counted() -> bool:
            found.update(await ask(cafe, "GET", f"triggers/{trigger_id}/effect"))
            return [each["came_back"] for each in found["sides"]] == [came_back, len(held[:1])]

        await eventually(counted)
        return found

    told = await effect(came_back=1)
    got, kept = told["sides"]
    assert (got["variant"], got["guests"], got["delivered"]) == ("a", len(written), len(written))
    assert (got["revenue"], got["gift_cost"]) == (200_00, 200_00)
    assert (kept["variant"], kept["guests"], kept["gift_cost"]) == ("holdout", len(held), 0)
    assert (told["verdict"], told["uplift"], told["needed"]) == ("not-enough-data", None, 100)
    assert told["counting"]

    await cafe.undo(back, bought.json()["purchase_id"])
    assert (await effect(came_back=0))["sides"][0]["revenue"] == 0
    listed = await ask(cafe, "GET", "mailings/effects")
    assert [(each["kind"], each["id"]) for each in listed["effects"]] == [("trigger", trigger_id)]
    shown = await ask(cafe, "GET", f"triggers/{trigger_id}")
    assert (shown["sent"], shown["held_out"]) == (len(written), len(held))
