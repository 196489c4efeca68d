"""How fast one bot may call Telegram, and that it waits exactly as long as it is told."""

import asyncio
from time import monotonic
from typing import Any, Final

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import TelegramNetworkError, TelegramRetryAfter, TelegramServerError
from aiogram.methods import (
    DeleteMessage,
    EditMessageReplyMarkup,
    EditMessageText,
    Response,
    SendDocument,
    SendMessage,
    SendPhoto,
    TelegramMethod,
)

_COUNTED: Final = (SendMessage, SendPhoto, SendDocument, EditMessageText, EditMessageReplyMarkup, DeleteMessage)
_SAFE_TO_REPEAT: Final = (EditMessageText, EditMessageReplyMarkup, DeleteMessage)
_PATIENCE: Final = 5
_PAUSE_SECONDS: Final = 0.5


class Turns:
    """Evenly spaced turns, with a small burst for one who comes after a rest."""

    def __init__(self, per_second: float) -> None:
        self._gap = 1 / per_second
        self._burst = self._gap * max(1.0, per_second / 3)
        self._next = 0.0

    async def wait(self) -> None:
        now = monotonic()
        self._next = max(self._next, now - self._burst) + self._gap
        if (rest := self._next - now) > 0:
            await asyncio.sleep(rest)

    def stop(self, seconds: float) -> None:
        """Nobody has a turn for so long."""
        self._next = max(self._next, monotonic() + seconds)


class Pace(BaseRequestMiddleware):
    """Around every call of one bot. After a 429 all of them wait `retry_after`; what shows the same when repeated is tried again."""

    def __init__(self, per_second: float) -> None:
        self._turns = Turns(per_second)

    async def __call__(
        self, make_request: NextRequestMiddlewareType[Any], bot: Bot, method: TelegramMethod[Any]
    ) -> Response[Any]:
        for left in reversed(range(_PATIENCE)):
            if isinstance(method, _COUNTED):
                await self._turns.wait()
            try:
                return await make_request(bot, method)
            except TelegramRetryAfter as told:
                self._turns.stop(told.retry_after)
                if not left:
                    raise
                if not isinstance(method, _COUNTED):
                    await asyncio.sleep(told.retry_after)
            except (TelegramNetworkError, TelegramServerError):
                if not left or not isinstance(method, _SAFE_TO_REPEAT):
                    raise
                await asyncio.sleep(_PAUSE_SECONDS)
        raise AssertionError("unreachable")
