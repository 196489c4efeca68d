"""Purchases over HTTP on a real MongoDB: once is once, undo is exact, bad input changes nothing."""

import asyncio
import secrets
from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any

import pytest

from bezkart.kernel.ids import GuestIds
from bezkart.kit.auth import Role
from tests.fixtures.house import House, eventually, token

IDS = GuestIds("g" * 40)


@pytest.fixture
async def purchases(house: House) -> House:
    await house.start("purchases")
    return house


def guest(shop: str = "demo") -> str:
    return IDS.issue(shop)


async def account(house: House, guest_id: str) -> dict[str, Any]:
    answer = await house.call("purchases", "GET", f"/api/v1/accounts/{guest_id}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_purchase_counts_at_once_and_is_shown(purchases: House) -> None:
    guest_id = guest()
    answer = await purchases.record(guest_id, 2, body={"amount": 380_00, "items": ["Капучино", "Латте"]})
    assert answer.status_code == 201
    receipt = answer.json()
    assert (receipt["cups"], receipt["gifts_earned"]) == (2, 0)
    shown = await account(purchases, guest_id)
    assert shown.items() >= receipt["account"].items()
    assert (shown["purchases"], shown["stamps"], shown["spent"]) == (1, 2, {"amount": 380_00, "currency": "RUB"})
    (operation,) = shown["operations"]
    assert operation["mine"]
    assert operation["undoable_until"] == receipt["undoable_until"]


async def test_a_hundred_at_once_with_one_key_are_one_purchase(purchases: House) -> None:
    guest_id, key = guest(), secrets.token_hex(8)
    answers = await asyncio.gather(*(purchases.record(guest_id, key=key) for _ in range(100)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert (await account(purchases, guest_id))["purchases"] == 1


async def test_many_at_once_for_one_guest_all_count(purchases: House) -> None:
    guest_id = guest()
    answers = await asyncio.gather(*(purchases.record(guest_id) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {201}
    shown = await account(purchases, guest_id)
    assert (shown["purchases"], shown["gifts"], shown["stamps"], shown["version"]) == (20, 3, 2, 20)


async def test_a_guest_id_written_another_way_is_no_second_account(purchases: House) -> None:
    guest_id = guest()
    refused = await purchases.record("g_" + guest_id[2:].upper())
    assert (refused.status_code, refused.json()["type"]) == (404, "urn:bezkart:problem:guest-not-found")


@pytest.mark.parametrize("other", [{"cups": 2}, {"guest": "another"}])
async def test_a_key_with_another_body_is_refused(purchases: House, other: dict[str, object]) -> None:
    guest_id, key = guest(), secrets.token_hex(8)
    assert (await purchases.record(guest_id, key=key)).status_code == 201
    target = guest() if other.get("guest") else guest_id
    refused = await purchases.record(target, int(str(other.get("cups", 1))), key=key)
    assert refused.status_code == 422
    assert refused.json()["type"] == "urn:bezkart:problem:idempotency-key-reused"
    assert (await account(purchases, guest_id))["purchases"] == 1
    if target != guest_id:
        assert (await account(purchases, target))["purchases"] == 0


@pytest.mark.parametrize(
    ("body", "status", "slug"),
    [
        ({"cups": 0}, 422, "invalid-request"),
        ({"cups": -1}, 422, "invalid-request"),
        ({"cups": 1000}, 422, "invalid-request"),
        ({"cups": "2"}, 422, "invalid-request"),
        ({"cups": 1.5}, 422, "invalid-request"),
        ({"amount": -1}, 422, "invalid-request"),
        ({"shop": "other"}, 422, "invalid-request"),
        ({"guest_id": "g_unknown"}, 404, "guest-not-found"),
    ],
)
async def test_bad_input_is_refused_with_a_type(
    purchases: House, body: dict[str, object], status: int, slug: str
) -> None:
    guest_id = guest()
    answer = await purchases.record(guest_id, body=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == f"urn:bezkart:problem:{slug}"
    assert (await account(purchases, guest_id))["purchases"] == 0


async def test_a_till_may_count_its_receipts_anew_each_day(purchases: House) -> None:
    await purchases.start("purchases-consumer")
    guest_id, other, key = guest(), guest(), "receipt-0001"
    first = (await purchases.record(guest_id, key=key)).json()
    purchases.clock.offset = timedelta(days=1, seconds=1)
    again = (await purchases.record(guest_id, key=key)).json()
    assert again["purchase_id"] != first["purchase_id"]
    assert again["account"]["purchases"] == 2
    purchases.clock.offset *= 2
    assert (await purchases.record(other, key=key)).status_code == 201
    refused = await purchases.record(guest_id, key=key)
    assert refused.json()["type"] == "urn:bezkart:problem:idempotency-key-reused"

    async def both_are_in_the_ledger() -> bool:
        path = f"/api/v1/accounts/{guest_id}/ledger"
        answer = await purchases.call("purchases", "GET", path, bearer=token(Role.OWNER))
        return len(answer.json()["entries"]) == 2

    await eventually(both_are_in_the_ledger)


@pytest.mark.parametrize("key", [None, "short", "x" * 201, "пробел-ключ"])
async def test_a_purchase_needs_a_proper_key(purchases: House, key: str | None) -> None:
    headers = {"Idempotency-Key": key.encode()} if key else {}
    body = {"guest_id": guest(), "cups": 1}
    answer = await purchases.call("purchases", "POST", "/api/v1/purchases", json=body, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:bezkart:problem:idempotency-key-missing")


async def test_unreadable_json_is_told_apart(purchases: House) -> None:
    headers = {"Idempotency-Key": "k" * 10, "Content-Type": "application/json"}
    answer = await purchases.call("purchases", "POST", "/api/v1/purchases", content=b'{"guest_id":', headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:bezkart:problem:malformed-request")


async def test_undo_once(purchases: House) -> None:
    guest_id = guest()
    first = (await purchases.record(guest_id, 5)).json()
    before = await account(purchases, guest_id)
    second = (await purchases.record(guest_id, 3)).json()
    assert second["gifts_earned"] == 1
    undone = await purchases.undo(guest_id, second["purchase_id"])
    assert undone.status_code == 200
    after = await account(purchases, guest_id)
    changing = {"version", "operations"}
    assert {k: v for k, v in after.items() if k not in changing} == {
        k: v for k, v in before.items() if k not in changing
    }
    again = await purchases.undo(guest_id, second["purchase_id"])
    assert (again.status_code, again.json()["type"]) == (409, "urn:bezkart:problem:already-undone")
    foreign = await purchases.undo(guest_id, first["purchase_id"], bearer=token(staff="s_boris"))
    assert (foreign.status_code, foreign.json()["type"]) == (403, "urn:bezkart:problem:undo-not-allowed")
    by_owner = await purchases.undo(guest_id, first["purchase_id"], bearer=token(Role.OWNER, staff="s_owner"))
    assert by_owner.json()["account"]["purchases"] == 0


async def test_a_foreign_shop_sees_nothing(purchases: House) -> None:
    guest_id = guest()
    purchase = (await purchases.record(guest_id)).json()
    stranger = token(Role.OWNER, shop="other", staff="s_stranger")
    assert (await purchases.record(guest_id, bearer=stranger)).status_code == 404
    assert (await purchases.undo(guest_id, purchase["purchase_id"], bearer=stranger)).status_code == 404
    for path in (f"/api/v1/accounts/{guest_id}", f"/api/v1/accounts/{guest_id}/ledger"):
        assert (await purchases.call("purchases", "GET", path, bearer=stranger)).status_code == 404
    several = await purchases.call(
        "purchases", "GET", "/api/v1/accounts", params={"guest_id": guest_id}, bearer=stranger
    )
    assert several.json() == {"accounts": []}


async def test_roles(purchases: House) -> None:
    body = {"cups_per_gift": 8, "gift": "раф 0,3 л"}
    refused = await purchases.call("purchases", "PUT", "/api/v1/program", json=body)
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:bezkart:problem:role-required")
    changed = await purchases.call("purchases", "PUT", "/api/v1/program", json=body, bearer=token(Role.OWNER))
    assert changed.json()["cups_per_gift"] == 8
    assert (await purchases.call("purchases", "GET", "/api/v1/program")).json()["gift"] == "раф 0,3 л"
    anonymous = await purchases.call("purchases", "GET", "/api/v1/program", headers={"Authorization": ""})
    assert (anonymous.status_code, anonymous.json()["type"]) == (401, "urn:bezkart:problem:sign-in-required")
    outside = await purchases.call("purchases", "GET", "/api/v1/program", bearer=token(Role.OPS, shop=""))
    assert outside.status_code == 403


async def test_a_cookie_alone_changes_nothing(purchases: House) -> None:
    by_cookie = token(by_cookie=True)
    refused = await purchases.record(guest(), bearer=by_cookie)
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:bezkart:problem:csrf-guard-missing")
    assert (await purchases.call("purchases", "GET", "/api/v1/program", bearer=by_cookie)).status_code == 200


async def test_the_ledger_follows_and_is_paged(purchases: House) -> None:
    await purchases.start("purchases-consumer")
    guest_id = guest()
    for cups in (1, 2, 3, 4):
        answer = await purchases.record(guest_id, cups)
    await purchases.undo(guest_id, answer.json()["purchase_id"])
    owner = token(Role.OWNER)

    async def page(cursor: str | None = None) -> dict[str, Any]:
        params = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        path = f"/api/v1/accounts/{guest_id}/ledger"
        return dict((await purchases.call("purchases", "GET", path, params=params, bearer=owner)).json())

    async def complete() -> bool:
        path = f"/api/v1/accounts/{guest_id}/ledger"
        return len((await purchases.call("purchases", "GET", path, bearer=owner)).json()["entries"]) == 5

    await eventually(complete)
    first = await page()
    second = await page(str(first["next"]))
    third = await page(str(second["next"]))
    entries = [*first["entries"], *second["entries"], *third["entries"]]
    assert [entry["kind"] for entry in entries] == ["reverse", "earn", "earn", "earn", "earn"]
    assert sum(entry["cups"] for entry in entries) == 6
    assert third["next"] is None
    for cursor in ("%%", "MQ==", *(urlsafe_b64encode(each).decode() for each in (b"9" * 20 + b".0", b"1.-1"))):
        path = f"/api/v1/accounts/{guest_id}/ledger"
        broken = await purchases.call("purchases", "GET", path, params={"cursor": cursor}, bearer=owner)
        assert (broken.status_code, broken.json()["type"]) == (400, "urn:bezkart:problem:cursor-unknown")
