"""A breaker's state is one for all processes, survives them, and does without Redis."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
from redis.asyncio import Redis

from bezkart.kit.redis import connect
from bezkart.local import StoreAddresses
from services.notifications.channels.breaker import BreakerOpen, Breakers
from services.notifications.domain.breaker import BreakerRules, State
from tests.fixtures.proxy import Proxy

RULES = BreakerRules(streak=3, pause=0.3, longest_pause=1.0, refused_pause=0.3, probe=0.5)
NAME = "telegram:telegram:1"


@pytest.fixture
async def redis(stores: StoreAddresses) -> AsyncIterator[Redis]:
    async with connect(stores.redis_url) as client:
        yield client


@pytest.fixture
def one(redis: Redis, namespace: str) -> Breakers:
    return Breakers(redis, namespace=namespace, rules=RULES)


@pytest.fixture
def other(redis: Redis, namespace: str) -> Breakers:
    """The same breakers in another process."""
    return Breakers(redis, namespace=namespace, rules=RULES)


async def is_open(breakers: Breakers, name: str = NAME) -> bool:
    try:
        await breakers.admit(name)
    except BreakerOpen:
        return True
    return False


async def broken(breakers: Breakers) -> None:
    for _ in range(RULES.streak):
        await breakers.failed(NAME, "timeout")


class TestShared:
    async def test_opened_by_one_it_is_open_for_all(self, one: Breakers, other: Breakers) -> None:
        assert not await is_open(other)
        await broken(one)
        await asyncio.sleep(0.3)
        with pytest.raises(BreakerOpen) as caught:
            await other.admit(NAME)
        assert caught.value.reason == "timeout"

    async def test_failures_of_several_processes_are_counted_together(self, one: Breakers, other: Breakers) -> None:
        await one.failed(NAME, "timeout")
        await other.failed(NAME, "timeout")
        await one.failed(NAME, "timeout")
        assert await is_open(one)

    async def test_many_failures_at_once_lose_none_and_open_once(self, one: Breakers, other: Breakers) -> None:
        await asyncio.gather(*(each.failed(NAME, "timeout") for each in [one, other] * 20))
        assert await is_open(one)
        assert [event.event for event in await one.events()] == ["opened"]

    async def test_one_channel_does_not_open_another(self, one: Breakers) -> None:
        await broken(one)
        assert not await is_open(one, "sms:smsc:main")

    async def test_a_refusal_opens_at_once(self, one: Breakers) -> None:
        await one.refused(NAME, "no-money")
        assert await is_open(one)


class TestProbe:
    async def test_one_process_alone_probes(self, one: Breakers, other: Breakers) -> None:
        await broken(one)
        assert not await one.probe(NAME)
        await asyncio.sleep(RULES.pause)

        may = await asyncio.gather(*(each.probe(NAME) for each in [one, other] * 5))

        assert sum(may) == 1
        assert await is_open(one)

    async def test_success_closes_for_all(self, one: Breakers, other: Breakers) -> None:
        await broken(one)
        await asyncio.sleep(RULES.pause)
        assert await one.probe(NAME)
        await one.probed(NAME, failure=None)
        await asyncio.sleep(0.3)

        assert not await is_open(one)
        assert not await is_open(other)

    async def test_a_prober_that_died_is_replaced(self, one: Breakers, other: Breakers) -> None:
        await broken(one)
        await asyncio.sleep(RULES.pause)
        assert await one.probe(NAME)
        await asyncio.sleep(RULES.probe + 0.05)
        assert await other.probe(NAME)

    async def test_where_nobody_probes_a_message_does_in_the_end(self, one: Breakers) -> None:
        await broken(one)
        await asyncio.sleep(RULES.pause + RULES.probe + 0.1)
        assert await one.admit(NAME)
        assert await is_open(one)
        await one.probed(NAME, failure=None)
        assert not await is_open(one)

    async def test_the_story_is_kept_for_the_report(self, one: Breakers, other: Breakers) -> None:
        await broken(one)
        for failure in ("http-502", None):
            await asyncio.sleep((await one.circuits())[NAME].pause + 0.05)
            assert await one.probe(NAME)
            await one.probed(NAME, failure=failure)

        events = await other.events()

        assert [(event.name, event.event, event.reason) for event in events] == [
            (NAME, "opened", "timeout"),
            (NAME, "still-open", "http-502"),
            (NAME, "closed", "http-502"),
        ]
        assert [event.at for event in events] == sorted(event.at for event in events)
        assert await other.events(since=events[1].at) == events[1:]


class TestKeys:
    async def test_they_end_some_day_and_hold_no_secret(self, one: Breakers, redis: Redis, namespace: str) -> None:
        await broken(one)
        keys = [key async for key in redis.scan_iter(match=f"{namespace}*")]
        assert len(keys) == 2
        assert all([await redis.ttl(key) > 0 for key in keys])


class TestRedisAway:
    @pytest.fixture
    async def cut(self, stores: StoreAddresses, namespace: str) -> AsyncIterator[tuple[Proxy, Breakers]]:
        address = urlsplit(stores.redis_url)
        proxy = Proxy(address.hostname or "", address.port or 6379)
        await proxy.up()
        login = address.netloc.rpartition("@")[0]
        async with connect(f"redis://{login}@127.0.0.1:{proxy.port}{address.path}") as client:
            yield proxy, Breakers(client, namespace=namespace, rules=RULES)
        await proxy.down()

    async def test_each_process_breaks_for_itself(self, cut: tuple[Proxy, Breakers]) -> None:
        proxy, breakers = cut
        await proxy.down()
        await broken(breakers)
        assert await is_open(breakers)
        await asyncio.sleep(RULES.pause)
        assert await breakers.probe(NAME)
        await breakers.probed(NAME, failure=None)
        assert not await is_open(breakers)
        assert [event.event for event in await breakers.events()] == ["opened", "closed"]

    async def test_what_was_open_stays_open(self, cut: tuple[Proxy, Breakers]) -> None:
        proxy, breakers = cut
        await broken(breakers)
        await proxy.down()
        assert await is_open(breakers)
        assert (await breakers.circuits())[NAME].state is State.OPEN

    async def test_a_redis_that_forgot_is_told_again(
        self, one: Breakers, other: Breakers, redis: Redis, namespace: str
    ) -> None:
        await broken(one)
        await redis.delete(f"{namespace}notifications:breakers")
        assert await is_open(one)
        await asyncio.sleep(RULES.pause)
        assert await one.probe(NAME)
        await one.probed(NAME, failure="timeout")
        assert await is_open(other)
