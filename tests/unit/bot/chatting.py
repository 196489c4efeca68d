"""A chat with the bot without Telegram, Redis or the system: what goes to Telegram is kept, the gateway is a table of answers."""

import itertools
import json
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import time
from typing import Any

import httpx
from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.methods import AnswerCallbackQuery, DeleteMessage, EditMessageText, SendMessage, TelegramMethod
from aiogram.types import Chat as TelegramChat
from aiogram.types import Message, Update
from cryptography.fernet import Fernet

from bezkart.kit.assertion import Assertions
from bezkart.kit.glossary import Glossary
from bezkart.kit.vault import Envelopes
from services.bot.dialogues.front import Front
from services.bot.gateway_client import Gateway
from services.bot.store import Talk, Talks
from services.bot.telegram.bots import OneBot

WORDS = Path(__file__).parents[3] / "services" / "bot" / "words" / "glossary.json"
ANNA = 79130008323
BOT_KEY = "b" * 40
Answer = Callable[[httpx.Request], httpx.Response]


class Clock:
    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class Paper(BaseSession):
    """Telegram that only writes down; ids are given as it would."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[TelegramMethod[Any]] = []
        self.failing: Exception | None = None
        self.failing_at: tuple[type[TelegramMethod[Any]], ...] = (SendMessage, EditMessageText)
        self._ids = itertools.count(100)

    async def close(self) -> None:
        return

    def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,
        chunk_size: int = 65_536,
        raise_for_status: bool = True,
    ) -> AsyncGenerator[bytes, None]:
        raise AssertionError("nobody fetches a file here")

    async def make_request(self, bot: Bot, method: TelegramMethod[Any], *_: Any, **__: Any) -> Any:
        self.calls.append(method)
        if self.failing and isinstance(method, self.failing_at):
            raise self.failing
        if isinstance(method, AnswerCallbackQuery | DeleteMessage):
            return True
        identity = method.message_id if isinstance(method, EditMessageText) and method.message_id else next(self._ids)
        return Message(message_id=identity, date=datetime.now(UTC), chat=TelegramChat(id=ANNA, type="private"))


class MemoryTalks(Talks):
    """Redis in a dict."""

    def __init__(self) -> None:
        self.kept: dict[tuple[int, int], Talk] = {}

    async def load(self, bot: int, person: int) -> Talk:
        return self.kept.get((bot, person)) or Talk()

    async def save(self, bot: int, person: int, talk: Talk) -> None:
        self.kept[bot, person] = talk

    async def forget(self, bot: int, person: int) -> None:
        self.kept.pop((bot, person), None)


class System:
    """The gateway: answers by method and path; everything else is `not-found`. `asked` is what came."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str], Answer | tuple[int, Any]] = {}
        self.asked: list[httpx.Request] = []
        self.down = False

    def on(self, method: str, path: str, body: Any = None, *, status: int = 200) -> None:
        self.answers[method, path] = (status, {} if body is None else body)

    def refuse(self, method: str, path: str, slug: str, *, status: int = 409, **members: Any) -> None:
        self.answers[method, path] = (status, {"type": f"urn:bezkart:problem:{slug}", "status": status, **members})

    def bodies(self, method: str, path: str) -> list[Any]:
        return [json.loads(each.content or "{}") for each in self.of(method, path)]

    def of(self, method: str, path: str) -> list[httpx.Request]:
        return [each for each in self.asked if (each.method, each.url.path) == (method, f"/api/v1{path}")]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if self.down:
            raise httpx.ConnectError("refused")
        path = request.url.path.removeprefix("/api/v1")
        answer = self.answers.get((request.method, path))
        if answer is None:
            return httpx.Response(404, json={"type": "urn:bezkart:problem:not-found"})
        if callable(answer):
            return answer(request)
        return httpx.Response(answer[0], json=answer[1])


class Chatting:
    """A person and the bot. `screen` is what stands in the chat, `buttons` its words by what is behind them."""

    def __init__(self, *, shop: str = "") -> None:
        self.system = System()
        self.paper = Paper()
        self.talks = MemoryTalks()
        self.clock = Clock()
        self.one = OneBot(Bot("7001001:paper", session=self.paper), shop)
        gateway = Gateway(
            url="http://gateway",
            assertions=Assertions(BOT_KEY),
            clock=self.clock,
            transport=httpx.MockTransport(self.system),
        )
        self.front = Front(
            gateway=gateway,
            talks=self.talks,
            glossary=Glossary(WORDS),
            envelopes=Envelopes(keys=[Fernet.generate_key().decode()]),
            clock=self.clock,
            pages="https://cafe.example",
        )
        self._updates = itertools.count(1)

    @property
    def talk(self) -> Talk:
        return self.talks.kept[self.one.id, ANNA]

    @property
    def shown(self) -> list[SendMessage | EditMessageText]:
        return [each for each in self.paper.calls if isinstance(each, SendMessage | EditMessageText)]

    @property
    def screen(self) -> str:
        return str(self.shown[-1].text)

    @property
    def buttons(self) -> dict[str, str]:
        markup = self.shown[-1].reply_markup
        rows = getattr(markup, "inline_keyboard", None) or []
        return {button.callback_data: button.text for row in rows for button in row}

    @property
    def toasts(self) -> list[str | None]:
        return [each.text for each in self.paper.calls if isinstance(each, AnswerCallbackQuery)]

    def behind(self, words: str) -> str:
        return next(data for data, text in self.buttons.items() if words in text)

    async def say(self, text: str) -> str:
        return await self.send(text=text)

    async def share(self, phone: str, *, owner: int = ANNA) -> str:
        return await self.send(contact={"phone_number": phone, "first_name": "Анна", "user_id": owner})

    async def send(self, **content: Any) -> str:
        """Any message; the screen that follows."""
        number = next(self._updates)
        message = {"message_id": number, "date": int(time()), "chat": _chat(), "from": _person(), **content}
        await self._hear({"update_id": number, "message": message})
        return self.screen

    async def press(self, words: str) -> str:
        return await self.press_data(self.behind(words))

    async def press_data(self, data: str, *, message_id: int = 0, age: float = 0.0) -> str:
        message = {
            "message_id": message_id or self.talk.screen,
            "date": int(time() - age),
            "chat": _chat(),
            "text": "?",
        }
        number = next(self._updates)
        query = {"id": str(number), "from": _person(), "message": message, "chat_instance": "1", "data": data}
        await self._hear({"update_id": number, "callback_query": query})
        return self.screen

    async def _hear(self, update: dict[str, Any]) -> None:
        await self.front.handle(self.one, Update.model_validate(update))


def account(**facts: Any) -> dict[str, Any]:
    """As purchases answers it."""
    known: dict[str, Any] = {
        "guest_id": "g_anna",
        "version": 40,
        "purchases": 4,
        "cups": 4,
        "stamps": 4,
        "card_size": 6,
        "gifts": 0,
        "spent": {"minor": 140_000, "currency": "RUB"},
        "first_purchase_at": "2026-10-01T09:00:00Z",
        "last_purchase_at": "2026-11-20T09:00:00Z",
        "points": 0,
        "points_owed": 0,
        "tier": None,
        "next_tier": None,
        "gift": {"ru": "капучино 0,2 л", "en": "cappuccino 0.2 l"},
        "gift_request": None,
        "operations": [],
        "referral_code": "abc",
        "points_expiring": None,
    }
    return {**known, **facts}


def operation(**facts: Any) -> dict[str, Any]:
    known: dict[str, Any] = {
        "id": "p_1",
        "kind": "purchase",
        "reason": "purchase",
        "at": "2026-11-20T09:00:00Z",
        "cups": 1,
        "amount": None,
        "points": 0,
        "items": [],
        "undone": False,
        "undoable_until": None,
    }
    return {**known, **facts}


def _person() -> dict[str, Any]:
    return {"id": ANNA, "is_bot": False, "first_name": "Анна", "language_code": "ru"}


def _chat() -> dict[str, Any]:
    return {"id": ANNA, "type": "private", "first_name": "Анна"}
