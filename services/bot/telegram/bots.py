"""The bots of this process: one that all shops share, and the own ones of some."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from services.bot.telegram.pace import Pace

CALL_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class OneBot:
    """`shop` is empty for the bot that all shops share."""

    bot: Bot
    shop: str

    @property
    def id(self) -> int:
        return self.bot.id


class Bots:
    def __init__(self, *, api: str, token: str, tokens: Mapping[str, str], per_second: float) -> None:
        known = ({token: ""} if token else {}) | {own: shop for shop, own in tokens.items()}
        self._bots = {}
        for each, shop in known.items():
            session = AiohttpSession(api=TelegramAPIServer.from_base(api), timeout=CALL_SECONDS)
            session.middleware(Pace(per_second))
            made = OneBot(Bot(each, session=session), shop)
            self._bots[made.id] = made

    def __iter__(self) -> Iterator[OneBot]:
        return iter(self._bots.values())

    def get(self, bot_id: int) -> OneBot | None:
        return self._bots.get(bot_id)

    async def aclose(self) -> None:
        for each in self._bots.values():
            await each.bot.session.close()
