"""How often somebody has tried to guess a guest's offline code: `purchases:offline-tries:{guest}` in Redis, here while that is away."""

from collections.abc import Awaitable
from time import monotonic
from typing import Final, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

TRIES: Final = 5
WINDOW_SECONDS: Final = 600
_AWAY_SECONDS: Final = 2.0
_MANY: Final = 1_000
# The try is counted before anybody compares: however many come at once, only so many are looked at.
_COUNT: Final = """
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return count
"""


class Tries:
    """Works without Redis, as the code does: then each process counts for itself."""

    def __init__(self, redis: "Redis", *, namespace: str) -> None:
        self._redis = redis
        self._prefix = f"{namespace}purchases:offline-tries:"
        self._away_until = 0.0
        self._counted: dict[str, tuple[int, float]] = {}

    async def take(self, guest_id: str) -> int:
        """Count one more; how many that makes in ten minutes from the first."""
        if monotonic() < self._away_until:
            return self._count_here(guest_id)
        try:
            counting = self._redis.eval(_COUNT, 1, self._prefix + guest_id, str(WINDOW_SECONDS))
            return int(await cast("Awaitable[int]", counting))
        except RedisError:
            self._away_until = monotonic() + _AWAY_SECONDS
            return self._count_here(guest_id)

    async def forget(self, guest_id: str) -> None:
        """The right code has come; if Redis is away, the end of the window does that."""
        self._counted.pop(guest_id, None)
        if monotonic() < self._away_until:
            return
        try:
            await self._redis.delete(self._prefix + guest_id)
        except RedisError:
            self._away_until = monotonic() + _AWAY_SECONDS

    def _count_here(self, guest_id: str) -> int:
        now = monotonic()
        if len(self._counted) >= _MANY:
            self._counted = {guest: each for guest, each in self._counted.items() if each[1] > now}
        count, ends = self._counted.get(guest_id, (0, 0.0))
        count, ends = (count + 1, ends) if ends > now else (1, now + WINDOW_SECONDS)
        self._counted[guest_id] = (count, ends)
        return count
