"""Points, tiers, bonuses, the program and its guards over HTTP, on real stores (F15–F17)."""

import asyncio
import secrets
from datetime import timedelta
from typing import Any

import pytest

from bezkart.kernel.ids import GuestIds
from bezkart.kit.auth import Role
from services.purchases.usecases.check_ledger import check_ledger
from services.purchases.usecases.sweep_accounts import sweep_accounts
from tests.fixtures.house import House, eventually, token
from tests.integration.identity.callers import TelegramUser

IDS = GuestIds("g" * 40)
OWNER = token(Role.OWNER, staff="s_owner")
PROGRAM: dict[str, Any] = {
    "cups_per_gift": 6,
    "gift": "капучино 0,2 л",
    "mode": "both",
    "points": {
        "tiers": [{"tier": "bronze", "spend": 0, "rate": 300}, {"tier": "silver", "spend": 1000_00, "rate": 500}],
        "valid_days": 30,
        "referral_friend": 50_00,
        "referral_referrer": 70_00,
        "welcome": 100_00,
    },
}


@pytest.fixture
async def shop(house: House) -> House:
    await house.start("identity", "purchases")
    await house.open_shop()
    assert (await set_program(house)).status_code == 200
    await house.start("purchases-consumer")  # after the program, which it then reads at once

    async def known() -> bool:
        return await house.purchases_service.shops.knows("demo")

    await eventually(known)
    return house


async def set_program(house: House, **changes: Any) -> Any:
    return await house.call("purchases", "PUT", "/api/v1/program", json={**PROGRAM, **changes}, bearer=OWNER)


async def account(house: House, guest_id: str) -> dict[str, Any]:
    return dict((await house.call("purchases", "GET", f"/api/v1/accounts/{guest_id}")).json())


async def pay(house: House, guest_id: str, amount: int, points: int = 0, **options: Any) -> Any:
    return await house.record(guest_id, 1, body={"amount": amount, "spend_points": points}, **options)


async def post(house: House, guest_id: str, what: str, body: dict[str, Any], bearer: str | None = None) -> Any:
    headers = {"Idempotency-Key": secrets.token_hex(8)}
    path = f"/api/v1/accounts/{guest_id}/{what}"
    return await house.call("purchases", "POST", path, json=body, headers=headers, bearer=bearer)


async def points_are(house: House, guest_id: str, points: int, owed: int = 0) -> None:
    async def reached() -> bool:
        shown = await account(house, guest_id)
        return (shown["points"], shown["points_owed"]) == (points, owed)

    await eventually(reached)


async def the_ledger_holds(house: House) -> None:
    async def holds() -> bool:
        service = house.purchases_service
        return all(finding.ok for finding in await check_ledger(accounts=service.accounts, ledger=service.ledger))

    await eventually(holds)


def slug(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("urn:bezkart:problem:")


async def test_money_earns_by_the_tier_and_points_pay_a_share(shop: House) -> None:
    guest_id = IDS.issue("demo")
    first = (await pay(shop, guest_id, 1000_00)).json()
    assert (first["points_earned"], first["account"]["tier"], first["account"]["points"]) == (30_00, "silver", 30_00)
    second = (await pay(shop, guest_id, 50_00, 25_00)).json()
    assert (second["points_spent"], second["points_earned"], second["account"]["points"]) == (25_00, 1_25, 6_25)
    assert second["account"]["spent"] == {"amount": 1025_00, "currency": "RUB"}
    undone = await shop.undo(guest_id, first["purchase_id"])
    assert slug(undone) == (409, "points-already-spent")
    assert undone.json()["purchase_id"] == second["purchase_id"]
    assert (await shop.undo(guest_id, second["purchase_id"])).json()["account"]["points"] == 30_00
    last = (await shop.undo(guest_id, first["purchase_id"])).json()["account"]
    assert (last["points"], last["tier"], last["spent"]["amount"]) == (0, "bronze", 0)
    await the_ledger_holds(shop)


async def test_what_cannot_be_paid_by_points_is_said(shop: House) -> None:
    guest_id = IDS.issue("demo")
    await pay(shop, guest_id, 1000_00)
    over = await pay(shop, guest_id, 20_00, 11_00)
    assert slug(over) == (422, "points-over-share")
    assert over.json()["max_points"] == 10_00
    short = await pay(shop, guest_id, 1000_00, 31_00)
    assert slug(short) == (409, "points-not-enough")
    assert short.json()["available"] == 30_00
    without_bill = await shop.record(guest_id, body={"spend_points": 1})
    assert slug(without_bill) == (422, "amount-needed")
    assert (await set_program(shop, mode="stamps")).status_code == 200
    assert slug(await pay(shop, guest_id, 20_00, 1_00)) == (409, "points-off")
    assert (await account(shop, guest_id))["points"] == 30_00


async def test_points_cannot_be_spent_twice_at_once(shop: House) -> None:
    guest_id = IDS.issue("demo")
    await pay(shop, guest_id, 1000_00)
    answers = await asyncio.gather(*(pay(shop, guest_id, 60_00, 30_00) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]


async def test_both_friends_are_rewarded_once_and_not_for_what_was_undone(shop: House) -> None:
    referrer, friend = IDS.issue("demo"), IDS.issue("demo")
    code = {"code": (await account(shop, referrer))["referral_code"]}
    assert slug(await post(shop, friend, "referral", code)) == (404, "referral-code-unknown")
    await pay(shop, referrer, 100_00)
    assert slug(await post(shop, referrer, "referral", code)) == (409, "referral-own")
    assert (await post(shop, friend, "referral", code)).status_code == 200
    assert slug(await post(shop, friend, "referral", code)) == (409, "referral-set-before")
    bought = (await pay(shop, friend, 100_00)).json()
    assert (bought["bonus"], bought["account"]["points"]) == (50_00, 53_00)
    await points_are(shop, referrer, 73_00)
    await pay(shop, friend, 100_00)
    spent = (await pay(shop, referrer, 140_00, 70_00)).json()
    assert spent["account"]["points"] == 3_00 + 2_10
    assert (await shop.undo(friend, bought["purchase_id"])).status_code == 200
    await points_are(shop, referrer, 0, owed=70_00 - 5_10)
    earned = (await pay(shop, referrer, 3000_00)).json()["account"]
    assert (earned["points"], earned["points_owed"]) == (90_00 - 64_90, 0)
    await the_ledger_holds(shop)
    late = IDS.issue("demo")
    await pay(shop, late, 100_00)
    assert slug(await post(shop, late, "referral", code)) == (409, "referral-too-late")


async def test_who_registers_by_an_invitation_is_brought_by_its_guest(shop: House) -> None:
    referrer = await shop.register("+79130008323")
    await pay(shop, referrer, 100_00)
    code = (await account(shop, referrer))["referral_code"]
    friend, alone = TelegramUser(shop, 77), TelegramUser(shop, 88)
    brought = (await friend.share("+79140008323", referral=code)).json()["id"]
    nobody = IDS.share_code(IDS.issue("demo"))  # of the right form, and no guest's
    lonely = (await alone.share("+79150008323", referral=nobody)).json()["id"]

    async def are_known() -> bool:
        found = [await account(shop, each) for each in (brought, lonely)]
        return [(each["points"], each["referred"]) for each in found] == [(100_00, True), (100_00, False)]

    await eventually(are_known)


async def test_who_registers_is_welcomed_and_who_is_imported_is_not(shop: House) -> None:
    guest_id = await shop.register("+79130008323")
    await points_are(shop, guest_id, 100_00)
    old = {"phone": "+79130008324", "registered_at": "2024-01-01T00:00:00Z"}
    body = {"guests": [old]}
    imported = await shop.call("identity", "POST", "/api/v1/guests/import", json=body, bearer=OWNER)
    assert imported.status_code == 200, imported.text
    later = await shop.register("+79130008325")
    await points_are(shop, later, 100_00)
    totals = (await shop.call("purchases", "GET", "/api/v1/accounts/totals", bearer=OWNER)).json()
    assert totals["accounts"] == 2
    await the_ledger_holds(shop)


async def test_points_expire_after_a_warning(shop: House) -> None:
    guest_id = IDS.issue("demo")
    await pay(shop, guest_id, 1000_00)
    shop.clock.offset = timedelta(days=24)
    assert await sweep_accounts(shop.purchases_service) <= 1  # the consumer sweeps as well
    warned = await account(shop, guest_id)
    assert warned["points_expiring"]["points"] == 30_00
    assert await sweep_accounts(shop.purchases_service) == 0
    shop.clock.offset = timedelta(days=31, hours=1)
    assert (await account(shop, guest_id))["points"] == 0
    assert slug(await pay(shop, guest_id, 100_00, 1_00)) == (409, "points-not-enough")
    swept = await asyncio.gather(*(sweep_accounts(shop.purchases_service) for _ in range(2)))
    assert sum(swept) <= 1  # the consumer sweeps as well
    assert [line["kind"] for line in (await account(shop, guest_id))["operations"]] == ["expire", "purchase"]
    await the_ledger_holds(shop)


async def test_the_owner_corrects_points_with_a_reason(shop: House) -> None:
    guest_id = IDS.issue("demo")
    body = {"points": 10_00, "reason": "сбой кассы"}
    assert (await post(shop, guest_id, "adjustments", body)).status_code == 403
    assert (await post(shop, guest_id, "adjustments", body, OWNER)).json()["points"] == 10_00
    taken = await post(shop, guest_id, "adjustments", {"points": -4_00, "reason": "ошибка"}, OWNER)
    assert taken.json()["points"] == 6_00
    more = await post(shop, guest_id, "adjustments", {"points": -7_00, "reason": "ошибка"}, OWNER)
    assert slug(more) == (409, "points-not-enough")
    await the_ledger_holds(shop)


async def test_guards_stop_a_barista_and_flags_tell_the_owner(shop: House) -> None:
    guards = {"minutes_between": 10, "purchases_a_day": 3, "flag_purchases": 2}
    assert (await set_program(shop, guards=guards)).status_code == 200
    guest_id = IDS.issue("demo")
    assert (await shop.record(guest_id)).status_code == 201
    soon = await shop.record(guest_id)
    assert slug(soon) == (409, "too-soon")
    assert 0 < soon.json()["wait_seconds"] <= 600
    assert (await shop.record(guest_id, bearer=OWNER)).status_code == 201
    day = shop.clock.now().astimezone().date()
    for minutes in (11, 22, 33):
        shop.clock.offset = timedelta(minutes=minutes)
        last = await shop.record(guest_id)
    same_day = day == shop.clock.now().astimezone().date()
    if same_day:
        assert slug(last) == (409, "too-many-today")
    assert (await shop.call("purchases", "GET", "/api/v1/accounts/flags")).status_code == 403


async def test_flags_name_the_barista_and_go_with_the_undo(shop: House) -> None:
    guest_id = IDS.issue("demo")
    assert (await set_program(shop, guards={"flag_purchases": 2})).status_code == 200
    for _ in range(2):
        await shop.record(guest_id)
    third = (await shop.record(guest_id)).json()

    async def flags() -> list[dict[str, Any]]:
        answer = await shop.call("purchases", "GET", "/api/v1/accounts/flags", bearer=OWNER)
        return list(answer.json()["flags"])

    (flag,) = await flags()
    assert flag.items() >= {"guest_id": guest_id, "actor_id": "s_anya", "purchases": 3, "cups": 3}.items()
    await shop.undo(guest_id, third["purchase_id"])
    assert await flags() == []


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"points": {"tiers": [{"tier": "bronze", "spend": 1, "rate": 300}]}}, "/points/tiers/0/spend"),
        ({"points": {"tiers": [{"tier": "bronze", "spend": 0, "rate": 10_001}]}}, "/points/tiers/0/rate"),
        ({"points": {"valid_days": 7, "warn_days": 7}}, "/points/warn_days"),
        ({"points": {"max_share": 101}}, "/points/max_share"),
        ({"guards": {"cups_a_day": 2, "purchases_a_day": 3}}, "/guards/purchases_a_day"),
        ({"mode": "free"}, "/mode"),
    ],
)
async def test_a_program_that_contradicts_itself_is_refused_with_the_place(
    house: House, changes: dict[str, Any], pointer: str
) -> None:
    await house.start("purchases")
    refused = await set_program(house, **changes)
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]


async def test_programs_have_versions_and_a_preview(house: House) -> None:
    await house.start("purchases")
    assert (await set_program(house, version=0)).json()["version"] == 1
    late = await set_program(house, version=0)
    assert slug(late) == (409, "program-changed")
    answers = await asyncio.gather(*(set_program(house, version=1) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
    preview = await house.call("purchases", "POST", "/api/v1/program/preview", json=PROGRAM, bearer=OWNER)
    read = preview.json()
    assert "Каждая 6-я чашка приносит подарок: капучино 0,2 л." in read["ru"]["conditions"]
    assert "Every 6th cup" in read["en"]["conditions"]
    assert "30 дней" in read["ru"]["conditions"]
    assert (await house.call("purchases", "GET", "/api/v1/program")).json()["version"] == 2
