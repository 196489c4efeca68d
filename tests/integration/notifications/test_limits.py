"""Turns at a provider: evenly spaced, shared by all workers, urgent ones first, nobody before `retry_after`."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from itertools import pairwise
from time import monotonic, sleep, time
from typing import Protocol
from urllib.parse import urlsplit

import pytest
from redis.asyncio import Redis

from bezkart.kit.redis import connect
from bezkart.local import StoreAddresses
from services.notifications.channels.limits import Limits, LocalLimits, Pace, Turn
from tests.fixtures.proxy import Proxy

SLACK = 0.25  # a busy machine wakes late


class Limiting(Protocol):
    async def reserve(self, pace: Pace, addresses: Sequence[str], *, urgent: bool) -> list[Turn]: ...
    async def block(self, pace: Pace, seconds: float, *, address: str | None = None) -> None: ...


class Local:
    """The fallback behind the interface of the shared one."""

    def __init__(self) -> None:
        self._limits = LocalLimits()

    async def reserve(self, pace: Pace, addresses: Sequence[str], *, urgent: bool) -> list[Turn]:
        return self._limits.reserve(pace, addresses, urgent=urgent)

    async def block(self, pace: Pace, seconds: float, *, address: str | None = None) -> None:
        self._limits.block(pace, seconds, address=address)


@pytest.fixture
async def redis(stores: StoreAddresses) -> AsyncIterator[Redis]:
    async with connect(stores.redis_url) as client:
        yield client


@pytest.fixture(params=["shared", "local"])
def limits(request: pytest.FixtureRequest, redis: Redis, namespace: str) -> Limiting:
    return Limits(redis, namespace=namespace) if request.param == "shared" else Local()


def chats(number: int) -> list[str]:
    return [str(1000 + each) for each in range(number)]


async def waits(limits: Limiting, pace: Pace, addresses: Sequence[str], *, urgent: bool = False) -> list[float]:
    return [turn.wait for turn in await limits.reserve(pace, addresses, urgent=urgent)]


class TestTurns:
    async def test_calls_are_spaced_evenly_without_a_burst(self, limits: Limiting) -> None:
        given = await waits(limits, Pace("b", per_second=20), chats(10))

        assert given[0] == pytest.approx(0, abs=SLACK)
        assert [later - earlier for earlier, later in pairwise(given)] == pytest.approx([0.05] * 9, abs=0.001)

    async def test_the_next_question_queues_behind_the_first(self, limits: Limiting) -> None:
        await waits(limits, Pace("b", per_second=20), chats(10))
        assert (await waits(limits, Pace("b", per_second=20), ["1"]))[0] == pytest.approx(0.5, abs=SLACK)

    async def test_time_not_used_is_not_saved_up(self, limits: Limiting) -> None:
        await waits(limits, Pace("b", per_second=20), ["1"])
        await asyncio.sleep(0.3)
        assert (await waits(limits, Pace("b", per_second=20), chats(3)))[2] == pytest.approx(0.1, abs=0.04)

    async def test_two_accounts_do_not_share(self, limits: Limiting) -> None:
        await waits(limits, Pace("one", per_second=1), chats(10))
        assert (await waits(limits, Pace("other", per_second=1), ["1"]))[0] == 0

    async def test_one_chat_is_called_once_a_second(self, limits: Limiting) -> None:
        given = await waits(limits, Pace("b", per_second=100, seconds_per_address=1.0), ["7", "7", "8", "7"])
        assert given == pytest.approx([0, 1, 0.02, 2], abs=SLACK)


class TestUrgent:
    async def test_goes_before_what_waits(self, limits: Limiting) -> None:
        pace = Pace("b", per_second=10)
        await waits(limits, pace, chats(100))
        assert await waits(limits, pace, ["1"], urgent=True) == pytest.approx([0], abs=0.001)

    async def test_those_behind_pay_for_it(self, limits: Limiting) -> None:
        pace = Pace("b", per_second=10)
        await waits(limits, pace, chats(20))
        await waits(limits, pace, chats(3), urgent=True)
        assert (await waits(limits, pace, ["1"]))[0] == pytest.approx(2.3, abs=SLACK)

    async def test_the_reserve_ends(self, limits: Limiting) -> None:
        pace = Pace("b", per_second=9)  # a third of it at once, and three a second
        await waits(limits, pace, chats(90))
        given = await waits(limits, pace, chats(6), urgent=True)
        assert given == pytest.approx([0, 0, 0, 1 / 3, 2 / 3, 1], abs=0.05)

    async def test_takes_an_ordinary_turn_where_that_comes_sooner(self, limits: Limiting) -> None:
        given = await waits(limits, Pace("b", per_second=9), chats(9), urgent=True)
        assert max(given) == pytest.approx(8 / 9, abs=0.05)

    async def test_does_not_wait_behind_bulk_for_the_same_chat(self, limits: Limiting) -> None:
        pace = Pace("b", per_second=100, seconds_per_address=1.0)
        await waits(limits, pace, ["7"] * 20)
        assert (await waits(limits, pace, ["7"], urgent=True))[0] <= 1


class TestBlock:
    async def test_nobody_calls_before_retry_after_urgent_or_not(self, limits: Limiting) -> None:
        pace = Pace("b", per_second=10)
        await limits.block(pace, 3)
        given = [*await waits(limits, pace, chats(2), urgent=True), *await waits(limits, pace, chats(2))]
        assert min(given) >= 3 - SLACK

    async def test_afterwards_calls_are_spaced_again(self, limits: Limiting) -> None:
        pace = Pace("b", per_second=10)
        await waits(limits, pace, chats(50))
        await limits.block(pace, 2)
        assert await waits(limits, pace, chats(3)) == pytest.approx([2, 2.1, 2.2], abs=SLACK)

    async def test_of_one_chat_leaves_the_others_alone(self, limits: Limiting) -> None:
        pace = Pace("b", per_second=100, seconds_per_address=0.1)
        await limits.block(pace, 5, address="7")
        given = await waits(limits, pace, ["7", "8"]) + await waits(limits, pace, ["7"], urgent=True)
        assert given[0] == pytest.approx(5, abs=SLACK)
        assert given[1] < 1
        assert given[2] >= 5 - SLACK


class TestShared:
    async def test_whoever_sleeps_when_a_block_comes_asks_again(self, redis: Redis, namespace: str) -> None:
        pace = Pace("b", per_second=5)
        one, other = Limits(redis, namespace=namespace), Limits(redis, namespace=namespace)
        turns = await one.reserve(pace, chats(3), urgent=False)
        began = monotonic()
        sleeping = asyncio.create_task(one.wait(pace, turns[2], "1002", urgent=False))
        await asyncio.sleep(0.1)
        await other.block(pace, 1.0)

        await sleeping

        assert monotonic() - began >= 1.1 - 0.01

    async def test_a_process_that_stood_still_does_not_catch_up_in_a_burst(self, redis: Redis, namespace: str) -> None:
        limits = Limits(redis, namespace=namespace)
        pace = Pace("b", per_second=20)
        addresses = chats(10)
        turns = await limits.reserve(pace, addresses, urgent=False)
        await asyncio.to_thread(stand_still, asyncio.get_running_loop(), 1.0)
        woke = monotonic()
        called: list[float] = []

        async def call(turn: Turn, address: str) -> None:
            await limits.wait(pace, turn, address, urgent=False)
            called.append(monotonic() - woke)

        await asyncio.gather(*(call(turn, address) for turn, address in zip(turns, addresses, strict=True)))

        assert max(called) >= 9 / 20 - SLACK

    async def test_keys_do_not_stay(self, redis: Redis, namespace: str) -> None:
        limits = Limits(redis, namespace=namespace)
        pace = Pace("b", per_second=10, seconds_per_address=1.0)
        await limits.reserve(pace, chats(3), urgent=True)
        await limits.block(pace, 5)
        await limits.block(pace, 5, address="9")

        keys = [key async for key in redis.scan_iter(match=f"{namespace}*")]

        assert len(keys) == 5
        assert all([0 < await redis.ttl(key) <= 90 for key in keys])
        assert not [key for key in keys if "1000" in key]

    async def test_several_processes_together_keep_the_rate(self, stores: StoreAddresses, namespace: str) -> None:
        """Three workers, one with a clock an hour ahead would not matter: nobody uses his own."""
        code = (
            "import asyncio, sys, time\n"
            "from bezkart.kit.redis import connect\n"
            "from services.notifications.channels.limits import Limits, Pace\n"
            "async def main():\n"
            "    redis = connect(sys.argv[1]); limits = Limits(redis, namespace=sys.argv[2]); pace = Pace('b', per_second=50)\n"
            "    until = time.time() + 3\n"
            "    while time.time() < until:\n"
            "        turns = await limits.reserve(pace, ['1'] * 5, urgent=False)\n"
            "        for turn in turns:\n"
            "            await asyncio.sleep(0)\n"
            "        waited = 0\n"
            "        for turn in turns:\n"
            "            await asyncio.sleep(max(0, turn.wait - waited)); waited = max(waited, turn.wait)\n"
            "            print(time.time(), flush=True)\n"
            "    await redis.aclose()\n"
            "asyncio.run(main())\n"
        )
        started = [
            await asyncio.create_subprocess_exec(
                sys.executable, "-c", code, stores.redis_url, namespace, stdout=subprocess.PIPE
            )
            for _ in range(3)
        ]
        told = [(await each.communicate())[0] for each in started]
        moments = sorted(float(line) for lines in told for line in lines.split())

        assert len(moments) > 120
        spread = (moments[-10] - moments[10]) / (len(moments) - 20)
        assert 0.9 / 50 < spread < 1.5 / 50
        most = max(sum(1 for each in moments if start <= each < start + 1) for start in moments)
        assert most <= 90  # three that do not know of each other would make 150


class TestRedisAway:
    @pytest.fixture
    async def cut(self, stores: StoreAddresses) -> AsyncIterator[tuple[Proxy, Redis]]:
        address = urlsplit(stores.redis_url)
        proxy = Proxy(address.hostname or "", address.port or 6379)
        await proxy.up()
        login = address.netloc.rpartition("@")[0]
        async with connect(f"redis://{login}@127.0.0.1:{proxy.port}{address.path}") as client:
            yield proxy, client
        await proxy.down()

    @pytest.mark.parametrize("how", ["cut", "hang"])
    async def test_urgent_goes_on_at_a_safe_share(self, cut: tuple[Proxy, Redis], namespace: str, how: str) -> None:
        proxy, client = cut
        limits = Limits(client, namespace=namespace, local_share=0.25)
        pace = Pace("b", per_second=20)
        await limits.reserve(pace, ["1"], urgent=True)
        if how == "cut":
            await proxy.down()
        else:
            proxy.hang()
        began = monotonic()

        (code,) = await limits.reserve(pace, ["1"], urgent=True)
        turns = await limits.reserve(pace, chats(10), urgent=False)

        assert monotonic() - began < 2
        assert code.wait == 0
        assert not any(turn.shared for turn in turns)
        assert turns[9].wait == pytest.approx(10 / (20 * 0.25), abs=SLACK)

    async def test_it_returns_to_the_shared_limit(self, cut: tuple[Proxy, Redis], namespace: str) -> None:
        proxy, client = cut
        limits = Limits(client, namespace=namespace)
        pace = Pace("b", per_second=20)
        await proxy.down()
        await limits.reserve(pace, ["1"], urgent=False)
        await proxy.up()

        async def shared() -> bool:
            return (await limits.reserve(pace, ["1"], urgent=False))[0].shared

        await until(shared)

    async def test_a_redis_that_forgot_a_block_unblocks_nobody_who_heard_of_it(
        self, redis: Redis, namespace: str
    ) -> None:
        limits = Limits(redis, namespace=namespace)
        pace = Pace("b", per_second=20)
        await limits.block(pace, 5)
        await redis.delete(f"{namespace}notifications:limit:{{b}}")

        (turn,) = await limits.reserve(pace, ["1"], urgent=True)

        assert turn.wait >= 5 - SLACK


def stand_still(loop: asyncio.AbstractEventLoop, seconds: float) -> None:
    """As if the machine had something else to do."""
    done = threading.Event()

    def hold() -> None:
        sleep(seconds)
        done.set()

    loop.call_soon_threadsafe(hold)
    done.wait()


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 10) -> None:
    end = time() + seconds
    while not await condition():
        assert time() < end
        await asyncio.sleep(0.1)
