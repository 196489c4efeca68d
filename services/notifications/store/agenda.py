"""Which shops have something due, in Redis: a tick looks at those only. It is a hint; every shop is looked at now and then."""

from datetime import datetime
from time import monotonic
from typing import Final

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

log = structlog.get_logger("bezkart.notifications")

LIMIT: Final = 1_000
AWAY_SECONDS: Final = 2.0


class Agenda:
    """`notifications:agenda`: a shop and the moment its next message is due."""

    def __init__(self, redis: "Redis", *, namespace: str) -> None:
        self._redis = redis
        self._key = f"{namespace}notifications:agenda"
        self._away_until = 0.0

    async def note(self, shop: str, due: datetime | None) -> None:
        """Look at the shop at `due` at the latest."""
        if due is None or monotonic() < self._away_until:
            return
        try:
            await self._redis.zadd(self._key, {shop: due.timestamp()}, lt=True)
        except RedisError as error:
            self._miss(error)

    async def take(self, at: datetime) -> list[str] | None:
        """The shops that are due, taken off the agenda; None when nobody knows."""
        if monotonic() < self._away_until:
            return None
        try:
            due = await self._redis.zrangebyscore(self._key, "-inf", at.timestamp(), start=0, num=LIMIT)
            if due:
                await self._redis.zrem(self._key, *due)
        except RedisError as error:
            self._miss(error)
            return None
        return [str(shop) for shop in due]

    def _miss(self, error: RedisError) -> None:
        """A hanging Redis must not hold up every message."""
        self._away_until = monotonic() + AWAY_SECONDS
        log.info("agenda_away", error=type(error).__name__)
