"""The guest's offline code and the own account, over HTTP on real stores (F45, F74)."""

import asyncio
import base64
import hmac
import secrets
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from bezkart.kernel.ids import GuestIds
from bezkart.kit.auth import Role
from tests.fixtures.house import House, eventually, token
from tests.fixtures.proxy import Proxy

IDS = GuestIds("g" * 40)
OWNER = token(Role.OWNER, staff="s_owner")


@pytest.fixture
async def counter(house: House) -> House:
    await house.start("purchases")
    return house


def as_guest(guest_id: str, shop: str = "demo") -> str:
    return token(Role.GUEST, shop=shop, staff=guest_id)


async def guest_with_gifts(house: House, gifts: int = 1) -> str:
    guest_id = IDS.issue("demo")
    assert (await house.record(guest_id, 6 * gifts)).status_code == 201
    return guest_id


async def mine(house: House, guest_id: str, path: str = "", **options: Any) -> httpx.Response:
    return await house.call("purchases", "GET", f"/api/v1/accounts/me{path}", bearer=as_guest(guest_id), **options)


async def key_of(house: House, guest_id: str) -> bytes:
    """What the guest's page keeps."""
    told = (await mine(house, guest_id, "/offline-key")).json()
    assert (told["step_seconds"], told["digits"]) == (30, 8)
    return base64.b32decode(told["secret"] + "=" * (-len(told["secret"]) % 8))


def code(secret: bytes, at: datetime) -> str:
    """TOTP as the page computes it."""
    digest = hmac.digest(secret, int(at.timestamp() // 30).to_bytes(8, "big"), "sha256")
    place = digest[-1] & 15
    return f"{(int.from_bytes(digest[place : place + 4], 'big') & 0x7FFFFFFF) % 10**8:08}"


async def issue(house: House, guest_id: str, shown: str, *, key: str | None = None, **options: Any) -> httpx.Response:
    headers = {"Idempotency-Key": key or secrets.token_hex(8)}
    body = {"guest_id": guest_id, "code": shown}
    return await house.call("purchases", "POST", "/api/v1/gifts/issue-offline", json=body, headers=headers, **options)


def slug(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("urn:bezkart:problem:")


def wrong(*right: str) -> str:
    return next(each for each in (f"{number:08}" for number in range(9)) if each not in right)


@pytest.mark.parametrize("skew", [-50, 0, 50])
async def test_a_code_computed_in_the_page_opens_the_gift_once(counter: House, skew: int) -> None:
    guest_id = await guest_with_gifts(counter, 2)
    shown = code(await key_of(counter, guest_id), counter.clock.now() + timedelta(seconds=skew))
    key = secrets.token_hex(8)
    issued = await issue(counter, guest_id, shown, key=key)
    assert issued.status_code == 200, issued.text
    assert issued.json()["account"]["gifts"] == 1
    assert (await issue(counter, guest_id, shown, key=key)).text == issued.text
    assert slug(await issue(counter, guest_id, shown)) == (409, "code-used-before")
    assert (await mine(counter, guest_id)).json()["gifts"] == 1


@pytest.mark.parametrize("skew", [-100, 100])
async def test_clocks_too_far_apart(counter: House, skew: int) -> None:
    guest_id = await guest_with_gifts(counter)
    shown = code(await key_of(counter, guest_id), counter.clock.now() + timedelta(seconds=skew))
    answer = await issue(counter, guest_id, shown)
    assert slug(answer) == (422, "wrong-code")
    assert answer.json()["attempts_left"] == 4


async def test_two_baristas_at_once_issue_one(counter: House) -> None:
    guest_id = await guest_with_gifts(counter, 3)
    shown = code(await key_of(counter, guest_id), counter.clock.now())
    baristas = [issue(counter, guest_id, shown, bearer=token(staff=f"s_{name}")) for name in ("anya", "boris")]
    answers = await asyncio.gather(*baristas)
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert (await mine(counter, guest_id)).json()["gifts"] == 2


async def test_the_chat_shows_a_code_that_was_not_used_yet(counter: House) -> None:
    guest_id = await guest_with_gifts(counter, 2)
    for left in (1, 0):
        shown = (await mine(counter, guest_id, "/offline-code")).json()
        assert 60 <= shown["valid_seconds"] <= 120
        issued = await issue(counter, guest_id, shown["code"])
        assert issued.json()["account"]["gifts"] == left


async def test_a_gift_whose_code_is_on_its_way_is_the_one_that_is_handed_over(counter: House) -> None:
    guest_id = await guest_with_gifts(counter, 2)
    headers = {"Idempotency-Key": secrets.token_hex(8)}
    asked = await counter.call(
        "purchases", "POST", "/api/v1/gifts/request", json={"guest_id": guest_id}, headers=headers
    )
    issued = await issue(counter, guest_id, code(await key_of(counter, guest_id), counter.clock.now()))
    assert issued.json()["gift_id"] == asked.json()["gift_id"]
    assert issued.json()["account"].items() >= {"gifts": 1, "gift_request": None}.items()


async def test_without_a_gift_no_try_is_counted(counter: House) -> None:
    guest_id = IDS.issue("demo")
    shown = code(await key_of(counter, guest_id), counter.clock.now())
    for _ in range(6):
        assert slug(await issue(counter, guest_id, shown)) == (409, "no-gift")
    await counter.record(guest_id, 6)
    assert (await issue(counter, guest_id, shown)).status_code == 200


async def _five_are_looked_at(house: House) -> None:
    guest_id, other = await guest_with_gifts(house), await guest_with_gifts(house)
    secret = await key_of(house, guest_id)
    near = [code(secret, house.clock.now() + timedelta(seconds=skew)) for skew in range(-90, 120, 30)]
    answers = await asyncio.gather(*(issue(house, guest_id, wrong(*near)) for _ in range(30)))
    assert Counter(slug(answer) for answer in answers) == {
        (422, "wrong-code"): 4,
        (409, "too-many-attempts"): 26,
    }
    assert slug(await issue(house, guest_id, near[3])) == (409, "too-many-attempts")
    assert (await issue(house, other, code(await key_of(house, other), house.clock.now()))).status_code == 200


async def test_of_thirty_wrong_codes_at_once_five_are_looked_at(counter: House) -> None:
    await _five_are_looked_at(counter)


async def test_without_redis_the_code_works_and_tries_are_counted_all_the_same(house: House) -> None:
    house.redis_url = "redis://127.0.0.1:1/0"
    await house.start("purchases")
    await _five_are_looked_at(house)


async def test_a_right_code_forgets_the_wrong_ones(wire: Proxy, house: House) -> None:
    """Also those that were counted here while Redis was away."""
    await house.start("purchases")
    guest_id = await guest_with_gifts(house, 3)
    secret = await key_of(house, guest_id)
    await wire.down()
    left = [(await issue(house, guest_id, wrong())).json()["attempts_left"] for _ in range(3)]
    assert left == [4, 3, 2]
    assert (await issue(house, guest_id, code(secret, house.clock.now()))).status_code == 200
    assert (await issue(house, guest_id, wrong())).json()["attempts_left"] == 4


async def test_it_is_in_the_ledger_and_the_guest_can_take_it_away(house: House) -> None:
    await house.start("purchases", "purchases-consumer")
    guest_id = await guest_with_gifts(house)
    assert (await issue(house, guest_id, code(await key_of(house, guest_id), house.clock.now()))).status_code == 200

    async def booked() -> bool:
        told = (await mine(house, guest_id, "/operations", params={"limit": 1})).json()
        return bool(told["operations"]) and told["operations"][0]["reason"] == "offline-code"

    await eventually(booked)
    first = (await mine(house, guest_id, "/operations", params={"limit": 1})).json()
    second = (await mine(house, guest_id, "/operations", params={"limit": 1, "cursor": first["next"]})).json()
    assert [each["reason"] for each in second["operations"]] == ["purchase"]
    export = (await mine(house, guest_id, "/export")).json()
    assert [each["kind"] for each in export["history"]] == ["redeem", "earn"]
    assert export["account"]["operations"][0]["reason"] == "offline-code"
    assert "s_anya" not in str(export)


async def test_a_guest_sees_the_own_account_and_nobody_elses(counter: House) -> None:
    guest_id, other = await guest_with_gifts(counter), await guest_with_gifts(counter, 2)
    own = (await mine(counter, guest_id)).json()
    assert own.items() >= {"guest_id": guest_id, "gifts": 1, "purchases": 1, "referred": False}.items()
    assert "actor" not in own["operations"][0]
    foreign = await counter.call("purchases", "GET", f"/api/v1/accounts/{other}", bearer=as_guest(guest_id))
    assert slug(foreign) == (403, "role-required")
    assert slug(await issue(counter, guest_id, "00000000", bearer=as_guest(guest_id))) == (403, "role-required")
    staff = await counter.call("purchases", "GET", "/api/v1/accounts/me/offline-key", bearer=OWNER)
    assert slug(staff) == (403, "role-required")
    assert await key_of(counter, guest_id) != await key_of(counter, other)


async def test_conditions_are_told_to_guests_and_visitors(counter: House) -> None:
    for bearer in (as_guest(IDS.issue("demo")), token(Role.VISITOR, staff="telegram:7")):
        told = (await counter.call("purchases", "GET", "/api/v1/program/mine", bearer=bearer)).json()
        assert told["conditions"]["ru"].startswith("Каждая 6-я чашка")
        assert told["gift"]["en"] == "cappuccino 0.2 l"
