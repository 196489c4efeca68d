"""The parts below the dialogues: lanes, pace, the client of the gateway, what lies behind a button, the words."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramNetworkError, TelegramRetryAfter
from aiogram.methods import EditMessageText, SendMessage, TelegramMethod
from pydantic import ValidationError

from bezkart.kernel.ids import shop_mark
from bezkart.kit.assertion import Assertion, Assertions
from services.bot.gateway_client import Gateway, GatewayAway, Refused
from services.bot.screens.action import LONGEST, Action, pack, unpack
from services.bot.settings import BotSettings
from services.bot.telegram.lanes import Lanes
from services.bot.telegram.pace import Pace
from tests.unit.bot.chatting import BOT_KEY, WORDS, Clock

ANNA = Assertion(5, "zerno", "guest")


class TestLanes:
    async def test_a_lane_keeps_its_order_and_holds_up_nobody(self) -> None:
        lanes = Lanes(at_once=8, most_waiting=100)
        done: list[str] = []
        gate = asyncio.Event()

        async def first() -> None:
            await gate.wait()
            done.append("first")

        async def note(name: str) -> None:
            done.append(name)

        lanes.put(1, first)
        lanes.put(1, lambda: note("second"))
        lanes.put(2, lambda: note("other"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert done == ["other"]
        gate.set()
        await lanes.drain(5)
        assert done == ["other", "first", "second"]
        assert lanes.waiting == 0

    async def test_full_when_too_many_wait(self) -> None:
        lanes = Lanes(at_once=1, most_waiting=2)
        gate = asyncio.Event()
        for person in range(2):
            assert not lanes.full
            lanes.put(person, lambda: _wait(gate))
        assert lanes.full
        gate.set()
        await lanes.drain(5)
        assert not lanes.full


async def _wait(gate: asyncio.Event) -> None:
    await gate.wait()


class Telegram:
    """What a call meets, one after another; then it is fine."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.calls = 0

    async def __call__(self, bot: Bot, method: TelegramMethod[Any]) -> Any:
        self.calls += 1
        if self.failures:
            raise self.failures.pop(0)
        return "fine"


class TestPace:
    send, edit = SendMessage(chat_id=5, text="x"), EditMessageText(text="x", chat_id=5, message_id=1)

    async def test_it_waits_exactly_as_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        rests: list[float] = []

        async def sleep(seconds: float) -> None:
            rests.append(seconds)

        monkeypatch.setattr(asyncio, "sleep", sleep)
        telegram = Telegram(TelegramRetryAfter(self.send, "Too Many Requests", 7))
        assert str(await Pace(1000)(telegram, Bot("1:x"), self.send)) == "fine"
        assert sum(rests) == pytest.approx(7, abs=0.1)

    async def test_a_lost_answer_is_asked_for_again_only_where_that_shows_the_same(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("services.bot.telegram.pace._PAUSE_SECONDS", 0)
        edited = Telegram(TelegramNetworkError(self.edit, "cut"))
        assert str(await Pace(1000)(edited, Bot("1:x"), self.edit)) == "fine"
        sending = Telegram(TelegramNetworkError(self.send, "cut"))
        with pytest.raises(TelegramNetworkError):
            await Pace(1000)(sending, Bot("1:x"), self.send)
        assert sending.calls == 1


class TestGateway:
    def gateway(self, *answers: httpx.Response | Exception) -> tuple[Gateway, list[httpx.Request]]:
        asked: list[httpx.Request] = []
        left = list(answers)

        def answer(request: httpx.Request) -> httpx.Response:
            asked.append(request)
            following = left.pop(0)
            if isinstance(following, Exception):
                raise following
            return following

        transport = httpx.MockTransport(answer)
        made = Gateway(url="http://g", assertions=Assertions(BOT_KEY), clock=Clock(), transport=transport)
        return made, asked

    async def test_says_for_whom_it_asks(self) -> None:
        gateway, asked = self.gateway(httpx.Response(200, json={"a": 1}))
        assert await gateway.ask(ANNA, "GET", "/accounts/me") == {"a": 1}
        token = asked[0].headers["Authorization"].removeprefix("Bearer ")
        assert Assertions(BOT_KEY).read(token, now=Clock().now()) == ANNA

    async def test_one_assertion_for_a_while_and_another_after_a_change(self) -> None:
        gateway, asked = self.gateway(*(httpx.Response(204) for _ in range(3)))
        await gateway.ask(ANNA, "GET", "/a")
        await gateway.ask(ANNA, "GET", "/b")
        gateway.forget(ANNA)
        await gateway.ask(ANNA, "GET", "/c")
        tokens = [each.headers["Authorization"] for each in asked]
        assert tokens[0] == tokens[1] != tokens[2]

    async def test_what_is_safe_is_tried_twice(self) -> None:
        gateway, asked = self.gateway(httpx.ReadTimeout(""), httpx.Response(201, json={}))
        await gateway.ask(ANNA, "POST", "/purchases", body={}, key="k" * 8)
        assert asked[0].headers["Idempotency-Key"] == asked[1].headers["Idempotency-Key"]

    async def test_what_is_not_safe_is_tried_once(self) -> None:
        gateway, asked = self.gateway(httpx.ReadTimeout(""), httpx.Response(201, json={}))
        with pytest.raises(GatewayAway):
            await gateway.ask(ANNA, "POST", "/telegram/guests", body={})
        assert len(asked) == 1

    @pytest.mark.parametrize("answer", [httpx.Response(502, text="<html>"), httpx.Response(504)])
    async def test_no_answer_of_the_system_is_its_absence(self, answer: httpx.Response) -> None:
        gateway, _ = self.gateway(answer, answer)
        with pytest.raises(GatewayAway):
            await gateway.ask(ANNA, "GET", "/a")

    async def test_a_no_is_told_with_its_members(self) -> None:
        problem = {"type": "urn:bezkart:problem:wrong-code", "status": 422, "attempts_left": 3}
        gateway, _ = self.gateway(httpx.Response(422, json=problem))
        with pytest.raises(Refused) as caught:
            await gateway.ask(ANNA, "GET", "/a")
        assert (caught.value.slug, caught.value.members["attempts_left"]) == ("wrong-code", 3)


class TestActions:
    def test_there_and_back(self) -> None:
        assert unpack(pack("s.cup2", "abc", "1f", shop="zerno")) == Action("s.cup2", ("abc", "1f"), shop_mark("zerno"))
        assert unpack("rate:r_1:5") == Action("rate", ("r_1", "5"))

    def test_too_much_is_a_fault_of_ours(self) -> None:
        with pytest.raises(ValueError, match="no button carries"):
            pack("x", "y" * LONGEST)


class TestSettings:
    known: ClassVar[dict[str, Any]] = {
        "gateway_url": "http://g",
        "bot_key": BOT_KEY,
        "redis_url": "redis://r",
        "env": "dev",
    }

    def test_no_bot_without_a_token(self) -> None:
        with pytest.raises(ValidationError, match="a bot needs"):
            BotSettings(**self.known)

    def test_no_webhook_without_a_secret(self) -> None:
        with pytest.raises(ValidationError, match="WEBHOOK_SECRET"):
            BotSettings(**self.known, telegram_token="1:x", bot_mode="webhook", bot_webhook_secret="short")


def test_every_word_is_there_in_both_languages_and_used() -> None:
    phrases = json.loads(WORDS.read_text(encoding="utf-8"))
    assert all(set(entry) == {"ru", "en"} for entry in phrases.values())
    for key, entry in phrases.items():
        names = [set(re.findall(r"\{(\w+)\}", json.dumps(text))) for text in entry.values()]
        assert names[0] == names[1], key
    sources = "\n".join(path.read_text() for path in (Path(WORDS).parents[1]).rglob("*.py"))
    kinds = ("count.", "op.", "tier.", "problem.", "settings.", "shops.as_", "threads.", "segment.", "segments.next_")
    built = (*kinds, "mailing.", "mailings.cancel_done", "mailings.stop_done", "report.picture", "segments.picture")
    unused = [
        key for key in phrases if not key.startswith(built) and f'"{key}"' not in sources and f"'{key}'" not in sources
    ]
    assert unused == []
