"""The bot: a thousand guests who write at the same moment, and how soon a button answers through the gateway.

Telegram is the stack's stand-in without its limits; the bot's own pace is switched off as well, as it is no measure of the bot.
Each part ends when its time is over, with the figure it has come to by then.
"""

import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import aiohttp

from bench.cafe import BenchCafe
from bench.channels import switch
from bench.load import percentile
from bench.results import Result

GUESTS: Final = 1_000
AT_ONCE: Final = 200
LONGEST_SECONDS: Final = 120
PRESSES: Final = 100
PRESSING_SECONDS: Final = 30
CALL_SECONDS: Final = 30
FIRST_CHAT: Final = 800_000_000
REGULAR: Final = FIRST_CHAT - 1
POLL_SECONDS: Final = 0.005
MENU: Final = ("История", "← Назад")
NO_PACE: Final = {"BEZKART_BOT_PER_SECOND": "100000"}


def bots(cafe: BenchCafe) -> Iterator[Result]:
    """Both on one stack with everything running."""
    guest = {"telegram_id": REGULAR, "name": "Bench", "consents": {"processing": True}}
    cafe.post("/guests", guest)
    with _without_pace(cafe):
        base = cafe.address("standins")
        switch(base, limits=False)
        answered, seconds, presses = asyncio.run(_measure(base, cafe.slug))
    yield Result(f"of {GUESTS:,} guests who write at once, answered", answered, "guests", GUESTS)
    yield Result("the last of them, after", seconds, "s")
    yield Result("a button in the bot, p50", percentile(presses, 0.5) * 1000, "ms")
    yield Result("a button in the bot, p95", percentile(presses, 0.95) * 1000, "ms", 300.0, "lower")


async def _measure(base: str, shop: str) -> tuple[int, float, list[float]]:
    connector = aiohttp.TCPConnector(limit=AT_ONCE)
    patience = aiohttp.ClientTimeout(total=CALL_SECONDS)
    async with aiohttp.ClientSession(base, connector=connector, timeout=patience) as town:
        presses = await _presses(town)
        began = time.perf_counter()
        chats = range(FIRST_CHAT, FIRST_CHAT + GUESTS)
        await asyncio.gather(*(_do(town, "say", chat, text=f"/start r_{shop}") for chat in chats))
        silent = set(chats)
        while silent and time.perf_counter() - began < LONGEST_SECONDS:
            silent -= {chat for chat in silent if await _notes(town, chat)}
            await asyncio.sleep(POLL_SECONDS)
        return GUESTS - len(silent), time.perf_counter() - began, presses


async def _presses(town: aiohttp.ClientSession) -> list[float]:
    """From the press to the screen that Telegram has then; one guest who goes to and fro. A press nobody answers is the last."""
    taken: list[float] = []
    began = time.perf_counter()
    try:
        async with asyncio.timeout(PRESSING_SECONDS):
            await _do(town, "say", REGULAR, text="/start")
            await _shown(town, REGULAR, MENU[0])
            for number in range(PRESSES):
                pressed, follows = MENU[number % len(MENU)], MENU[(number + 1) % len(MENU)]
                began = time.perf_counter()
                await _do(town, "press", REGULAR, button=pressed)
                await _shown(town, REGULAR, follows)
                taken.append(time.perf_counter() - began)
    except TimeoutError:
        taken.append(time.perf_counter() - began)
    return sorted(taken)


async def _shown(town: aiohttp.ClientSession, chat: int, button: str) -> None:
    """Until the chat has a button with these words."""
    while button not in {each for note in await _notes(town, chat) for each in _buttons(note)}:
        await asyncio.sleep(POLL_SECONDS)


def _buttons(note: dict[str, Any]) -> list[str]:
    rows = note["extra"].get("reply_markup", {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]


async def _do(town: aiohttp.ClientSession, what: str, chat: int, **told: str) -> None:
    async with town.post(f"/control/telegram/{what}", json={"chat": str(chat), **told}) as answer:
        answer.raise_for_status()


async def _notes(town: aiohttp.ClientSession, chat: int) -> list[Any]:
    """What stands in the chat of the bot's."""
    async with town.get("/control/telegram/received", params={"to": str(chat)}) as answer:
        answer.raise_for_status()
        return [note for note in (await answer.json())["notes"] if note["kind"] == "message"]


@contextmanager
def _without_pace(cafe: BenchCafe) -> Iterator[None]:
    """The processes anew; the data stay."""
    os.environ.update(NO_PACE)
    try:
        cafe.anew()
        yield
    finally:
        for name in NO_PACE:
            del os.environ[name]
        cafe.anew()
