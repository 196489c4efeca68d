"""Long polling: the bot asks for updates itself. For one machine and one process."""

import asyncio
from typing import Final

import orjson
import structlog
from aiogram.exceptions import TelegramAPIError, TelegramRetryAfter
from redis.exceptions import RedisError

from services.bot.telegram.bots import OneBot
from services.bot.telegram.intake import Crowded, Intake

log = structlog.get_logger(__name__)

KINDS: Final = ["message", "callback_query", "my_chat_member"]
_POLL_SECONDS: Final = 20
_REST_SECONDS: Final = 1.0


async def keep_polling(one: OneBot, intake: Intake) -> None:
    """For good. The offset moves on only over updates that are written down: whatever happens, Telegram gives the others again."""
    offset = 0
    while True:
        try:
            offset = await _poll(one, intake, offset)
        except TelegramRetryAfter as told:
            await asyncio.sleep(told.retry_after)
        except (TelegramAPIError, RedisError, Crowded, TimeoutError) as error:
            log.warning("polling_failed", bot=one.id, error=type(error).__name__)
            await asyncio.sleep(_REST_SECONDS)


async def _poll(one: OneBot, intake: Intake, offset: int) -> int:
    updates = await one.bot.get_updates(
        offset=offset, timeout=_POLL_SECONDS, allowed_updates=KINDS, request_timeout=_POLL_SECONDS + 10
    )
    for update in updates:
        body = orjson.dumps(update.model_dump(mode="json", exclude_unset=True, by_alias=True, warnings=False))
        await intake.take(one, body)
        offset = update.update_id + 1
    return offset
