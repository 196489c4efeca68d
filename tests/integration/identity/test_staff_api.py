"""Shops, staff and sessions: the phantom token, lock-out, dismissal, and Redis away."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from bezkart.kit.auth import Role, TokenVerifier, Unauthenticated
from tests.fixtures.house import OPS_KEY, House, token

PLATFORM = token(Role.OPS, shop="")


@pytest.fixture
async def identity(house: House) -> House:
    await house.start("identity")
    return house


async def sign_in(house: House, login: str, password: str, address: str = "10.0.0.1") -> httpx.Response:
    body = {"login": login, "password": password}
    return await house.call("identity", "POST", "/api/v1/sessions", json=body, headers={"X-Real-IP": address})


async def swap(house: House, opaque: str = "", cookie: str = "") -> str:
    """What the gateway gets for these credentials."""
    headers = {"Authorization": f"Bearer {opaque}" if opaque else "", "Cookie": f"bezkart_session={cookie}"}
    answer = await house.call("identity", "GET", "/internal/token", headers=headers)
    assert answer.status_code == 200
    return answer.headers["x-access-token"]


async def hire(house: House, owner: str, login: str = "anya") -> dict[str, Any]:
    body = {"login": login, "name": "Аня", "password": "correct horse"}
    answer = await house.call("identity", "POST", "/api/v1/staff", json=body, bearer=owner)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def verifier(house: House) -> TokenVerifier:
    return TokenVerifier(house.environment()["jwt_public_jwks"])


async def test_a_shop_opens_with_its_owner_who_signs_in(identity: House) -> None:
    shop = await identity.open_shop("zerno")
    started = await sign_in(identity, shop["owner"]["login"], shop["owner"]["password"])
    assert started.status_code == 201
    assert started.json()["shop"]["timezone"] == "Europe/Moscow"
    cookie = started.headers["set-cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=lax", "Secure", "Path=/"))
    signed = await swap(identity, started.json()["token"])
    caller = verifier(identity).caller(f"Bearer {signed}")
    assert (caller.role, caller.shop, caller.by_cookie) == (Role.OWNER, "zerno", False)
    assert verifier(identity).caller(f"Bearer {await swap(identity, cookie=started.json()['token'])}").by_cookie
    current = await identity.call("identity", "GET", "/api/v1/sessions/current", bearer=signed)
    assert current.json()["staff"]["login"] == "zerno-owner"


async def test_made_up_credentials_are_anonymous(identity: House) -> None:
    assert await swap(identity, "made-up") == ""
    assert await swap(identity, cookie="made-up") == ""
    assert await swap(identity) == ""
    assert await swap(identity, cookie=OPS_KEY) == ""
    ops = verifier(identity).caller(f"Bearer {await swap(identity, OPS_KEY)}")
    assert (ops.role, ops.shop) == (Role.OPS, "")


async def test_guessing_locks_the_account_and_not_the_others(identity: House) -> None:
    shop = await identity.open_shop()
    login, password = shop["owner"]["login"], shop["owner"]["password"]
    for _ in range(5):
        wrong = await sign_in(identity, login, "wrong")
        assert (wrong.status_code, wrong.json()["type"]) == (401, "urn:bezkart:problem:wrong-credentials")
    locked = await sign_in(identity, login, password)
    assert (locked.status_code, locked.json()["type"]) == (429, "urn:bezkart:problem:locked-out")
    assert 1 <= int(locked.headers["retry-after"]) == locked.json()["retry_after"] <= 5
    other = await identity.open_shop("other")
    assert (await sign_in(identity, other["owner"]["login"], other["owner"]["password"])).status_code == 201


async def test_an_address_is_locked_for_every_account(identity: House) -> None:
    shop = await identity.open_shop()
    for each in range(20):
        await sign_in(identity, f"guess-{each}", "wrong", address="10.0.0.9")
    password = shop["owner"]["password"]
    assert (await sign_in(identity, shop["owner"]["login"], password, address="10.0.0.9")).status_code == 429
    assert (await sign_in(identity, shop["owner"]["login"], password, address="10.0.0.8")).status_code == 201


async def test_guessing_many_at_once_is_no_way_around_the_lock(identity: House) -> None:
    shop = await identity.open_shop()
    guesses = (sign_in(identity, shop["owner"]["login"], "wrong", address=f"10.0.1.{n}") for n in range(30))
    statuses = [answer.status_code for answer in await asyncio.gather(*guesses)]
    assert sorted(statuses) == [401] * 5 + [429] * 25


async def test_the_right_password_is_no_failure_of_its_address(identity: House) -> None:
    shop = await identity.open_shop()
    login, password = shop["owner"]["login"], shop["owner"]["password"]
    for _ in range(25):
        assert (await sign_in(identity, login, password)).status_code == 201


async def test_an_unknown_login_looks_like_a_wrong_password(identity: House) -> None:
    await identity.open_shop()
    unknown, wrong = await sign_in(identity, "nobody", "x"), await sign_in(identity, "demo-owner", "x")
    assert unknown.json() == wrong.json()


async def test_dismissal_ends_every_session(identity: House) -> None:
    owner = token(Role.OWNER, staff="s_owner")
    await identity.open_shop()
    anya = await hire(identity, owner)
    opaque = [(await sign_in(identity, "anya", "correct horse")).json()["token"] for _ in range(2)]
    assert all([await swap(identity, each) for each in opaque])
    gone = await identity.call("identity", "DELETE", f"/api/v1/staff/{anya['id']}", bearer=owner)
    assert gone.status_code == 204
    assert [await swap(identity, each) for each in opaque] == ["", ""]
    assert (await sign_in(identity, "anya", "correct horse")).status_code == 401
    (entry,) = [
        each
        for each in (await identity.call("identity", "GET", "/api/v1/staff", bearer=owner)).json()["staff"]
        if each["login"] == "anya"
    ]
    assert entry["dismissed_at"]


async def test_sessions_are_listed_and_ended(identity: House) -> None:
    await identity.open_shop()
    await hire(identity, token(Role.OWNER))
    opaque = [(await sign_in(identity, "anya", "correct horse")).json()["token"] for _ in range(2)]
    signed = await swap(identity, opaque[0])
    listed = (await identity.call("identity", "GET", "/api/v1/sessions", bearer=signed)).json()["sessions"]
    assert [session["current"] for session in listed].count(True) == 1
    other = next(session["id"] for session in listed if not session["current"])
    assert (await identity.call("identity", "DELETE", f"/api/v1/sessions/{other}", bearer=signed)).status_code == 204
    assert await swap(identity, opaque[1]) == ""
    assert (await identity.call("identity", "DELETE", "/api/v1/sessions/current", bearer=signed)).status_code == 204
    assert await swap(identity, opaque[0]) == ""
    assert (await identity.call("identity", "DELETE", f"/api/v1/sessions/{other}", bearer=signed)).status_code == 404


async def test_a_session_ends_by_itself(identity: House) -> None:
    shop = await identity.open_shop()
    opaque = (await sign_in(identity, shop["owner"]["login"], shop["owner"]["password"])).json()["token"]
    signed = await swap(identity, opaque)
    assert signed
    identity.clock.offset = timedelta(minutes=-2)
    with pytest.raises(Unauthenticated):
        verifier(identity).caller(f"Bearer {await swap(identity, opaque)}")


@pytest.mark.parametrize(
    ("body", "status", "slug"),
    [
        ({"slug": "demo"}, 409, "shop-exists"),
        ({"slug": "Демо"}, 422, "invalid-request"),
        ({"slug": "current"}, 422, "invalid-request"),
        ({"slug": "a" * 40}, 422, "invalid-request"),
        ({"slug": "new", "timezone": "Mars/Olympus"}, 422, "unknown-time-zone"),
        ({"slug": "new", "plan": "gold"}, 422, "invalid-request"),
        ({"slug": "new", "owner": {"login": "demo-owner"}}, 409, "login-taken"),
        ({"slug": "new", "owner": {"password": "111"}}, 422, "weak-password"),
    ],
)
async def test_shops_that_cannot_open(identity: House, body: dict[str, object], status: int, slug: str) -> None:
    await identity.open_shop()
    answer = await identity.call("identity", "POST", "/api/v1/shops", json={"name": "x", **body}, bearer=PLATFORM)
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:bezkart:problem:{slug}")


async def test_a_shop_that_cannot_open_leaves_nothing_behind(identity: House) -> None:
    body = {"slug": "new", "name": "x", "owner": {"password": "111"}}
    assert (await identity.call("identity", "POST", "/api/v1/shops", json=body, bearer=PLATFORM)).status_code == 422
    body["owner"] = {"password": "correct horse"}
    assert (await identity.call("identity", "POST", "/api/v1/shops", json=body, bearer=PLATFORM)).status_code == 201


async def test_support_in_one_shop_does_not_see_support_in_another(identity: House) -> None:
    signed = []
    for slug in ("demo", "other"):
        await identity.open_shop(slug)
        started = await identity.call("identity", "POST", f"/api/v1/shops/{slug}/sessions", bearer=PLATFORM)
        signed.append(await swap(identity, started.json()["token"]))
    here, elsewhere = [
        (await identity.call("identity", "GET", "/api/v1/sessions", bearer=each)).json()["sessions"] for each in signed
    ]
    assert [session["current"] for session in (*here, *elsewhere)] == [True, True]
    path = f"/api/v1/sessions/{elsewhere[0]['id']}"
    assert (await identity.call("identity", "DELETE", path, bearer=signed[0])).status_code == 404


async def test_only_ops_open_shops_and_support_is_told_from_the_owner(identity: House) -> None:
    await identity.open_shop()
    owner = token(Role.OWNER)
    assert (await identity.call("identity", "GET", "/api/v1/shops", bearer=owner)).status_code == 403
    started = await identity.call("identity", "POST", "/api/v1/shops/demo/sessions", bearer=PLATFORM)
    caller = verifier(identity).caller(f"Bearer {await swap(identity, started.json()['token'])}")
    assert (caller.role, caller.shop, caller.id) == (Role.OPS, "demo", "ops")
    missing = await identity.call("identity", "POST", "/api/v1/shops/none/sessions", bearer=PLATFORM)
    assert missing.status_code == 404


async def test_plan_and_time_zone_change(identity: House) -> None:
    await identity.open_shop()
    refused = await identity.call(
        "identity", "PATCH", "/api/v1/shops/current", json={"plan": "pro"}, bearer=token(Role.OWNER)
    )
    assert refused.status_code == 422
    body = {"timezone": "Asia/Omsk"}
    changed = await identity.call("identity", "PATCH", "/api/v1/shops/current", json=body, bearer=token(Role.OWNER))
    assert (changed.json()["timezone"], changed.json()["plan"]) == ("Asia/Omsk", "pro")
    plan = await identity.call("identity", "PATCH", "/api/v1/shops/demo", json={"plan": "start"}, bearer=PLATFORM)
    assert plan.json()["plan"] == "start"
