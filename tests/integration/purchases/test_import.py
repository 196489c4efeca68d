"""Import of past purchases: whatever is sent again, in whatever order and parts, counts once."""

import random
from collections.abc import Sequence

import pytest

from bezkart.kernel.ids import GuestIds
from bezkart.kit.auth import Role
from tests.fixtures.house import House, eventually, token

IDS = GuestIds("g" * 40)
OWNER = token(Role.OWNER)


def rows(guests: Sequence[str], each: int) -> list[dict[str, object]]:
    return [
        {"guest_id": guest_id, "key": f"row-{guest}-{n:03}", "at": f"2024-0{n % 9 + 1}-11T08:30:00Z", "amount": 100 + n}
        for guest, guest_id in enumerate(guests)
        for n in range(each)
    ]


async def send(house: House, batch: list[dict[str, object]]) -> dict[str, int]:
    while True:
        answer = await house.call("purchases", "POST", "/api/v1/imports/purchases", json={"rows": batch}, bearer=OWNER)
        if answer.status_code != 409:
            assert answer.status_code == 200, answer.text
            return dict(answer.json())
        assert answer.json()["type"] == "urn:bezkart:problem:history-catching-up"


@pytest.fixture
async def purchases(house: House) -> House:
    await house.start("purchases", "purchases-consumer")
    return house


async def test_twice_shuffled_and_longer(purchases: House) -> None:
    guests = [IDS.issue("demo") for _ in range(10)]
    batch = rows(guests, 7)
    assert await send(purchases, batch) == {"recorded": 70, "known": 0}
    random.Random(1).shuffle(batch)
    assert await send(purchases, batch) == {"recorded": 0, "known": 70}
    assert await send(purchases, rows(guests, 9)) == {"recorded": 20, "known": 70}
    account = (await purchases.call("purchases", "GET", f"/api/v1/accounts/{guests[0]}")).json()
    assert (account["purchases"], account["gifts"], account["stamps"]) == (9, 1, 3)
    assert account["first_purchase_at"] == "2024-01-11T08:30:00Z"
    totals = (await purchases.call("purchases", "GET", "/api/v1/accounts/totals", bearer=OWNER)).json()
    assert totals == {"accounts": 10, "purchases": 90, "spent": 9360}


async def test_the_same_row_twice_in_a_batch_counts_once(purchases: House) -> None:
    batch = rows([IDS.issue("demo")], 1)
    assert await send(purchases, batch * 3) == {"recorded": 1, "known": 2}


async def test_a_key_used_for_two_guests_counts_for_both(purchases: House) -> None:
    first, second = IDS.issue("demo"), IDS.issue("demo")
    batch = [{**rows([each], 1)[0], "key": "receipt-0001"} for each in (first, second)]
    assert await send(purchases, batch) == {"recorded": 2, "known": 0}
    assert await send(purchases, batch) == {"recorded": 0, "known": 2}


async def test_live_purchases_and_imports_mix(purchases: House) -> None:
    guest_id = IDS.issue("demo")
    await purchases.record(guest_id)

    async def ledger_has_it() -> bool:
        return (await send(purchases, rows([guest_id], 3)))["recorded"] == 3

    await eventually(ledger_has_it)
    await purchases.record(guest_id)
    account = (await purchases.call("purchases", "GET", f"/api/v1/accounts/{guest_id}")).json()
    assert account["purchases"] == 5
    assert account["first_purchase_at"].startswith("2024-01-11")


@pytest.mark.parametrize(
    ("change", "status", "slug"),
    [
        ({"guest_id": IDS.issue("other")}, 404, "guest-not-found"),
        ({"at": "2999-01-01T00:00:00Z"}, 422, "purchase-in-future"),
        ({"at": "2024-01-01T00:00:00"}, 422, "invalid-request"),
        ({"at": "0001-01-01T00:00:00+14:00"}, 422, "invalid-request"),
        ({"cups": 0}, 422, "invalid-request"),
        ({"amount": -1}, 422, "invalid-request"),
        ({"key": "short"}, 422, "invalid-request"),
    ],
)
async def test_one_bad_row_refuses_the_batch_and_says_which(
    purchases: House, change: dict[str, object], status: int, slug: str
) -> None:
    guest_id = IDS.issue("demo")
    batch = rows([guest_id], 3)
    batch[1] |= change
    answer = await purchases.call("purchases", "POST", "/api/v1/imports/purchases", json={"rows": batch}, bearer=OWNER)
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:bezkart:problem:{slug}")
    assert "/rows/1" in answer.text
    assert (await purchases.call("purchases", "GET", f"/api/v1/accounts/{guest_id}")).json()["purchases"] == 0


async def test_a_barista_does_not_import(purchases: House) -> None:
    answer = await purchases.call("purchases", "POST", "/api/v1/imports/purchases", json={"rows": rows(["x"], 1)})
    assert answer.status_code == 403
