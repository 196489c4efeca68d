"""While Redis hangs or takes no writes, people who are signed in stay so, and their requests do not wait."""

from datetime import timedelta
from time import monotonic
from typing import Any

from redis.asyncio import Redis

from bezkart.kit.auth import Role
from tests.fixtures.house import House, token
from tests.fixtures.proxy import Proxy

OWNER = {"login": "olga", "name": "Olga", "password": "coffee-please"}
GATEWAY_SECONDS = 3.0


async def signed_in(house: House) -> str:
    await house.start("identity")
    shop: dict[str, Any] = {"slug": "demo", "name": "d", "timezone": "Europe/Moscow", "plan": "pro", "owner": OWNER}
    await house.call("identity", "POST", "/api/v1/shops", bearer=token(Role.OPS, shop=""), json=shop)
    body = {"login": OWNER["login"], "password": OWNER["password"]}
    return str((await house.call("identity", "POST", "/api/v1/sessions", json=body)).json()["token"])


async def passes(house: House, session: str) -> float:
    """The seconds until the gateway has its token."""
    began = monotonic()
    answer = await house.call("identity", "GET", "/internal/token", bearer=session)
    assert answer.status_code == 200, answer.text
    assert answer.headers["X-Access-Token"]
    return monotonic() - began


async def test_a_redis_that_hangs_signs_nobody_out(house: House, wire: Proxy) -> None:
    session = await signed_in(house)
    await passes(house, session)
    wire.hang()
    assert await passes(house, session) < GATEWAY_SECONDS
    assert await passes(house, session) < 1
    body = {"login": OWNER["login"], "password": OWNER["password"]}
    refused = await house.call("identity", "POST", "/api/v1/sessions", json=body)
    assert (refused.status_code, refused.json()["type"]) == (503, "urn:bezkart:problem:sign-in-unavailable")


async def test_a_redis_that_takes_no_writes_signs_nobody_out(house: House) -> None:
    session = await signed_in(house)
    house.clock.offset = timedelta(minutes=2)  # long enough for the session to be kept alive by its use
    async with Redis.from_url(house.stores.redis_url) as redis:
        await redis.config_set("maxmemory", 1)
        try:
            await passes(house, session)
        finally:
            await redis.config_set("maxmemory", 0)


async def test_a_process_that_knows_no_sessions_does_not_call_them_ended(house: House, wire: Proxy) -> None:
    session = await signed_in(house)
    await house.stop("identity")
    await house.start("identity")
    wire.hang()
    answer = await house.call("identity", "GET", "/internal/token", bearer=session)
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:bezkart:problem:sign-in-unavailable")
