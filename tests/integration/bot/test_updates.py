"""Updates through real HTTP and a real Redis: nothing is lost, nothing acts twice, each person's in their order."""

import asyncio
from time import perf_counter

import orjson
import pytest
from prometheus_client import REGISTRY

from tests.fixtures.house import eventually
from tests.integration.bot.conftest import GUEST, SECRET, World


class TestPolling:
    async def test_a_person_presses_through_the_menu(self, world: World) -> None:
        await world.start("polling")
        people = world.town.in_telegram
        await people.say(GUEST, "/start")
        await eventually(lambda: has(world, "4 из 6"))
        await people.press_named(GUEST, "История")
        await eventually(lambda: has(world, "История · Зерно"))
        assert len(world.screens()) == 1, "one screen, edited in place"

    async def test_what_was_said_while_the_bot_was_away_is_heard(self, world: World) -> None:
        await world.town.in_telegram.say(GUEST, "/start")
        await world.start("polling")
        await eventually(lambda: has(world, "4 из 6"))

    async def test_the_gateway_away_and_back(self, world: World) -> None:
        world.cafe.down = True
        await world.start("polling")
        await world.town.in_telegram.say(GUEST, "/start")
        await eventually(lambda: has(world, "не получается связаться"))
        world.cafe.down = False
        await world.town.in_telegram.say(GUEST, "/start")
        await eventually(lambda: has(world, "4 из 6"))

    async def test_telegram_away_and_back(self, world: World) -> None:
        await world.start("polling")
        world.town.telegram.mode.on = False
        await asyncio.sleep(0.3)
        await world.town.in_telegram.say(GUEST, "/start")
        world.town.telegram.mode.on = True
        await eventually(lambda: has(world, "4 из 6"))

    async def test_blocked_in_the_middle(self, world: World) -> None:
        await world.start("polling")
        await world.town.in_telegram.say(GUEST, "/start")
        await eventually(lambda: has(world, "4 из 6"))
        world.town.telegram.mode.blocked = [GUEST]
        before = blocked()
        await world.town.in_telegram.say(GUEST, "/start")
        await world.town.in_telegram.say("79130000001", "/start")
        await eventually(lambda: has(world, "4 из 6", person="79130000001"))
        # The two are answered side by side: the other's screen says nothing about this one's refusal.
        await eventually(lambda: says(blocked() == before + 1))
        world.town.telegram.mode.blocked = []
        await world.town.in_telegram.say(GUEST, "/start")
        await eventually(lambda: says(len(world.screens()) == 2))

    async def test_told_to_slow_down_it_waits_and_loses_nothing(self, world: World) -> None:
        mode = world.town.telegram.mode
        mode.limits, mode.per_second, mode.retry_after = True, 10.0, 1
        people = [str(79130000000 + number) for number in range(20)]
        await world.start("polling")
        await asyncio.gather(*(world.town.in_telegram.say(each, "/start") for each in people))

        async def all_answered() -> bool:
            return all(world.screens(each) for each in people)

        await eventually(all_answered, 30)
        assert world.town.telegram.penalties.violations == 0
        assert all(len(world.screens(each)) == 1 for each in people)


class TestWebhook:
    @pytest.mark.parametrize(("secret", "bot"), [("wrong", "7001001"), ("", "7001001"), (SECRET, "1")])
    async def test_only_telegram_may_call(self, world: World, secret: str, bot: str) -> None:
        bot_running = await world.start("webhook")
        answer = await bot_running.post(world.update("/start"), secret=secret, bot=bot)
        assert answer.status_code == 404
        assert world.cafe.asked == []

    async def test_telegram_calls_where_it_was_told_to(self, world: World) -> None:
        await world.start("webhook")
        updates = world.town.telegram.updates("7001001")
        await eventually(lambda: says(bool(updates.webhook_info()["url"])))
        await world.town.in_telegram.say(GUEST, "/start")
        await eventually(lambda: has(world, "4 из 6"))
        assert updates.webhook_info()["pending_update_count"] == 0

    async def test_answered_before_the_work(self, world: World) -> None:
        bot = await world.start("webhook")
        world.cafe.slow = 0.7
        began = perf_counter()
        assert (await bot.post(world.update("/start"))).status_code == 200
        assert perf_counter() - began < 0.6
        await eventually(lambda: has(world, "4 из 6"))

    async def test_the_same_update_again_acts_once(self, world: World) -> None:
        bot, other = await world.start("webhook"), await world.start("webhook")
        update = world.update("/start")
        answers = await asyncio.gather(*(each.post(update) for each in (bot, other, bot, other)))
        assert {each.status_code for each in answers} == {200}
        await eventually(lambda: has(world, "4 из 6"))
        await bot.post(update)
        await bot.post(world.update("/start", "79130000001"))
        await eventually(lambda: has(world, "4 из 6", person="79130000001"))
        assert len(world.screens()) == 1

    async def test_out_of_order_nothing_is_taken_for_a_repetition(self, world: World) -> None:
        bot = await world.start("webhook")
        for number in (1002, 1001):
            await bot.post(world.update("/start", str(GUEST), number=number))
        await eventually(lambda: says(world.cafe.times("GET", "/telegram/shops") == 2))

    async def test_people_side_by_side(self, world: World) -> None:
        bot = await world.start("webhook")
        world.cafe.slow = 0.2
        people = [str(79130000000 + number) for number in range(10)]
        await asyncio.gather(*(bot.post(world.update("/start", each)) for each in people))
        await eventually(lambda: says(all(world.screens(each) for each in people)))
        assert world.cafe.most_inside > 5

    async def test_one_persons_updates_one_after_another(self, world: World) -> None:
        bot = await world.start("webhook")
        world.cafe.slow = 0.05
        for text in ("/start", "что?", "/start"):
            await bot.post(world.update(text))
        await eventually(lambda: says(world.cafe.times("GET", "/telegram/shops") == 2 and len(world.screens()) == 1))
        assert world.cafe.most_inside <= 2, "balance and rating are asked for together, nothing else"

    async def test_what_cannot_be_read_is_taken_and_forgotten(self, world: World) -> None:
        bot = await world.start("webhook")
        assert (await bot.post({"update_id": "x"})).status_code == 200
        assert (await bot.post({"update_id": 5, "something_new": {}})).status_code == 200

    async def test_without_redis_telegram_is_asked_to_come_again(self, world: World) -> None:
        bot = await world.start("webhook", redis_url="redis://127.0.0.1:9/0")
        assert (await bot.post(world.update("/start"))).status_code == 503


class TestKilled:
    async def test_what_was_answered_200_is_done_by_the_next(self, world: World) -> None:
        """The first has written it down and died: nothing of it was sent, nothing was struck out."""
        first = await world.start("webhook")
        update = world.update("/start")
        body = orjson.dumps(update)
        one = next(iter(first.intake._bots))
        assert await first.intake._journal.take(one.id, update["update_id"], body)
        await first.stop()

        second = await world.start("webhook")
        assert (await second.post(update)).status_code == 200  # Telegram is not sure whether it was heard
        await second.intake.recover(everything=True)
        await eventually(lambda: has(world, "4 из 6"))

        async def struck_out() -> bool:
            return await second.intake._journal.size(one.id) == 0

        await eventually(struck_out)
        await second.intake.recover(everything=True)
        assert len(world.screens()) == 1

    async def test_telegram_away_when_the_screen_is_ready(self, world: World) -> None:
        bot = await world.start("webhook")
        in_hand = next(iter(bot.intake._in_hand.values()))
        world.town.telegram.mode.on = False
        await bot.post(world.update("/start"))
        await eventually(lambda: says(world.cafe.times("GET", "/accounts/me") == 1 and not in_hand))
        world.town.telegram.mode.on = True
        await bot.intake.recover(everything=True)
        await eventually(lambda: has(world, "4 из 6"))

    async def test_who_is_still_at_work_keeps_it(self, world: World) -> None:
        bot, other = await world.start("webhook"), await world.start("webhook")
        world.cafe.slow = 0.5
        await bot.post(world.update("/start"))
        await other.intake.sweep()
        await eventually(lambda: has(world, "4 из 6"))
        assert world.cafe.times("GET", "/telegram/shops") == 1


def blocked() -> float:
    """How many updates so far were of people who would not hear the answer."""
    return REGISTRY.get_sample_value("bezkart_bot_updates_total", {"outcome": "blocked"}) or 0.0


async def says(fact: bool) -> bool:
    return fact


async def has(world: World, words: str, *, person: str = GUEST) -> bool:
    return any(words in text for text in world.screens(person))
