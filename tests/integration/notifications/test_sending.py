"""Breaker, limit and channel together, against a provider that misbehaves."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from time import monotonic

import pytest

from bezkart.kit.redis import connect
from bezkart.local import StoreAddresses
from bezkart.local.standins import logins
from bezkart.local.standins.app import build_app
from bezkart.local.standins.town import Town
from services.notifications.channels.breaker import BreakerOpen, Breakers
from services.notifications.channels.limits import Limits, NotYet, Pace
from services.notifications.channels.port import AddressDead, Outgoing, ProviderDown, ProviderRefuses, Throttled
from services.notifications.channels.sending import Sending
from services.notifications.channels.telegram import Telegram
from services.notifications.domain.breaker import BreakerRules
from tests.integration.notifications.providers import running

RULES = BreakerRules(streak=3, pause=0.4, refused_pause=0.4, probe=0.5)


@dataclass
class Desk:
    """Two workers of the same shop before one Telegram."""

    town: Town
    one: Sending
    other: Sending
    breakers: Breakers

    def break_it(self) -> None:
        self.town.telegram.mode.error_share = 1.0

    def mend_it(self) -> None:
        self.town.telegram.mode.error_share = 0.0

    def texts(self, chat: str) -> list[str]:
        return [str(note["text"]) for note in self.town.telegram.received.of(chat)]


@pytest.fixture
async def desk(stores: StoreAddresses, namespace: str) -> AsyncIterator[Desk]:
    town = Town()
    async with running(build_app(town)) as base, connect(stores.redis_url) as redis:
        workers = []
        for _ in range(2):
            channel = Telegram(api=f"{base}/telegram", token=logins.TELEGRAM_TOKEN, seconds=1.0)
            breakers = Breakers(redis, namespace=namespace, rules=RULES)
            workers.append(
                Sending(
                    channel,
                    limits=Limits(redis, namespace=namespace),
                    breakers=breakers,
                    pace_of=lambda bucket, _: Pace(bucket, 29.5, 1.0),
                )
            )
        yield Desk(town, workers[0], workers[1], breakers)
        for worker in workers:
            await worker.channel.aclose()


def outgoing(number: int = 1, *, urgent: bool = False, shop: str = "demo") -> Outgoing:
    return Outgoing(message_id=f"m-{number}", shop=shop, address=str(4000 + number), text=f"№ {number}", urgent=urgent)


async def fail(sending: Sending, times: int = RULES.streak) -> None:
    for number in range(times):
        with pytest.raises(ProviderDown):
            await sending.send(outgoing(number))


class TestBreaker:
    async def test_after_some_failures_nobody_calls_any_more(self, desk: Desk) -> None:
        desk.break_it()
        await fail(desk.one)
        await asyncio.sleep(0.3)
        desk.mend_it()
        for worker in (desk.one, desk.other):
            with pytest.raises(BreakerOpen, match="http-502"):
                await worker.send(outgoing(9))
        assert desk.texts("4009") == []

    async def test_the_probe_brings_it_back_without_any_message(self, desk: Desk) -> None:
        desk.break_it()
        await fail(desk.one)
        await asyncio.sleep(RULES.pause)
        assert await desk.one.probe("demo")
        desk.mend_it()
        await asyncio.sleep(2 * RULES.pause)

        assert await desk.other.probe("demo")
        await desk.other.send(outgoing(9))

        assert desk.texts("4009") == ["№ 9"]
        assert desk.town.telegram.received.total == 1

    async def test_nothing_is_probed_while_all_is_well(self, desk: Desk) -> None:
        await desk.one.send(outgoing())
        assert not await desk.one.probe("demo")

    async def test_a_wrong_token_opens_at_once(self, desk: Desk) -> None:
        bad = Sending(
            Telegram(api="http://127.0.0.1:1", token=""),
            limits=desk.one._limits,
            breakers=desk.breakers,
            pace_of=lambda *_: None,
        )
        with pytest.raises(ProviderRefuses):
            await bad.send(outgoing())
        with pytest.raises(BreakerOpen, match="no-token"):
            await bad.send(outgoing())

    async def test_guests_who_blocked_the_bot_open_nothing(self, desk: Desk) -> None:
        desk.town.telegram.mode.blocked = [str(4000 + number) for number in range(10)]
        for number in range(10):
            with pytest.raises(AddressDead):
                await desk.one.send(outgoing(number))
        await desk.one.send(outgoing(11))


class TestLimit:
    async def test_the_provider_never_has_to_say_too_fast(self, desk: Desk) -> None:
        async def work(worker: Sending, numbers: range) -> None:
            messages = [outgoing(number) for number in numbers]
            turns = await worker.reserve("demo", [each.address for each in messages], urgent=False)
            assert turns is not None
            await asyncio.gather(*(worker.send(m, turn=t) for m, t in zip(messages, turns, strict=True)))

        began = monotonic()
        await asyncio.gather(work(desk.one, range(50)), work(desk.other, range(50, 100)))

        assert desk.town.telegram.received.total == 100
        assert desk.town.telegram.penalties.told == 0
        assert 99 / 29.5 <= monotonic() - began < 99 / 29.5 + 4

    async def test_a_code_passes_a_queue(self, desk: Desk) -> None:
        bulk = await desk.one.reserve("demo", [str(number) for number in range(300)], urgent=False)
        assert bulk is not None
        assert bulk[-1].wait > 9
        began = monotonic()
        await desk.other.send(outgoing(urgent=True))
        assert monotonic() - began < 2

    async def test_after_a_429_nobody_calls_before_its_time(self, desk: Desk) -> None:
        telegram = desk.town.telegram
        telegram.mode.change({"per_second": 5.0, "retry_after": 2})
        workers = [desk.one, desk.other] * 10
        outcomes = await asyncio.gather(
            *(worker.send(outgoing(number)) for number, worker in enumerate(workers)), return_exceptions=True
        )
        assert any(isinstance(each, Throttled) for each in outcomes)
        telegram.mode.per_second = 30.0
        before, sent = telegram.penalties.shown(), telegram.received.total

        await asyncio.gather(*(worker.send(outgoing(100 + number)) for number, worker in enumerate(workers)))

        assert telegram.penalties.shown() == before
        assert telegram.received.total == sent + len(workers)

    async def test_too_long_a_wait_is_told_at_once(self, desk: Desk) -> None:
        desk.town.telegram.mode.change({"per_second": 1.0, "retry_after": 60})
        await desk.one.send(outgoing(1))
        with pytest.raises(Throttled):
            await desk.one.send(outgoing(2))
        with pytest.raises(NotYet) as caught:
            await desk.other.send(outgoing(3, urgent=True), longest=5)
        assert 55 < caught.value.retry_in <= 60
