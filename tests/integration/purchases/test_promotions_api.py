"""Promotions and coupons from the owner's rule to the till and back, on real stores (F31)."""

import asyncio
import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bezkart.contracts.campaigns import PromotionChanged
from bezkart.contracts.identity import ShopChanged
from bezkart.contracts.purchases import GrantBonus, GrantCoupon
from bezkart.contracts.segments import GuestSegmentChanged
from bezkart.kernel.calendar import ShopCalendar
from bezkart.kernel.ids import GuestIds
from bezkart.kernel.promotion import Benefit, Limits, Rule
from bezkart.kit.auth import Role
from services.campaigns import handlers as campaigns_handlers
from services.purchases import handlers
from services.purchases.domain.operation import Actor
from services.purchases.store.accounts import Accounts
from services.purchases.store.limits import LIMITS
from services.purchases.store.promotions import PROMOTIONS
from services.purchases.usecases.check_ledger import check_ledger
from services.purchases.usecases.record_purchase import RecordPurchase, record_purchase
from services.purchases.usecases.sweep_reservations import sweep_reservations
from tests.fixtures.house import House, eventually, token

IDS = GuestIds("g" * 40)
OWNER = token(Role.OWNER, staff="s_owner")
TENTH: dict[str, Any] = {"kind": "discount", "name": "Скидка", "benefit": {"percent": 10}}
SOON = timedelta(seconds=65)


class PowerCut(BaseException):
    """Nothing after this moment is done by the process."""


class WithoutPower(Accounts):
    """Loads, and dies when it is to write."""

    async def save(self, *_: Any, **__: Any) -> None:
        raise PowerCut


@pytest.fixture
async def shop(house: House) -> House:
    await house.start("identity", "purchases", "campaigns")
    await house.open_shop()
    await house.start("purchases-consumer", "campaigns-consumer")

    async def known() -> bool:
        return await house.purchases_service.shops.knows("demo")

    await eventually(known)
    return house


async def promise(house: House, rule: dict[str, Any], **options: Any) -> dict[str, Any]:
    """A promotion that is in force, at the till as well."""
    answer = await house.call(
        "campaigns", "POST", "/api/v1/promotions", json={"rule": rule, "active": True}, bearer=OWNER, **options
    )
    assert answer.status_code == 201, answer.text
    made = dict(answer.json())
    await at_the_till(house, made["id"], there=True)
    return made


async def at_the_till(house: House, promotion_id: str, *, there: bool) -> None:
    async def reached() -> bool:
        active = await house.purchases_service.promotions.active("demo")
        return (promotion_id in {each.id for each in active}) == there

    await eventually(reached)


async def buy(house: House, guest: str, amount: int | None = 500_00, **options: Any) -> dict[str, Any]:
    answer = await house.record(guest, options.pop("cups", 1), body={"amount": amount}, **options)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def counter(house: House, promotion_id: str) -> dict[str, Any]:
    database = await house.purchases_service.accounts._databases.shop("demo")
    return dict(await database[LIMITS].find_one({"_id": promotion_id}) or {})


async def settled(house: House, promotion_id: str, used: int) -> None:
    async def reached() -> bool:
        found = await counter(house, promotion_id)
        return (found["used"], found["held"], sum(found["days"].values())) == (used, [], used)

    await eventually(reached)


async def the_ledger_holds(house: House) -> None:
    async def holds() -> bool:
        service = house.purchases_service
        return all(finding.ok for finding in await check_ledger(accounts=service.accounts, ledger=service.ledger))

    await eventually(holds)


async def test_from_the_owners_rule_to_the_till_and_back(shop: House) -> None:
    guest = IDS.issue("demo")
    made = await promise(
        shop, {**TENTH, "limits": {"total": 5, "per_guest": 1}}, headers={"Idempotency-Key": "the-first"}
    )
    key = secrets.token_hex(8)
    first = await shop.record(guest, 2, body={"amount": 333_33}, key=key)
    again = await shop.record(guest, 2, body={"amount": 333_33}, key=key)
    assert first.content == again.content
    bought = first.json()
    (outcome,) = bought["promotions"]
    assert (outcome["id"], outcome["name"]["ru"], outcome["applied"]) == (made["id"], "Скидка", True)
    assert (bought["discount"], bought["to_pay"], bought["account"]["spent"]["amount"]) == (33_33, 300_00, 300_00)
    second = await buy(shop, guest)
    assert [(each["applied"], each["reason"]) for each in second["promotions"]] == [(False, "limit-guest")]
    await settled(shop, made["id"], 1)

    undone = await shop.undo(guest, bought["purchase_id"])
    assert undone.status_code == 200
    await settled(shop, made["id"], 0)
    assert (await buy(shop, guest, 100_00))["to_pay"] == 90_00
    await the_ledger_holds(shop)

    async def counted() -> bool:
        page = await shop.call("campaigns", "GET", "/api/v1/promotions", bearer=OWNER)
        (shown,) = page.json()["promotions"]
        usage = shown["usage"]
        return (usage["purchases"], usage["discount"], shown["phase"]) == (1, 10_00, "now")

    await eventually(counted)
    gated = await shop.call("campaigns", "GET", "/api/v1/promotions", bearer=token(Role.OWNER, plan="growth"))
    assert (gated.status_code, gated.json()["needed"]) == (402, "pro")
    paused = await shop.call("campaigns", "POST", f"/api/v1/promotions/{made['id']}/pause", bearer=OWNER)
    assert paused.json()["state"] == "paused"
    await at_the_till(shop, made["id"], there=False)
    assert (await buy(shop, guest, 100_00))["promotions"] == []
    repeated = {"rule": {**TENTH, "name": "Другая"}}
    same = await shop.call(
        "campaigns", "POST", "/api/v1/promotions", json=repeated, bearer=OWNER, headers={"Idempotency-Key": "the-first"}
    )
    assert (same.json()["id"], same.json()["rule"]["name"]) == (made["id"], "Скидка")

    await shop.call("campaigns", "POST", f"/api/v1/promotions/{made['id']}/resume", bearer=OWNER)
    await at_the_till(shop, made["id"], there=True)
    smaller = ShopChanged(shop="demo", version=99, name="demo", timezone="Europe/Moscow", currency="RUB", plan="growth")
    for _ in range(2):
        await campaigns_handlers.shop_changed([smaller], shop.campaigns_services["campaigns"])
    shown = await shop.call("campaigns", "GET", f"/api/v1/promotions/{made['id']}", bearer=OWNER)
    assert (shown.json()["state"], shown.json()["reason"]) == ("paused", "plan-required")
    await at_the_till(shop, made["id"], there=False)


async def test_a_limit_of_ten_under_a_rush(shop: House) -> None:
    """Sixty guests at once, some with the same key twice; then one undoes, and one more gets it."""
    made = await promise(shop, {**TENTH, "limits": {"total": 10, "per_day": 50}})
    guests = [IDS.issue("demo") for _ in range(60)]
    answers = await asyncio.gather(*(buy(shop, guest, key=f"key-{guest}") for guest in [*guests, *guests[:20]]))
    lucky = {each["account"]["guest_id"]: each["purchase_id"] for each in answers if each["discount"]}
    assert len(lucky) == 10
    others = {(each["promotions"][0]["reason"]) for each in answers if not each["discount"]}
    assert others == {"limit-total"}
    await settled(shop, made["id"], 10)
    guest, purchase = next(iter(lucky.items()))
    assert (await shop.undo(guest, purchase)).status_code == 200
    await settled(shop, made["id"], 9)

    async def one_more() -> bool:
        return bool((await buy(shop, IDS.issue("demo")))["discount"])

    await eventually(one_more)
    await settled(shop, made["id"], 10)
    assert not (await buy(shop, IDS.issue("demo")))["discount"]
    await the_ledger_holds(shop)


async def test_many_at_once_for_one_guest_and_coupons(shop: House) -> None:
    """Conflicts free what an attempt held; a coupon is taken once; undo gives it back; the grant's copies change nothing."""
    guest = IDS.issue("demo")
    coupon = await promise(shop, {"kind": "coupon", "name": "Второй в подарок", "benefit": {"buy": 2, "pay": 1}})
    limited = await promise(shop, {**TENTH, "limits": {"total": 3}})
    until = shop.clock.now() + timedelta(days=30)
    about: dict[str, Any] = {"shop": "demo", "guest_id": guest, "valid_until": until, "campaign": "trigger:t:1"}
    grants = [
        GrantCoupon(**about, key="k1", coupon_id="k_1", promotion_id=coupon["id"]),
        GrantBonus(**about, key="b1", points=50_00),
    ]
    for _ in range(3):
        await handlers.grant(grants, shop.purchases_service)
    account = (await shop.call("purchases", "GET", f"/api/v1/accounts/{guest}")).json()
    assert [(each["coupon_id"], each["name"]["ru"]) for each in account["offers"]] == [("k_1", "Второй в подарок")]
    assert account["version"] == 1  # the program gives no points

    answers = await asyncio.gather(*(buy(shop, guest, cups=2) for _ in range(6)))
    outcomes = [{each["id"]: each for each in answer["promotions"]} for answer in answers]
    assert sum(each[coupon["id"]]["applied"] for each in outcomes) == 1
    # Attempts that lost the race for the account held uses meanwhile: never too many get it, and none is lost.
    times = sum(each[limited["id"]]["applied"] for each in outcomes)
    assert 1 <= times <= 3
    await settled(shop, limited["id"], times)
    used = next(answer for answer, each in zip(answers, outcomes, strict=True) if each[coupon["id"]]["applied"])
    mine = token(Role.GUEST, staff=guest)

    async def coupons_are(*names: str) -> None:
        async def reached() -> bool:
            shown = (await shop.call("campaigns", "GET", "/api/v1/coupons/mine", bearer=mine)).json()["coupons"]
            return [each["id"] for each in shown] == list(names)

        await eventually(reached)

    await coupons_are()
    assert (await shop.undo(guest, used["purchase_id"], bearer=OWNER)).status_code == 200
    await coupons_are("k_1")
    await settled(
        shop, limited["id"], times - sum(each["applied"] for each in used["promotions"] if each["id"] == limited["id"])
    )
    on = (await shop.call("campaigns", "GET", "/api/v1/promotions/mine", bearer=mine)).json()["promotions"]
    assert {each["id"]: each["coupon"] and each["coupon"]["id"] for each in on} == {
        coupon["id"]: "k_1",
        limited["id"]: None,
    }
    counts = (await shop.call("campaigns", "GET", "/api/v1/coupons", bearer=OWNER)).json()["coupons"]
    assert [(each["issued"], each["used"], each["live"]) for each in counts] == [(1, 0, 1)]
    await the_ledger_holds(shop)


async def test_what_a_crash_leaves_is_settled(house: House) -> None:
    """A use that was reserved for a purchase nobody wrote comes back; one that was written stays, also without its event."""
    await house.start("purchases")
    service = house.purchases_service
    rule = Rule("discount", "Скидка", Benefit(percent=10), limits=Limits(total=2))
    now = house.clock.now()
    told = [
        PromotionChanged(shop="demo", promotion_id="p_1", version=version, state=state, rule=rule, at=now)
        for version, state in ((2, "active"), (1, "paused"), (2, "paused"))
    ]
    await handlers.promotion_changed(told, service)
    await at_the_till(house, "p_1", there=True)
    command = RecordPurchase(
        shop="demo",
        calendar=ShopCalendar("Europe/Moscow"),
        currency="RUB",
        actor=Actor("s_anya", "barista", is_owner=False),
        key="lost",
        guest_id=IDS.issue("demo"),
        cups=1,
        amount=100_00,
        items=(),
        terminal=None,
    )
    accounts = WithoutPower(service.accounts._databases, service.accounts._documents)
    with pytest.raises(PowerCut):
        await record_purchase(command, replace(service, accounts=accounts))
    assert (await buy(house, IDS.issue("demo")))["discount"]
    assert (await buy(house, IDS.issue("demo")))["promotions"][0]["reason"] == "limit-total"
    assert await sweep_reservations(service) == 0  # a purchase may still be on its way
    house.clock.offset = SOON
    assert await sweep_reservations(service) == 2
    assert [(await counter(house, "p_1"))[name] for name in ("used", "held")] == [1, []]

    async def free_again() -> bool:
        return bool((await buy(house, IDS.issue("demo")))["discount"])

    await eventually(free_again)
    assert await sweep_reservations(service) == 0
    database = await service.promotions._databases.own()
    assert (await database[PROMOTIONS].find_one({"_id": "demo"}) or {})["changes"] == 1


async def test_segments_for_the_few_who_are_meant(house: House) -> None:
    """Also of guests who have no account yet, in any order; erased ones leave nothing."""
    await house.start("purchases")
    service = house.purchases_service
    rule = {**TENTH, "conditions": {"segments": ["sleeping"]}}
    event = PromotionChanged.model_validate(
        {"shop": "demo", "promotion_id": "p_1", "version": 1, "state": "active", "rule": rule, "at": house.clock.now()}
    )
    await handlers.promotion_changed([event], service)
    await at_the_till(house, "p_1", there=True)
    newcomer, regular = IDS.issue("demo"), IDS.issue("demo")
    assert (await buy(house, regular))["promotions"][0]["reason"] == "segment"

    def moved(guest: str, version: int, segment: str) -> GuestSegmentChanged:
        about = {"shop": "demo", "guest_id": guest, "cause": "time", "previous": None, "at": house.clock.now()}
        return GuestSegmentChanged.model_validate({**about, "version": version, "next": segment})

    both = [
        moved(guest, version, name) for guest in (newcomer, regular) for version, name in ((1, "new"), (2, "sleeping"))
    ]
    for batch in ([both[1]], [both[3], both[0]], [both[2]], both):
        await handlers.guest_segment_changed(batch, service)
    for guest in (newcomer, regular, newcomer):
        assert (await buy(house, guest))["discount"] == 50_00
    account = await service.accounts.load("demo", regular)
    assert account
    assert (account.segment, account.account.version) == ("sleeping", 2)
    wish = {"basket": {"cups": 1, "amount": 100_00}, "guest_id": newcomer}
    tried = await house.call("purchases", "POST", "/api/v1/purchases/try", json=wish, bearer=OWNER)
    assert (tried.status_code, tried.json()["to_pay"]) == (200, 90_00)
    draft = {"promotion": {**TENTH, "benefit": {"amount": 30_00}}, "basket": {"amount": 100_00}}
    explained = (await house.call("purchases", "POST", "/api/v1/purchases/try", json=draft, bearer=OWNER)).json()
    assert {each["id"]: (each["applied"], each["reason"]) for each in explained["promotions"]} == {
        "draft": (True, None),
        "p_1": (False, "segment"),
    }
    wrong = await house.call(
        "purchases", "POST", "/api/v1/purchases/try", json={"promotion": {**TENTH, "benefit": {}}}, bearer=OWNER
    )
    assert (wrong.status_code, wrong.json()["type"].rpartition(":")[2]) == (422, "promotion-invalid")
