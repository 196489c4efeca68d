"""The one-time codes of gifts in Redis: `purchases:gift-code:{gift}`, hashed, with an end and a count of attempts."""

import hmac
from collections.abc import Awaitable
from typing import Final, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.purchases.domain.errors import CodeExpired, CodesUnavailable, TooManyAttempts, WrongCode

ATTEMPTS: Final = 5
# The attempt is counted before anybody compares: however many come at once, only so many are looked at.
_TAKE_ATTEMPT: Final = """
local digest = redis.call('HGET', KEYS[1], 'digest')
if not digest then return false end
return {digest, redis.call('HINCRBY', KEYS[1], 'attempts', 1)}
"""


class Codes:
    """Every method raises CodesUnavailable when Redis does not answer."""

    def __init__(self, redis: "Redis", *, key: str, namespace: str) -> None:
        self._redis = redis
        self._key = hmac.digest(key.encode(), b"gift-codes", "sha256")
        self._prefix = f"{namespace}purchases:gift-code:"

    async def put(self, gift_id: str, sends: int, code: str, *, seconds: int) -> None:
        """Make `code` the one live code of the gift; one from before is dead, its attempts forgotten."""
        key = self._prefix + gift_id
        try:
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.delete(key)
                pipe.hset(key, mapping={"digest": self._digest(gift_id, sends, code)})
                pipe.expire(key, seconds)
                await pipe.execute()
        except RedisError as error:
            raise CodesUnavailable(retry_after=2) from error

    async def check(self, gift_id: str, sends: int, code: str) -> None:
        """Count an attempt and compare, as slowly for a wrong digit as for six.

        Raises CodeExpired (or lost), WrongCode, TooManyAttempts (this was the last one, or it was over before).
        """
        try:
            asked = self._redis.eval(_TAKE_ATTEMPT, 1, self._prefix + gift_id)
            taken = await cast("Awaitable[list[str] | None]", asked)
        except RedisError as error:
            raise CodesUnavailable(retry_after=2) from error
        if not taken:
            raise CodeExpired
        digest, attempt = str(taken[0]), int(taken[1])
        if attempt > ATTEMPTS:
            raise TooManyAttempts
        if not hmac.compare_digest(digest, self._digest(gift_id, sends, code)):
            if attempt == ATTEMPTS:
                raise TooManyAttempts
            raise WrongCode(attempts_left=ATTEMPTS - attempt, pointer="/code")

    async def drop(self, gift_id: str) -> None:
        """Forget the code; if Redis is away, its end does that."""
        try:
            await self._redis.delete(self._prefix + gift_id)
        except RedisError:
            return

    def _digest(self, gift_id: str, sends: int, code: str) -> str:
        return hmac.new(self._key, f"{gift_id}\x1f{sends}\x1f{code}".encode(), "sha256").hexdigest()
