"""The bot in this process against real Redis, our Telegram and a gateway that answers from a table."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import uvicorn
from aiohttp import web
from aiohttp.test_utils import TestServer
from fastapi import FastAPI

from bezkart.local import StoreAddresses
from bezkart.local.standins import logins
from bezkart.local.standins.app import build_app
from bezkart.local.standins.town import Town
from services.bot import app as bot_app
from services.bot.settings import BotSettings
from services.bot.telegram.intake import Intake

BOT = logins.TELEGRAM_TOKEN.partition(":")[0]
SECRET = "s" * 32
GUEST = "79130008323"


@dataclass
class Cafe:
    """The gateway: one shop that knows everybody. `down` cuts connections; `most_inside` were answered at the same time."""

    asked: list[tuple[str, str, str]] = field(default_factory=list)
    slow: float = 0.0
    down: bool = False
    inside: int = 0
    most_inside: int = 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if self.down:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        await asyncio.sleep(self.slow)
        self.inside -= 1
        path = request.path.removeprefix("/api/v1")
        self.asked.append((request.method, path, request.headers.get("Idempotency-Key", "")))
        return web.json_response(_ANSWERS.get((request.method, path), {}))

    def times(self, method: str, path: str) -> int:
        return sum(1 for each in self.asked if each[:2] == (method, path))


_ANSWERS: dict[tuple[str, str], Any] = {
    ("GET", "/telegram/shops"): {"shops": [{"slug": "zerno", "name": "Зерно", "as": ["guest"]}]},
    ("GET", "/shops/zerno/card"): {"slug": "zerno", "name": "Зерно", "timezone": "Europe/Moscow"},
    ("GET", "/feedback/mine"): {"open_rating": None, "threads": []},
    ("POST", "/feedback/threads"): {"id": "t_1"},
    ("GET", "/accounts/me"): {
        "version": 4,
        "stamps": 4,
        "card_size": 6,
        "gifts": 0,
        "spent": {"minor": 0, "currency": "RUB"},
        "points": 0,
        "tier": None,
        "gift": {"ru": "капучино", "en": "cappuccino"},
        "operations": [],
    },
}


class World:
    """Telegram with people in it, the café, Redis; and bots, which can be started, ended and killed."""

    def __init__(
        self, *, stores: StoreAddresses, namespace: str, telegram: str, town: Town, cafe: Cafe, gateway: str
    ) -> None:
        self.telegram = telegram
        self.town = town
        self.cafe = cafe
        self._known: dict[str, Any] = {
            "env": "dev",
            "namespace": namespace,
            "redis_url": stores.redis_url,
            "gateway_url": gateway,
            "bot_key": "b" * 40,
            "telegram_api": f"{telegram}/telegram",
            "telegram_token": logins.TELEGRAM_TOKEN,
            "bot_webhook_secret": SECRET,
        }
        self._bots = AsyncExitStack()
        self._ids = itertools.count(1)

    async def start(self, mode: str, *, redis_url: str = "") -> "RunningBot":
        known = self._known | {"bot_mode": mode} | ({"redis_url": redis_url} if redis_url else {})
        bot = RunningBot(known)
        await bot.start()
        self._bots.push_async_callback(bot.stop)
        return bot

    async def end(self) -> None:
        await self._bots.aclose()

    def screens(self, person: str = GUEST) -> list[str]:
        return [note["text"] for note in self.town.telegram.received.of(person) if note["kind"] == "message"]

    def update(self, text: str, person: str = GUEST, *, number: int = 0) -> dict[str, Any]:
        user = {"id": int(person), "is_bot": False, "first_name": "Анна", "language_code": "ru"}
        chat = {"id": int(person), "type": "private", "first_name": "Анна"}
        identity = number or next(self._ids)
        return {
            "update_id": identity,
            "message": {"message_id": identity, "date": 1, "from": user, "chat": chat, "text": text},
        }


class RunningBot:
    """`address` is where its webhook is called."""

    def __init__(self, known: dict[str, Any]) -> None:
        self._known = known
        self._server: uvicorn.Server | None = None
        self._task: asyncio.Task[None] | None = None
        self.address = ""
        self.app: FastAPI | None = None
        self._client = httpx.AsyncClient(trust_env=False, timeout=30)

    @property
    def intake(self) -> Intake:
        assert self.app is not None
        intake: Intake = self.app.state.service
        return intake

    async def start(self) -> None:
        # The address is wanted by the settings and known only when somebody listens.
        socket = _socket()
        self.address = f"http://127.0.0.1:{socket.getsockname()[1]}"
        self.app = bot_app.build(BotSettings(**self._known, bot_webhook_url=self.address))
        config = uvicorn.Config(self.app, log_config=None, access_log=False, lifespan="on")
        self._server = uvicorn.Server(config)
        self._task = asyncio.create_task(self._server.serve(sockets=[socket]))
        while not self._server.started:
            assert not self._task.done(), "the bot did not start"
            await asyncio.sleep(0.01)

    async def post(self, update: dict[str, Any], *, secret: str = SECRET, bot: str = BOT) -> httpx.Response:
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
        return await self._client.post(f"{self.address}/telegram-webhook/{bot}", json=update, headers=headers)

    async def stop(self) -> None:
        await self._client.aclose()
        if self._server and self._task:
            self._server.should_exit = True
            with suppress(asyncio.CancelledError):
                await self._task
        self._server = None


def _socket() -> Any:
    import socket

    made = socket.socket()
    made.bind(("127.0.0.1", 0))
    return made


@pytest.fixture
async def world(stores: StoreAddresses, namespace: str) -> AsyncIterator[World]:
    cafe, town = Cafe(), Town()
    gateway = web.Application()
    gateway.router.add_route("*", "/{path:.*}", cafe.answer)
    async with (
        TestServer(build_app(town), host="127.0.0.1") as telegram,
        TestServer(gateway, host="127.0.0.1") as server,
    ):
        town.telegram.mode.limits = False
        made = World(
            stores=stores,
            namespace=namespace,
            telegram=str(telegram.make_url("")).rstrip("/"),
            town=town,
            cafe=cafe,
            gateway=str(server.make_url("")).rstrip("/"),
        )
        yield made
        await made.end()
