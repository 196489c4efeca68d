"""Updates on their way in: written down, then worked on in the order of each person, then struck out."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Final

import orjson
import structlog
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.types import Update
from pydantic import ValidationError
from redis.exceptions import RedisError

from services.bot import counting
from services.bot.store import LEASE_SECONDS, Journal
from services.bot.telegram.bots import Bots, OneBot
from services.bot.telegram.lanes import Lanes

log = structlog.get_logger(__name__)

AT_ONCE: Final = 64
MOST_WAITING: Final = 20_000
DRAIN_SECONDS: Final = 15.0
SWEEP_SECONDS: Final = 5.0
Handle = Callable[[OneBot, Update], Awaitable[None]]


class Crowded(Exception):
    """So many are waiting that Telegram had better ask again later."""


class Intake:
    """`take` returns when the update is safe; the work follows."""

    def __init__(self, *, bots: Bots, journal: Journal, handle: Handle) -> None:
        self._bots = bots
        self._journal = journal
        self._handle = handle
        self._lanes = Lanes(at_once=AT_ONCE, most_waiting=MOST_WAITING)
        self._in_hand: dict[int, set[int]] = {each.id: set() for each in bots}

    async def take(self, one: OneBot, body: bytes) -> bool:
        """False for a repeated update or one that cannot be read. Raises Crowded, RedisError."""
        if self._lanes.full:
            raise Crowded
        update = _read(body)
        if update is None:
            counting.updates.labels("unreadable").inc()
            return False
        if not await self._journal.take(one.id, update.update_id, body):
            counting.updates.labels("repeated").inc()
            return False
        self._put(one, update)
        return True

    async def recover(self, *, everything: bool = False) -> None:
        """Take up what a process that died has left; `everything` when there is no other process."""
        for one in self._bots:
            for body in sorted(await self._journal.claim(one.id, everything=everything), key=_number):
                update = _read(body)
                if update and update.update_id not in self._in_hand[one.id]:
                    self._put(one, update)

    async def sweep(self) -> None:
        """Renews the leases of what is in hand, then takes up what is nobody's."""
        for one in self._bots:
            await self._journal.hold(one.id, self._in_hand[one.id])
        await self.recover()

    async def drain(self) -> None:
        await self._lanes.drain(DRAIN_SECONDS)

    def _put(self, one: OneBot, update: Update) -> None:
        self._in_hand[one.id].add(update.update_id)
        counting.waiting.set(self._lanes.waiting + 1)
        self._lanes.put(hash((one.id, _person(update))), lambda: self._work(one, update))

    async def _work(self, one: OneBot, update: Update) -> None:
        started, outcome = monotonic(), "done"
        try:
            await self._handle(one, update)
        except TelegramForbiddenError:
            outcome = "blocked"
        except (TelegramNetworkError, TelegramServerError, TelegramRetryAfter, TimeoutError) as error:
            # Left in the journal: whoever sweeps next tries again, and the keys are the same.
            log.warning("telegram_away", bot=one.id, update_id=update.update_id, error=type(error).__name__)
            counting.updates.labels("telegram-away").inc()
            self._in_hand[one.id].discard(update.update_id)
            return
        except TelegramAPIError as error:
            outcome = "telegram-refused"
            log.warning("telegram_refused", bot=one.id, update_id=update.update_id, error=type(error).__name__)
        except Exception as error:  # a fault of ours in one person's dialogue must not end the bot
            outcome = "failed"
            log.error("update_failed", bot=one.id, update_id=update.update_id, exc_info=error)
        counting.updates.labels(outcome).inc()
        kind = update.event_type if outcome == "done" else outcome
        counting.answer_seconds.labels(kind).observe(monotonic() - started)
        await self._strike_out(one, update)

    async def _strike_out(self, one: OneBot, update: Update) -> None:
        self._in_hand[one.id].discard(update.update_id)
        counting.waiting.set(max(0, self._lanes.waiting - 1))
        try:
            await self._journal.done(one.id, update.update_id)
        except RedisError as error:  # it will be done once more, and its keys make that harmless
            log.warning("update_not_struck_out", update_id=update.update_id, error=type(error).__name__)


async def keep_sweeping(intake: Intake) -> None:
    """Well within the lease."""
    while True:
        await asyncio.sleep(min(SWEEP_SECONDS, LEASE_SECONDS / 3))
        try:
            await intake.sweep()
        except RedisError as error:
            log.warning("updates_not_swept", error=type(error).__name__)


def _read(body: bytes) -> Update | None:
    try:
        return Update.model_validate_json(body)
    except ValidationError:
        return None


def _number(body: bytes) -> int:
    return int(orjson.loads(body)["update_id"])


def _person(update: Update) -> int:
    """Whose update it is; 0 for what is nobody's."""
    if update.callback_query:
        return update.callback_query.from_user.id
    if update.message and update.message.from_user:
        return update.message.from_user.id
    if update.my_chat_member:
        return update.my_chat_member.from_user.id
    return 0
