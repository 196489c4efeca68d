"""A guest proves a number by SMS: nobody learns whose number is known, nobody guesses, nobody floods."""

import asyncio
from datetime import timedelta

import pytest
from pymongo import AsyncMongoClient
from redis.asyncio import Redis

from bezkart.kit.auth import Role, TokenVerifier
from tests.fixtures.house import House, eventually, token
from tests.fixtures.proxy import Proxy
from tests.integration.identity.callers import (
    OTHER_PHONE,
    PHONE,
    answer_code,
    ask_code,
    cookie_of,
    heard,
    proven,
    register_number,
    slug,
    sms,
    swap,
)

OWNER = token(Role.OWNER, staff="s_owner")


@pytest.fixture
async def identity(house: House) -> House:
    await house.start("identity")
    await house.open_shop()
    return house


async def asked(house: House, phone: str = PHONE) -> tuple[str, str]:
    """The sign-in and its code."""
    sign_in_id = str((await ask_code(house, phone)).json()["id"])
    return sign_in_id, (await sms(house))[1]


async def forget_limits(house: House) -> None:
    async with Redis.from_url(house.stores.redis_url) as redis:
        async for key in redis.scan_iter(f"{house.namespace}identity:codes:*"):
            await redis.delete(key)


async def test_a_guest_signs_in_and_is_a_guest_everywhere(identity: House) -> None:
    guest_id = await identity.register(PHONE)
    answer = await ask_code(identity)
    assert answer.status_code == 202
    assert answer.json()["resend_after_seconds"] == 60
    number, code = await sms(identity)
    assert number == "+79130008323"
    entered = await answer_code(identity, answer.json()["id"], code)
    assert entered.status_code == 200, entered.text
    assert (entered.json()["state"], entered.json()["guest"]["id"]) == ("signed-in", guest_id)
    assert all(part in entered.headers["set-cookie"] for part in ("HttpOnly", "SameSite=lax", "Secure", "Path=/"))
    signed = await swap(identity, cookie=cookie_of(entered))
    caller = TokenVerifier(identity.environment()["jwt_public_jwks"]).caller(f"Bearer {signed}")
    assert (caller.role, caller.id, caller.shop, caller.by_cookie) == (Role.GUEST, guest_id, "demo", True)


async def test_a_new_guest_proves_the_number_and_then_consents(identity: House) -> None:
    sign_in_id, code = await asked(identity)
    early = await register_number(identity, sign_in_id)
    assert slug(early) == (410, "code-expired")
    answer = await answer_code(identity, sign_in_id, code)
    assert (answer.json(), "set-cookie" in answer.headers) == ({"state": "new", "guest": None}, False)
    refused = await register_number(identity, sign_in_id, consents={"processing": False})
    assert slug(refused) == (422, "consent-required")
    registered = await register_number(identity, sign_in_id, name="Анна")
    assert registered.status_code == 201, registered.text
    guest = registered.json()
    assert (guest["source"], guest["name"], guest["masked_phone"]) == ("web", "Анна", "+7 ••• •••-83-23")
    assert await swap(identity, cookie=cookie_of(registered))
    assert slug(await register_number(identity, sign_in_id)) == (410, "code-expired")


async def test_registering_twice_at_once_is_one_guest(identity: House) -> None:
    sign_in_id, code = await asked(identity)
    await answer_code(identity, sign_in_id, code)
    answers = await asyncio.gather(*(register_number(identity, sign_in_id) for _ in range(5)))
    assert {answer.status_code for answer in answers} <= {200, 201, 410}
    assert len({answer.json()["id"] for answer in answers if answer.status_code < 300}) == 1
    body = {"last4": "8323"}
    found = await identity.call("identity", "POST", "/api/v1/guests/search", json=body)
    assert len(found.json()["guests"]) == 1


async def test_a_number_registered_at_the_terminal_meanwhile_is_that_guest(identity: House) -> None:
    sign_in_id, code = await asked(identity)
    await answer_code(identity, sign_in_id, code)
    guest_id = await identity.register(PHONE)
    registered = await register_number(identity, sign_in_id)
    assert (registered.status_code, registered.json()["id"]) == (200, guest_id)


async def test_nobody_learns_whether_a_number_is_known(identity: House) -> None:
    await identity.register(PHONE)
    known, unknown = await ask_code(identity, PHONE), await ask_code(identity, OTHER_PHONE)
    assert known.status_code == unknown.status_code == 202
    assert known.json().keys() == unknown.json().keys()
    assert len(known.json()["id"]) == len(unknown.json()["id"])
    orders = [await heard(identity, "notifications.commands", "send-message.v1") for _ in range(2)]
    assert orders[0].keys() == orders[1].keys()
    assert len({len(order["guest_id"]) for order in orders}) == len({order["template"] for order in orders}) == 1
    wrong = [await answer_code(identity, each.json()["id"], "000000") for each in (known, unknown)]
    assert wrong[0].json() == wrong[1].json()
    again = [await ask_code(identity, phone) for phone in (PHONE, OTHER_PHONE)]
    assert [slug(each) for each in again] == [(429, "too-many-codes")] * 2


async def test_guessing_ends_after_five(identity: House) -> None:
    sign_in_id, code = await asked(identity)
    wrong = "000000" if code != "000000" else "111111"
    answers = [await answer_code(identity, sign_in_id, wrong) for _ in range(4)]
    assert [answer.json()["attempts_left"] for answer in answers] == [4, 3, 2, 1]
    assert slug(await answer_code(identity, sign_in_id, wrong)) == (409, "too-many-attempts")
    assert slug(await answer_code(identity, sign_in_id, code)) == (409, "too-many-attempts")


async def test_guessing_many_at_once_is_no_way_around_it(identity: House) -> None:
    sign_in_id, code = await asked(identity)
    guesses = [f"{(int(code) + 1 + n) % 10**6:06}" for n in range(40)]
    answers = await asyncio.gather(*(answer_code(identity, sign_in_id, guess) for guess in guesses))
    assert sorted(slug(answer)[1] for answer in answers) == ["too-many-attempts"] * 36 + ["wrong-code"] * 4


async def test_a_code_opens_once(identity: House) -> None:
    await identity.register(PHONE)
    sign_in_id, code = await asked(identity)
    answers = await asyncio.gather(*(answer_code(identity, sign_in_id, code) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 410, 410, 410]


async def test_a_code_ends_by_itself(identity: House) -> None:
    sign_in_id, code = await asked(identity)
    async with Redis.from_url(identity.stores.redis_url) as redis:
        key = f"{identity.namespace}identity:sign-in:{sign_in_id}"
        assert 0 < await redis.ttl(key) <= 600
        await redis.delete(key)
    assert slug(await answer_code(identity, sign_in_id, code)) == (410, "code-expired")
    assert slug(await answer_code(identity, "in_madeup", "000000")) == (410, "code-expired")


async def test_a_number_is_not_flooded(identity: House) -> None:
    assert (await ask_code(identity)).status_code == 202
    soon = await ask_code(identity, address="10.0.0.2")
    assert slug(soon) == (429, "too-many-codes")
    assert 0 < int(soon.headers["retry-after"]) == soon.json()["retry_after"] <= 60
    await identity.open_shop("other")
    assert slug(await ask_code(identity, shop="other")) == (429, "too-many-codes")


@pytest.mark.parametrize(("window", "most"), [(600, 3), (86_400, 10)])
async def test_a_number_gets_so_many_codes_and_no_more(identity: House, window: int, most: int) -> None:
    statuses = []
    for _ in range(most + 1):
        statuses.append((await ask_code(identity)).status_code)
        async with Redis.from_url(identity.stores.redis_url) as redis:
            async for key in redis.scan_iter(f"{identity.namespace}identity:codes:number:*"):
                if not key.endswith(f":{window}".encode()):
                    await redis.delete(key)
    assert statuses == [202] * most + [429]


async def test_an_address_and_a_shop_pay_for_so_many_codes(identity: House) -> None:
    numbers = [f"+7913{n:07}" for n in range(1, 300)]
    from_one = [(await ask_code(identity, phone)).status_code for phone in numbers[:61]]
    assert from_one == [202] * 60 + [429]
    spread = [
        (await ask_code(identity, phone, address=f"10.1.0.{n}")).status_code for n, phone in enumerate(numbers[61:202])
    ]
    assert spread == [202] * 140 + [429]
    await identity.open_shop("other")
    assert (await ask_code(identity, numbers[250], shop="other", address="10.2.0.1")).status_code == 202


async def test_bad_requests(identity: House) -> None:
    assert slug(await ask_code(identity, "12345")) == (422, "invalid-phone")
    assert slug(await ask_code(identity, shop="nowhere")) == (404, "shop-not-found")
    assert slug(await answer_code(identity, "in_x", "12345")) == (422, "invalid-request")


async def test_the_code_and_the_number_are_kept_nowhere_in_the_clear(
    identity: House, capsys: pytest.CaptureFixture[str]
) -> None:
    sign_in_id, code = await asked(identity)
    await answer_code(identity, sign_in_id, code)
    printed = capsys.readouterr()
    assert "request_answered" in printed.out
    assert code not in printed.out + printed.err

    async with Redis.from_url(identity.stores.redis_url, decode_responses=True) as redis:
        kept = await redis.hgetall(f"{identity.namespace}identity:sign-in:{sign_in_id}")
        keys = [key async for key in redis.scan_iter(f"{identity.namespace}*")]
    assert kept["digest"] != code
    assert "9130008323" not in f"{keys} {kept}"

    async def empty_outbox() -> bool:
        async with AsyncMongoClient[dict[str, object]](identity.stores.mongo_url) as client:
            (order,) = await client[f"{identity.namespace}identity"]["sign_in_codes"].find().to_list()
        return order.keys() == {"_id", "version", "shop", "at", "outbox"} and order["outbox"] == []

    await eventually(empty_outbox)


async def test_an_erased_guest_is_signed_out_and_registers_anew(identity: House) -> None:
    guest_id = await identity.register(PHONE)
    cookie = cookie_of(await proven(identity))
    await identity.call("identity", "DELETE", f"/api/v1/guests/{guest_id}", bearer=OWNER)
    assert await swap(identity, cookie=cookie) == ""
    await forget_limits(identity)
    assert (await proven(identity)).json()["state"] == "new"


async def test_a_guest_stays_signed_in_for_weeks_and_signs_out(identity: House) -> None:
    await identity.register(PHONE)
    cookie = cookie_of(await proven(identity))
    async with Redis.from_url(identity.stores.redis_url, decode_responses=True) as redis:
        (key,) = [key async for key in redis.scan_iter(f"{identity.namespace}identity:session:*")]
        assert timedelta(seconds=await redis.ttl(key)) > timedelta(days=80)
    signed = await swap(identity, cookie=cookie)
    headers = {"X-CSRF-Guard": "1"}
    gone = await identity.call("identity", "DELETE", "/api/v1/sessions/current", bearer=signed, headers=headers)
    assert gone.status_code == 204
    assert await swap(identity, cookie=cookie) == ""


async def test_without_redis_nobody_signs_in_and_is_told_so(house: House, wire: Proxy) -> None:
    await house.start("identity")
    await house.open_shop()
    sign_in_id, code = await asked(house)
    await wire.down()
    assert slug(await ask_code(house, OTHER_PHONE)) == (503, "sign-in-unavailable")
    assert slug(await answer_code(house, sign_in_id, code)) == (503, "sign-in-unavailable")
    await wire.up()
    assert (await answer_code(house, sign_in_id, code)).json()["state"] == "new"
