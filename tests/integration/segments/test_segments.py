"""From a purchase to the owner's picture: through the real broker, across midnights, on any day."""

from datetime import timedelta
from typing import Any

import pytest
from prometheus_client import REGISTRY

from bezkart.kernel.ids import GuestIds
from bezkart.kit.auth import Role
from services.segments.usecases.measure_sizes import measure_sizes
from services.segments.usecases.sweep_shop import due, sweep_shop
from tests.fixtures.house import House, eventually, token

OWNER = token(Role.OWNER)
EMPTY = {"new": 0, "active": 0, "leaving": 0, "rare": 0, "sleeping": 0}


@pytest.fixture
async def cafe(house: House) -> House:
    await house.start("identity", "purchases", "purchases-consumer", "segments", "segments-consumer")
    await house.open_shop()
    await eventually(lambda: answers(house))
    return house


async def answers(house: House) -> bool:
    return (await house.call("segments", "GET", "/api/v1/segments", bearer=OWNER)).status_code == 200


async def becomes(house: House, **segments: int) -> None:
    async def so() -> bool:
        return bool((await house.segments())["segments"] == EMPTY | segments)

    await eventually(so)


async def has_counted(house: House, purchases: int) -> None:
    async def so() -> bool:
        return bool((await get(house, "/totals"))["purchases"] == purchases)

    await eventually(so)


async def sweep(house: House) -> int:
    service = house.segments_service
    assert service
    shop = await service.shops.load("demo")
    assert shop
    return await sweep_shop(shop, service) if due(shop, service) else 0


async def get(house: House, path: str, **params: str) -> dict[str, Any]:
    answer = await house.call("segments", "GET", f"/api/v1/segments{path}", params=params, bearer=OWNER)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_guest_walks_through_all_five_segments(cafe: House) -> None:
    guest_id = await cafe.register("+79130008323")
    await becomes(cafe, new=1)
    for _ in range(4):
        purchase = (await cafe.record(guest_id)).json()
    await becomes(cafe, active=1)
    await cafe.undo(guest_id, purchase["purchase_id"])
    await becomes(cafe, new=1)
    await cafe.record(guest_id)
    await becomes(cafe, active=1)
    assert await sweep(cafe) == 0  # the first day: nothing to move

    cafe.clock.offset = timedelta(days=15)
    assert await sweep(cafe) == 1
    await becomes(cafe, leaving=1)
    assert await sweep(cafe) == 0

    await cafe.record(guest_id)
    await becomes(cafe, active=1)
    cafe.clock.offset += timedelta(days=61)
    assert await sweep(cafe) == 1
    await becomes(cafe, sleeping=1)

    other = await cafe.register("+79140008323")
    await becomes(cafe, sleeping=1, new=1)
    cafe.clock.offset += timedelta(days=15)
    assert await sweep(cafe) == 1
    await becomes(cafe, sleeping=1, rare=1)
    assert (await get(cafe, f"/guests/{other}"))["segment"] == "rare"


async def test_the_sizes_of_all_shops_are_a_metric(cafe: House) -> None:
    await cafe.register("+79130008324")
    await becomes(cafe, new=1)
    assert cafe.segments_service
    await measure_sizes(cafe.segments_service)
    assert REGISTRY.get_sample_value("bezkart_segments_guests", {"segment": "new"}) == 1
    assert REGISTRY.get_sample_value("bezkart_segments_guests", {"segment": "sleeping"}) == 0


async def test_the_picture_of_two_days_and_the_flow_between(cafe: House) -> None:
    cafe.clock.offset = timedelta(days=-20)
    regular, rare = await cafe.register("+79130008323"), await cafe.register("+79140008323")
    for _ in range(4):
        await cafe.record(regular)
    await cafe.record(rare)
    cafe.clock.offset = timedelta(0)
    await cafe.record(regular)
    fresh = await cafe.register("+79150008323")
    await cafe.record(fresh)

    async def taken_in() -> bool:
        return await get(cafe, "/totals") == {"guests": 3, "purchases": 7}

    await eventually(taken_in)
    compared = await get(cafe, "/comparison")
    assert compared["from"]["segments"] == EMPTY | {"active": 1, "new": 1}
    assert compared["to"]["segments"] == EMPTY | {"active": 1, "new": 1, "rare": 1}
    assert compared["flow"] == [
        {"from": None, "to": "new", "guests": 1},
        {"from": "new", "to": "rare", "guests": 1},
        {"from": "active", "to": "active", "guests": 1},
    ]
    assert compared["won_back"] == {"guests": 0, "of": 0, "share": 0.0}
    today = str(compared["to"]["as_of"])
    assert (await cafe.segments(as_of=today))["segments"] == compared["to"]["segments"]
    far = await cafe.segments(as_of="2099-01-01")
    assert far["segments"] == EMPTY | {"sleeping": 3}
    assert (await cafe.segments(as_of="2020-01-01"))["total"] == 0


async def test_the_first_days_of_the_calendar_are_days_like_others(cafe: House) -> None:
    for to in ("0001-01-01", "0001-01-07", "0001-01-09"):
        assert (await get(cafe, "/comparison", to=to))["to"]["total"] == 0
    assert (await get(cafe, "", as_of="9999-12-31"))["total"] == 0


async def test_daily_snapshots_are_taken_and_filled_in(cafe: House) -> None:
    await cafe.register("+79130008323")
    await becomes(cafe, new=1)
    await sweep(cafe)
    start = (await cafe.segments())["as_of"]
    cafe.clock.offset = timedelta(days=1)
    await sweep(cafe)
    service = cafe.segments_service
    assert service
    day = (await cafe.segments())["as_of"]
    taken = (await get(cafe, "/snapshots", **{"from": start, "to": day}))["snapshots"]
    assert [(each["day"], each["total"]) for each in taken] == [(start, 1), (day, 1)]
    refused = await cafe.call(
        "segments", "GET", "/api/v1/segments/snapshots", params={"from": day, "to": start}, bearer=OWNER
    )
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:bezkart:problem:period-invalid")


async def test_an_import_makes_snapshots_true_again(cafe: House) -> None:
    params = {"from": "2024-03-01", "to": "2024-03-03"}
    before = (await get(cafe, "/snapshots", **params))["snapshots"]
    assert [each["total"] for each in before] == [0, 0, 0]
    old = {"guests": [{"card": "C-1", "registered_at": "2024-03-02T09:00:00Z"}]}
    await cafe.call("identity", "POST", "/api/v1/guests/import", json=old, bearer=OWNER)
    await becomes(cafe, sleeping=1)

    async def true_again() -> bool:
        after = (await get(cafe, "/snapshots", **params))["snapshots"]
        return [each["total"] for each in after] == [0, 1, 1]

    await eventually(true_again)


async def test_other_thresholds_move_everybody(cafe: House) -> None:
    guest_id = await cafe.register("+79130008323")
    await cafe.record(guest_id)
    await cafe.record(guest_id)
    await has_counted(cafe, 2)
    await sweep(cafe)
    body = {"new_days": 7, "active_days": 7, "sleeping_days": 30, "regular_purchases": 2}
    changed = await cafe.call("segments", "PUT", "/api/v1/segments/settings", json=body, bearer=OWNER)
    assert changed.json() == body
    assert await get(cafe, "/settings") == body
    assert await sweep(cafe) == 1
    await becomes(cafe, active=1)
    body["sleeping_days"] = 7
    refused = await cafe.call("segments", "PUT", "/api/v1/segments/settings", json=body, bearer=OWNER)
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:bezkart:problem:thresholds-contradict")


async def test_segments_are_the_owners(cafe: House) -> None:
    for path in ("", "/comparison", "/settings", "/totals", "/live"):
        refused = await cafe.call("segments", "GET", f"/api/v1/segments{path}")
        assert (refused.status_code, refused.json()["type"]) == (403, "urn:bezkart:problem:role-required"), path
    guest_id = GuestIds("g" * 40).issue("demo")
    missing = await cafe.call("segments", "GET", f"/api/v1/segments/guests/{guest_id}", bearer=OWNER)
    assert missing.status_code == 404


async def test_a_move_is_announced_live(cafe: House) -> None:
    service = cafe.segments_service
    assert service
    async with service.live.listen("segments:live:demo") as listener:
        await cafe.register("+79130008323")
        move = await listener.next(10)
    assert move
    assert '"next":"new"' in move
    assert "g_" not in move
