"""MongoDB without a primary or restarted, Redis emptied, gone or hanging."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any, Final

import httpx
from pymongo import MongoClient
from pymongo.errors import AutoReconnect
from redis import Redis

from bezkart.local import Stack
from tests.chaos.customer import Customer
from tests.chaos.report import Report
from tests.chaos.victims import Victims, until

GONE_SECONDS: Final = 12.0
"""Longer than the gateway remembers a token (5 s)."""


async def test_the_primary_steps_down(customer: Customer, stack: Stack, report: Report) -> None:
    for _ in range(3):
        # The answer may be lost with the connections.
        with MongoClient[dict[str, Any]](stack.stores.mongo_url) as client, suppress(AutoReconnect):
            client.admin.command("replSetStepDown", 3, force=True)
        waited = await customer.buys()
        waited += await until(customer.is_known, "everything is consumed again")
        report.done("primary steps down for 3 s", recovered=waited)


async def test_the_database_is_restarted(customer: Customer, victims: Victims, report: Report) -> None:
    for how in (signal.SIGTERM, signal.SIGKILL, signal.SIGTERM):
        await victims.restart("mongo", how)
        waited = await customer.buys()
        waited += await until(customer.is_known, "everything is consumed again")
        report.done(f"database ended by {how.name} and started", recovered=waited)


async def test_redis_is_emptied(customer: Customer, stack: Stack, report: Report) -> None:
    """Everybody is signed out, and the schedule comes back by itself."""
    with Redis.from_url(stack.stores.redis_url) as redis:
        redis.flushall()
        began = monotonic()

        async def signed_out() -> bool:
            return await customer.looks() == httpx.codes.UNAUTHORIZED

        await until(signed_out, "sessions are gone")
        assert (await customer.sign_in()).status_code == httpx.codes.CREATED
        await customer.buys()
        await until(customer.is_known, "everything is consumed again")
        report.done("redis emptied: signed in and served again", recovered=monotonic() - began)

        async def scheduled() -> bool:
            return bool(list(redis.scan_iter("segments:beat:*tick*")))

        await until(scheduled, "the schedule is there again", 60)
        report.done("redis emptied: schedule back", recovered=monotonic() - began)


@contextmanager
def _gone(stack: Stack, victims: Victims) -> Iterator[None]:
    """Without its configuration Redis cannot start again."""
    config = stack.logs.parent / "conf" / "redis.conf"
    hidden = config.rename(config.with_suffix(".hidden"))
    try:
        os.kill(victims.look("redis")["pid"], signal.SIGKILL)
        yield
    finally:
        hidden.rename(config)


@contextmanager
def _hanging(_stack: Stack, victims: Victims) -> Iterator[None]:
    pid = victims.look("redis")["pid"]
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


async def _sign_in_waits_and_purchases_go_on(customer: Customer, victims: Victims) -> None:
    refused = await customer.sign_in()
    assert refused.status_code == httpx.codes.SERVICE_UNAVAILABLE, refused.text
    assert refused.json()["type"] == "urn:bezkart:problem:sign-in-unavailable"
    began = monotonic()
    while monotonic() - began < GONE_SECONDS:
        await customer.buys()
    found = await victims.health("identity")
    assert found["status"] == "degraded"
    assert found["redis"].startswith("failing")


async def _all_is_well_again(customer: Customer, victims: Victims) -> float:
    await victims.ready("redis")

    async def signed_in() -> bool:
        return (await customer.sign_in()).status_code == httpx.codes.CREATED

    waited = await until(signed_in, "signing in works again")
    await customer.buys()
    return waited + await until(customer.is_known, "everything is consumed again")


async def test_redis_is_gone(customer: Customer, stack: Stack, victims: Victims, report: Report) -> None:
    with _gone(stack, victims):
        await _sign_in_waits_and_purchases_go_on(customer, victims)
    report.done("redis gone", recovered=await _all_is_well_again(customer, victims))


async def test_redis_hangs(customer: Customer, stack: Stack, victims: Victims, report: Report) -> None:
    with _hanging(stack, victims):
        await _sign_in_waits_and_purchases_go_on(customer, victims)
    report.done("redis hangs", recovered=await _all_is_well_again(customer, victims))
