"""Sign-ins of guests under way, in Redis: `identity:sign-in:{id}`, `identity:codes:{subject}:{seconds}`, `identity:invitation:{digest}`.

Every method raises SignInUnavailable while Redis is away.
"""

import hmac
from collections.abc import Awaitable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, fields
from typing import Any, Final, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.identity.domain.errors import (
    CodeExpired,
    SignInUnavailable,
    TooManyAttempts,
    TooManyCodes,
    WrongCode,
)
from services.identity.domain.sign_in import (
    ATTEMPTS,
    CODE_SECONDS,
    INVITATION_SECONDS,
    REGISTER_SECONDS,
    Asker,
    Limit,
    SignIn,
)

# The attempt is counted before anybody compares: however many come at once, only so many are looked at.
_TAKE_ATTEMPT: Final = """
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
return redis.call('HINCRBY', KEYS[1], 'attempts', 1)
"""
# All limits allow it and all count it, or none does.
_TAKE_CODE: Final = """
local wait = 0
for i = 1, #KEYS do
  if tonumber(redis.call('GET', KEYS[i]) or '0') >= tonumber(ARGV[2 * i - 1]) then
    wait = math.max(wait, 1, redis.call('TTL', KEYS[i]))
  end
end
if wait > 0 then return wait end
for i = 1, #KEYS do
  if redis.call('INCR', KEYS[i]) == 1 then redis.call('EXPIRE', KEYS[i], ARGV[2 * i]) end
end
return 0
"""


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except RedisError:
        raise SignInUnavailable(retry_after=5) from None


class CodeLimits:
    """How many codes were asked for lately."""

    def __init__(self, redis: "Redis", *, namespace: str) -> None:
        self._redis = redis
        self._prefix = f"{namespace}identity:codes:"

    async def take(self, limits: Sequence[Limit]) -> None:
        """Count one more code. Raises TooManyCodes with the seconds to wait."""
        keys = [f"{self._prefix}{limit.subject}:{limit.seconds}" for limit in limits]
        numbers = [str(number) for limit in limits for number in (limit.most, limit.seconds)]
        with _answering():
            asked = self._redis.eval(_TAKE_CODE, len(keys), *keys, *numbers)
            wait = await cast("Awaitable[int]", asked)
        if wait:
            raise TooManyCodes(retry_after=int(wait))


class SignIns:
    """A code is kept as a keyed hash only (`digest`)."""

    def __init__(self, redis: "Redis", *, namespace: str) -> None:
        self._redis = redis
        self._prefix = f"{namespace}identity:sign-in:"

    async def put(self, sign_in: SignIn, *, digest: str) -> None:
        key = self._prefix + sign_in.id
        with _answering():
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.hset(key, mapping=_fields(sign_in, digest=digest))
                pipe.expire(key, CODE_SECONDS)
                await pipe.execute()

    async def check(self, sign_in_id: str, *, digest: str, asker: Asker) -> SignIn:
        """Count an attempt and compare, as slowly for a wrong digit as for six. Those of another asker are not even counted.

        Raises CodeExpired, WrongCode, TooManyAttempts (this was the last one, or it was over before).
        """
        key = self._prefix + sign_in_id
        with _answering():
            kept = await self._load(key)
            if not kept or not asker.began(_sign_in(kept)):
                raise CodeExpired
            attempt = int(await cast("Awaitable[int]", self._redis.eval(_TAKE_ATTEMPT, 1, key)))
        if not attempt:
            raise CodeExpired
        if attempt > ATTEMPTS:
            raise TooManyAttempts
        if not hmac.compare_digest(kept.get("digest", ""), digest):
            if attempt == ATTEMPTS:
                raise TooManyAttempts
            raise WrongCode(attempts_left=ATTEMPTS - attempt, pointer="/code")
        return _sign_in(kept)

    async def mark_proven(self, sign_in: SignIn) -> None:
        """The number is the guest's own; a while is left to register it."""
        key = self._prefix + sign_in.id
        with _answering():
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.hset(key, mapping=_fields(sign_in, proven="1"))
                pipe.expire(key, REGISTER_SECONDS)
                await pipe.execute()

    async def proven(self, sign_in_id: str) -> SignIn:
        """Raises CodeExpired."""
        with _answering():
            kept = await self._load(self._prefix + sign_in_id)
        if "proven" not in kept:
            raise CodeExpired
        return _sign_in(kept)

    async def finish(self, sign_in: SignIn) -> None:
        """A code opens once. Raises CodeExpired for the second who comes with it."""
        with _answering():
            if not await self._redis.delete(self._prefix + sign_in.id):
                raise CodeExpired

    async def _load(self, key: str) -> dict[str, str]:
        return await cast("Awaitable[dict[str, str]]", self._redis.hgetall(key))


class Invitations:
    """The owner's one-time invitations to Telegram: kept as hashes, one for each person, good for a day."""

    def __init__(self, redis: "Redis", *, namespace: str) -> None:
        self._redis = redis
        self._prefix = f"{namespace}identity:invitation:"

    async def put(self, digest: str, *, shop: str, staff_id: str) -> None:
        """An earlier one of the same person is dead."""
        await self.drop(staff_id)
        with _answering():
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.set(self._prefix + digest, f"{shop} {staff_id}", ex=INVITATION_SECONDS)
                pipe.set(self._latest(staff_id), digest, ex=INVITATION_SECONDS)
                await pipe.execute()

    async def find(self, digest: str) -> tuple[str, str] | None:
        """The shop and the person it is for."""
        with _answering():
            kept = await self._redis.get(self._prefix + digest)
        shop, _, staff_id = str(kept or "").partition(" ")
        return (shop, staff_id) if staff_id else None

    async def take(self, digest: str) -> bool:
        """Use it up; False when somebody else did."""
        with _answering():
            return bool(await self._redis.delete(self._prefix + digest))

    async def drop(self, staff_id: str) -> None:
        """The person's invitation is good no more."""
        with _answering():
            if digest := await self._redis.getdel(self._latest(staff_id)):
                await self._redis.delete(self._prefix + str(digest))

    def _latest(self, staff_id: str) -> str:
        return f"{self._prefix}of:{staff_id}"


def _fields(sign_in: SignIn, **more: str) -> Any:
    """As `hset` takes it."""
    return {**asdict(sign_in), **more}


def _sign_in(kept: dict[str, Any]) -> SignIn:
    return SignIn(**{field.name: kept[field.name] for field in fields(SignIn)})
