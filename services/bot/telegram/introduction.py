"""How a bot tells Telegram where it wants its updates, and what people may ask for."""

import asyncio
from typing import Final

import structlog
from aiogram.exceptions import TelegramAPIError, TelegramRetryAfter
from aiogram.types import BotCommand

from services.bot.telegram.bots import OneBot
from services.bot.telegram.polling import KINDS

log = structlog.get_logger(__name__)

_CONNECTIONS: Final = 40
_REST_SECONDS: Final = 2.0
_COMMANDS: Final = {"ru": "Меню", "": "Menu"}


async def introduce(one: OneBot, *, webhook: str = "", secret: str = "") -> None:
    """Until Telegram has taken it: updates go to the address `webhook`; without one they wait to be asked for."""
    while True:
        try:
            await _once(one, webhook, secret)
        except TelegramRetryAfter as told:
            await asyncio.sleep(told.retry_after)
        except (TelegramAPIError, TimeoutError) as error:
            log.warning("bot_not_introduced", bot=one.id, error=type(error).__name__)
            await asyncio.sleep(_REST_SECONDS)
        else:
            return


async def _once(one: OneBot, webhook: str, secret: str) -> None:
    if webhook:
        await one.bot.set_webhook(webhook, secret_token=secret, allowed_updates=KINDS, max_connections=_CONNECTIONS)
    else:
        await one.bot.delete_webhook(drop_pending_updates=False)
    for language, words in _COMMANDS.items():
        await one.bot.set_my_commands([BotCommand(command="start", description=words)], language_code=language or None)
    log.info("bot_introduced", bot=one.id, webhook=bool(webhook))
