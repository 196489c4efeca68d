"""What the owner sees and does: estimates, drafts, launches with the number he has seen, plans (F30, F35, F6)."""

import json
from typing import Any

import httpx
import pytest

from bezkart.kit.auth import Role
from tests.fixtures.house import House, token
from tests.integration.campaigns.conftest import SHOP, ZONE, Mill

OWNER = token(Role.OWNER, staff="s_owner", timezone=ZONE)
TEXT = {"text": "[{name}, ]ещё {stamps_left} {stamps_left:чашка|чашки|чашек}!"}
PATH = "/api/v1/mailings"


@pytest.fixture
async def house(mill: Mill, house: House) -> House:
    """The API in front of the same shop, at the same time."""
    house.clock = mill.clock
    await house.start("campaigns")
    return house


async def ask(house: House, method: str, path: str = "", body: Any = None, **options: Any) -> httpx.Response:
    bearer = options.pop("bearer", OWNER)
    return await house.call("campaigns", method, f"{PATH}{path}", json=body, bearer=bearer, **options)


def refused(answer: httpx.Response, slug: str) -> dict[str, Any]:
    problem: dict[str, Any] = json.loads(answer.text)
    assert problem["type"] == f"urn:bezkart:problem:{slug}", answer.text
    return problem


async def test_estimate_tells_everybody_apart(mill: Mill, house: House) -> None:
    await mill.guests(20)
    await mill.guests(5, has_telegram=False)
    await mill.guests(3, ads=False)
    await mill.guests(2, has_phone=False, has_telegram=False)
    offer = {"kind": "points", "points": 5000, "valid_days": 14}
    told = (await ask(house, "POST", "/estimate", {"audience": {}, "offer": offer})).json()
    assert (told["audience"], told["reachable"]) == (30, {"telegram": 20, "web": 5})
    assert told["excluded"] == {"no-consent": 3, "unreachable": 2, "frequency": 0}
    assert (told["holdout"], told["will_get"]) == (2, 23)
    assert (told["sms_cost"], told["gift_cost_max"], told["quiet_until"]) == (0, 23 * 5000, None)
    by_telegram = {"segments": ["leaving"], "reachable_by": "telegram", "purchases": {"min": 4, "max": 4}}
    told = (await ask(house, "POST", "/estimate", {"audience": by_telegram})).json()
    assert (told["reachable"], told["excluded"]["unreachable"]) == ({"telegram": 20, "web": 0}, 7)
    assert (await ask(house, "POST", "/estimate", {"audience": {"segments": ["new"]}})).json()["audience"] == 0
    await mill.launched()
    await mill.run(3)
    assert (await ask(house, "POST", "/estimate", {"audience": {}})).json()["excluded"]["frequency"] > 15


async def test_from_draft_to_launch_and_back(mill: Mill, house: House) -> None:
    await mill.guests(40)
    key = {"Idempotency-Key": "draft-0001"}
    made = await ask(house, "POST", body={"name": "Осень", "texts": [TEXT], "holdout_percent": 0}, headers=key)
    assert made.status_code == 201, made.text
    mailing = made.json()
    again = await ask(house, "POST", body={"name": "Осень", "texts": [TEXT], "holdout_percent": 0}, headers=key)
    assert again.json() == mailing
    path = f"/{mailing['id']}"
    changed = await ask(
        house, "PATCH", path, {"name": "Зима", "schedule": {"kind": "weekly", "weekdays": [1], "time": "10:00"}}
    )
    assert (changed.json()["name"], changed.json()["schedule"]["time"]) == ("Зима", "10:00")
    assert changed.json()["texts"] == mailing["texts"]
    await ask(house, "PATCH", path, {"schedule": {"kind": "now"}})

    launch = {"Idempotency-Key": "launch-0001"}
    refused(await ask(house, "POST", f"{path}/launch", {"expected": 40}), "idempotency-key-missing")
    problem = refused(await ask(house, "POST", f"{path}/launch", {"expected": 4}, headers=launch), "audience-changed")
    assert problem["count"] == 40, "a mailing to everybody by mistake"
    launched = await ask(house, "POST", f"{path}/launch", {"expected": 38}, headers=launch)
    assert launched.json()["state"] == "scheduled"
    assert (await ask(house, "POST", f"{path}/launch", {"expected": 38}, headers=launch)).json() == launched.json()
    refused(await ask(house, "PATCH", path, {"name": "поздно"}), "mailing-not-draft")
    assert (await ask(house, "POST", f"{path}/cancel")).json()["state"] == "draft"
    await mill.run(8)
    assert mill.commands() == [], "taken back in time"

    launch = {"Idempotency-Key": "launch-0002"}
    await ask(house, "POST", f"{path}/launch", {"expected": 40}, headers=launch)
    await mill.run(8)
    progress = (await ask(house, "GET", f"{path}/progress")).json()
    assert (progress["state"], progress["audience"], progress["handed"]) == ("done", 40, 40)
    refused(await ask(house, "POST", f"{path}/stop"), "mailing-not-running")
    refused(await ask(house, "DELETE", path), "mailing-not-draft")
    page = (await ask(house, "GET", "?q=зим&state=done")).json()
    assert [each["id"] for each in page["mailings"]] == [mailing["id"]]


async def test_bad_input_is_told_where_it_is(mill: Mill, house: House) -> None:
    await mill.service.shops.learn_program(
        SHOP, version=1, program=type((await mill.service.shops.fresh(SHOP)).program)("points", 6)
    )
    for text in ("Скидка {discount}", "Ещё {stamps_left}", "Ждём [вас"):
        answer = await ask(house, "POST", body={"name": "x", "texts": [{"text": "да"}, {"variant": "b", "text": text}]})
        assert answer.status_code == 422
        assert refused(answer, "template-invalid")["errors"][0]["pointer"] == "/texts/1/text"
    told = (await ask(house, "POST", "/preview", {"text": "{name}! {discount}", "fallback_name": "друг"})).json()
    assert told["problems"]
    saved = {"name": "x", "texts": [TEXT], "audience": {"saved": "au_none"}}
    assert (await ask(house, "POST", body={**saved, "texts": [{"text": "да"}]})).status_code == 404
    past = {"name": "x", "texts": [{"text": "да"}], "schedule": {"kind": "at", "at": "2020-01-01T00:00:00Z"}}
    made = (await ask(house, "POST", body=past)).json()
    key = {"Idempotency-Key": "launch-0003"}
    refused(await ask(house, "POST", f"/{made['id']}/launch", {"expected": 1}, headers=key), "date-in-past")
    now = (await ask(house, "POST", body={"name": "x", "texts": [{"text": "да"}]})).json()
    key = {"Idempotency-Key": "launch-0004"}
    refused(await ask(house, "POST", f"/{now['id']}/launch", {"expected": 0}, headers=key), "audience-empty")


async def test_what_the_plan_lacks_is_named(house: House) -> None:
    start = token(Role.OWNER, staff="s_owner", plan="start")
    growth = token(Role.OWNER, staff="s_owner", plan="growth")
    answer = await ask(house, "GET", bearer=start)
    assert answer.status_code == 402
    assert refused(answer, "plan-required")["needed"] == "growth"
    two = {"name": "x", "texts": [TEXT, {**TEXT, "variant": "b"}]}
    assert refused(await ask(house, "POST", body=two, bearer=growth), "plan-required")["needed"] == "pro"
    assert (await ask(house, "POST", body={"name": "x", "texts": [TEXT]}, bearer=growth)).status_code == 201


async def test_a_test_goes_to_the_owner_himself(mill: Mill, house: House) -> None:
    made = (await ask(house, "POST", body={"name": "x", "texts": [TEXT], "fallback_name": "друг"})).json()
    assert (await ask(house, "POST", f"/{made['id']}/test")).status_code == 202
    stored = mill.mongo[f"{mill.namespace}campaigns__{SHOP}"]["campaigns"].find_one({"_id": made["id"]})
    assert stored
    assert stored["version"] == 2, "written with the note in its outbox"


async def test_a_coupon_that_cannot_be_kept_is_refused_at_saving(mill: Mill, house: House) -> None:
    async def promotion(kind: str) -> str:
        rule = {"kind": kind, "name": "Скидка", "benefit": {"percent": 10}}
        made = await house.call("campaigns", "POST", "/api/v1/promotions", json={"rule": rule}, bearer=OWNER)
        return str(made.json()["id"])

    async def written(promotion_id: str) -> httpx.Response:
        offer = {"kind": "coupon", "promotion_id": promotion_id, "valid_days": 14}
        return await ask(house, "POST", body={"name": "Осень", "texts": [TEXT], "offer": offer})

    await mill.guests(20)
    coupon = await promotion("coupon")
    made = await written(coupon)
    assert made.status_code == 201, made.text
    unknown = refused(await written("promo_unknown"), "promotion-not-found")
    assert unknown["errors"][0]["pointer"] == "/offer/promotion_id"
    refused(await written(await promotion("discount")), "promotion-invalid")
    await house.call("campaigns", "POST", f"/api/v1/promotions/{coupon}/end", bearer=OWNER)
    refused(await written(coupon), "promotion-ended")
    launch = {"Idempotency-Key": "launch-0001"}
    path = f"/{made.json()['id']}/launch"
    refused(await ask(house, "POST", path, {"expected": 18}, headers=launch), "promotion-ended")
