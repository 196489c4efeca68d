"""Guests over HTTP: registered once, found by four digits, never shown in full, erased everywhere."""

import asyncio
import json

import pytest
from pymongo import AsyncMongoClient

from bezkart.kit.auth import Role
from tests.fixtures.house import House, eventually, token

PHONE, DIGITS = "+7 913 000-83-23", "9130008323"
OWNER = token(Role.OWNER, staff="s_owner")
SUPPORT = token(Role.OPS, staff="support")


@pytest.fixture
async def identity(house: House) -> House:
    await house.start("identity")
    return house


async def search(house: House, bearer: str | None = None, **by: str) -> list[dict[str, object]]:
    answer = await house.call("identity", "POST", "/api/v1/guests/search", json=by, bearer=bearer)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["guests"])


async def test_registered_and_found_however_asked(identity: House) -> None:
    body = {
        "phone": PHONE,
        "card": "A-17",
        "telegram_id": 77,
        "name": "Анна",
        "consents": {"processing": True, "advertising": True},
    }
    answer = await identity.call("identity", "POST", "/api/v1/guests", json=body, bearer=SUPPORT)
    assert answer.status_code == 201
    guest = answer.json()
    assert guest["masked_phone"] == "+7 ••• •••-83-23"
    assert guest["consents"] == {"processing": True, "advertising": True}
    assert (guest["has_telegram"], guest["source"], guest["name"]) == (True, "terminal", "Анна")
    for by in ({"last4": "8323"}, {"phone": "89130008323"}, {"card": "A-17"}):
        assert await search(identity, **by) == [guest]
    assert await search(identity, last4="0000") == []


async def test_several_guests_may_share_the_last_digits(identity: House) -> None:
    first, second = await identity.register(PHONE), await identity.register("+7 914 000-83-23")
    assert {guest["id"] for guest in await search(identity, last4="8323")} == {first, second}


async def test_no_answer_holds_the_number(identity: House) -> None:
    guest_id = await identity.register(PHONE)
    requests = [
        ("GET", f"/api/v1/guests/{guest_id}", {}),
        ("POST", "/api/v1/guests", {"phone": PHONE, "consents": {"processing": True}}),
        ("POST", "/api/v1/guests", {"phone": PHONE + "99999", "consents": {"processing": True}}),
        ("POST", "/api/v1/guests", {"phone": {"number": DIGITS}, "consents": {}}),
        ("POST", "/api/v1/guests/search", {"phone": PHONE}),
        ("POST", "/api/v1/guests/search", {"phone": DIGITS, "last4": "8323"}),
        ("GET", "/api/v1/guests/lookups", {}),
    ]
    for method, path, body in requests:
        answer = await identity.call("identity", method, path, json=body or None, bearer=OWNER)
        text = answer.text.replace("-", "").replace(" ", "")
        assert DIGITS not in text, f"{method} {path} shows the number"


async def test_the_number_lies_encrypted_in_the_database(identity: House) -> None:
    guest_id = await identity.register(PHONE)
    async with AsyncMongoClient[dict[str, object]](identity.stores.mongo_url) as client:
        stored = await client[f"{identity.namespace}identity__demo"]["guests"].find_one({"_id": guest_id})
    assert stored
    assert DIGITS not in json.dumps(stored, default=str)


async def test_one_number_is_one_guest_however_many_register_at_once(identity: House) -> None:
    body = {"phone": PHONE, "consents": {"processing": True}}
    answers = await asyncio.gather(*(identity.call("identity", "POST", "/api/v1/guests", json=body) for _ in range(20)))
    made = [answer.json()["id"] for answer in answers if answer.status_code == 201]
    refused = [answer.json() for answer in answers if answer.status_code == 409]
    assert len(made) == 1
    assert len(refused) == 19
    assert {problem["guest_id"] for problem in refused} == set(made)
    assert {problem["type"] for problem in refused} == {"urn:bezkart:problem:guest-exists"}


@pytest.mark.parametrize(
    ("body", "slug"),
    [
        ({"phone": "123", "consents": {"processing": True}}, "invalid-phone"),
        ({"phone": PHONE, "consents": {"processing": False}}, "consent-required"),
        ({"consents": {"processing": True}}, "contact-missing"),
        ({"phone": PHONE}, "invalid-request"),
        ({"phone": PHONE, "consents": {"processing": True}, "shop": "other"}, "invalid-request"),
        ({"telegram_id": -5, "consents": {"processing": True}}, "invalid-request"),
    ],
)
async def test_bad_registrations(identity: House, body: dict[str, object], slug: str) -> None:
    answer = await identity.call("identity", "POST", "/api/v1/guests", json=body)
    assert (answer.status_code, answer.json()["type"]) == (422, f"urn:bezkart:problem:{slug}")
    assert answer.headers["content-type"] == "application/problem+json"
    assert await search(identity, last4="8323") == []


async def test_another_shop_is_another_world(identity: House) -> None:
    guest_id = await identity.register(PHONE)
    stranger = token(Role.OWNER, shop="other", staff="s_stranger")
    assert await search(identity, bearer=stranger, last4="8323") == []
    for method, path, body in (
        ("GET", f"/api/v1/guests/{guest_id}", None),
        ("PATCH", f"/api/v1/guests/{guest_id}", {"name": "X"}),
        ("PUT", f"/api/v1/guests/{guest_id}/consents/advertising", {"granted": True}),
        ("DELETE", f"/api/v1/guests/{guest_id}", None),
    ):
        answer = await identity.call("identity", method, path, json=body, bearer=stranger)
        assert (answer.status_code, answer.json()["type"]) == (404, "urn:bezkart:problem:guest-not-found"), path
    again = await identity.register(PHONE, bearer=stranger)
    assert again != guest_id


async def test_consents_are_withdrawn_at_once(identity: House) -> None:
    guest_id = await identity.register(PHONE)
    path = f"/api/v1/guests/{guest_id}/consents/advertising"
    given = await identity.call("identity", "PUT", path, json={"granted": True})
    assert given.json()["consents"]["advertising"]
    withdrawn = await identity.call("identity", "PUT", path, json={"granted": False, "channel": "bot"})
    assert not withdrawn.json()["consents"]["advertising"]
    assert withdrawn.json()["consents"]["processing"]


async def test_a_card_belongs_to_one_guest(identity: House) -> None:
    first, second = await identity.register(PHONE), await identity.register("+7 914 000-83-23")
    changed = await identity.call("identity", "PATCH", f"/api/v1/guests/{first}", json={"card": "A-1"})
    assert changed.json()["card"] == "A-1"
    refused = await identity.call("identity", "PATCH", f"/api/v1/guests/{second}", json={"card": "A-1"})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:bezkart:problem:guest-exists")


async def test_who_looked_whom_up_is_on_record(identity: House) -> None:
    guest_id = await identity.register(PHONE)
    await search(identity, last4="8323")
    refused = await identity.call("identity", "GET", "/api/v1/guests/lookups")
    assert refused.status_code == 403
    (entry,) = (await identity.call("identity", "GET", "/api/v1/guests/lookups", bearer=OWNER)).json()["lookups"]
    assert (entry["staff_id"], entry["by"], entry["guest_ids"]) == ("s_anya", "last4", [guest_id])


async def test_erasure_reaches_every_service(house: House) -> None:
    await house.start("identity", "purchases", "purchases-consumer", "segments", "segments-consumer")
    await house.open_shop()
    guest_id = await house.register(PHONE)
    await house.record(guest_id, 3)

    async def total(expected: int) -> bool:
        return bool((await house.segments()).get("total") == expected)

    await eventually(lambda: total(1))
    assert (await house.call("identity", "DELETE", f"/api/v1/guests/{guest_id}")).status_code == 403
    assert (await house.call("identity", "DELETE", f"/api/v1/guests/{guest_id}", bearer=OWNER)).status_code == 204
    assert (await house.call("identity", "GET", f"/api/v1/guests/{guest_id}")).status_code == 404
    assert await search(house, last4="8323") == []
    await eventually(lambda: total(0))

    async def account_is_gone() -> bool:
        return (await house.call("purchases", "GET", f"/api/v1/accounts/{guest_id}")).status_code == 410

    await eventually(account_is_gone)
    assert (await house.record(guest_id)).status_code == 410
    assert await house.register(PHONE) != guest_id


async def test_import_of_guests_is_the_same_twice(identity: House) -> None:
    old = [{"card": f"C-{n}", "registered_at": f"2024-01-{n + 1:02}T10:00:00Z"} for n in range(20)]
    old.append({"phone": "12", "registered_at": "2024-01-01T00:00:00Z"})

    async def send(batch: list[dict[str, str]]) -> list[dict[str, object]]:
        answer = await identity.call("identity", "POST", "/api/v1/guests/import", json={"guests": batch}, bearer=OWNER)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["results"])

    first = await send(old)
    assert [result["created"] for result in first] == [True] * 20 + [False]
    assert first[-1]["error"] == "invalid-phone"
    again = await send(old)
    assert [result["guest_id"] for result in again] == [result["guest_id"] for result in first]
    assert not any(result["created"] for result in again)
    earlier = await send([{"card": "C-3", "registered_at": "2023-05-01T10:00:00Z"}] * 2)
    assert {result["guest_id"] for result in earlier} == {first[3]["guest_id"]}
    guest = (await identity.call("identity", "GET", f"/api/v1/guests/{first[3]['guest_id']}")).json()
    assert guest["registered_at"] == "2023-05-01T10:00:00Z"


async def test_a_row_that_joins_two_guests_spoils_nothing(identity: House) -> None:
    async def send(*old: dict[str, str]) -> list[str]:
        rows = [{**each, "registered_at": "2024-01-01T00:00:00Z"} for each in old]
        answer = await identity.call("identity", "POST", "/api/v1/guests/import", json={"guests": rows}, bearer=OWNER)
        assert answer.status_code == 200, answer.text
        return [result["guest_id"] for result in answer.json()["results"]]

    by_card, by_phone = await send({"card": "C-1"}, {"phone": PHONE})
    assert await send({"card": "C-1", "phone": PHONE}, {"card": "C-2", "phone": PHONE}) == [by_phone, by_phone]
    assert [guest["id"] for guest in await search(identity, card="C-1")] == [by_card]
    assert [guest["id"] for guest in await search(identity, card="C-2")] == [by_phone]


@pytest.mark.parametrize(
    "registered_at", ["0001-01-01T00:00:00+14:00", "1969-12-31T23:59:59Z", "2999-01-01T00:00:00Z", "9999-12-31T23:59Z"]
)
async def test_a_registration_at_an_impossible_time_is_one_bad_row(identity: House, registered_at: str) -> None:
    rows = [{"card": "C-1", "registered_at": registered_at}, {"card": "C-2", "registered_at": "2024-01-01T00:00:00Z"}]
    answer = await identity.call("identity", "POST", "/api/v1/guests/import", json={"guests": rows}, bearer=OWNER)
    assert [result["error"] for result in answer.json()["results"]] == ["registration-implausible", None]


async def test_a_registration_that_finds_a_guest_is_on_record_as_a_lookup(identity: House) -> None:
    guest_id = await identity.register(PHONE)
    body = {"phone": PHONE, "consents": {"processing": True}}
    assert (await identity.call("identity", "POST", "/api/v1/guests", json=body)).status_code == 409
    (entry,) = (await identity.call("identity", "GET", "/api/v1/guests/lookups", bearer=OWNER)).json()["lookups"]
    assert (entry["staff_id"], entry["by"], entry["guest_ids"]) == ("s_anya", "registration", [guest_id])


async def test_registering_and_erasing_at_once_leaves_one_guest_or_none(identity: House) -> None:
    body = {"phone": PHONE, "consents": {"processing": True}}
    for _ in range(10):
        guest_id = await identity.register(PHONE)
        tries = [identity.call("identity", "POST", "/api/v1/guests", json=body) for _ in range(4)]
        path = f"/api/v1/guests/{guest_id}"
        erased, *answers = await asyncio.gather(identity.call("identity", "DELETE", path, bearer=OWNER), *tries)
        assert erased.status_code == 204
        assert {answer.status_code for answer in answers} <= {201, 409}
        for guest in await search(identity, last4="8323"):
            await identity.call("identity", "DELETE", f"/api/v1/guests/{guest['id']}", bearer=OWNER)
