"""Sessions and lock-outs in Redis: `identity:session:{id}`, `identity:sessions-of:{person}`, `identity:failures:{subject}`."""

import asyncio
import hashlib
from collections import OrderedDict
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

import orjson
from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.identity.domain.errors import SignInUnavailable
from services.identity.domain.staff import lock_seconds

SESSION_SECONDS: Final = 12 * 3600
GUEST_SESSION_SECONDS: Final = 90 * 24 * 3600  # a telephone of one's own; every sign-in costs the shop an SMS
GUEST_ROLE: Final = "guest"
TOUCH_AFTER: Final = timedelta(minutes=1)
REMEMBERED_SESSIONS: Final = 10_000
ANSWER_SECONDS: Final = 1.0  # the gateway waits 3 s for a token: a Redis that hangs must not use them up
AWAY_SECONDS: Final = 2.0  # so long Redis is not asked again after it failed
FAILURES_SECONDS: Final = 3600


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in person of the staff, or a guest. `id` is public (a hash of the token); the token itself is never stored."""

    id: str
    person_id: str
    role: str
    shop: str
    created_at: datetime
    last_seen_at: datetime
    user_agent: str

    @property
    def seconds(self) -> int:
        """So long it lives without being used."""
        return GUEST_SESSION_SECONDS if self.role == GUEST_ROLE else SESSION_SECONDS


class Sessions:
    """Sessions in Redis; they end by themselves when they are not used.

    What was seen lately is also kept in this process, so that people who are signed in stay so while Redis is away or hangs.
    """

    def __init__(self, redis: Redis, *, namespace: str) -> None:
        self._redis = redis
        self._prefix = f"{namespace}identity:"
        self._seen: OrderedDict[str, Session] = OrderedDict()
        self._away_until = 0.0

    async def start(self, session: Session) -> None:
        await self._write(session)

    async def find(self, session_id: str, now: datetime) -> Session | None:
        """The session, kept alive by being used; from memory while Redis is away.

        Raises SignInUnavailable where nobody can tell: Redis is away and this process has not seen the session.
        """
        if monotonic() < self._away_until:
            return self._remembered(session_id, now)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                text = await self._redis.get(self._session_key(session_id))
        except (RedisError, TimeoutError):
            self._away_until = monotonic() + AWAY_SECONDS
            return self._remembered(session_id, now)
        if text is None:
            self._seen.pop(session_id, None)
            return None
        session = _session(text)
        if now - session.last_seen_at >= TOUCH_AFTER:
            session = replace(session, last_seen_at=now)
            await self._keep_alive(session)
        self._remember(session)
        return session

    async def of_person(self, person_id: str) -> list[Session]:
        """The live sessions of a person, newest first."""
        ids = await self._redis.smembers(self._person_key(person_id))
        texts = await self._redis.mget([self._session_key(str(each)) for each in ids]) if ids else []
        return sorted((_session(text) for text in texts if text), key=lambda each: each.created_at, reverse=True)

    async def end(self, session: Session) -> None:
        self._seen.pop(session.id, None)
        await self._redis.delete(self._session_key(session.id))
        await self._redis.srem(self._person_key(session.person_id), session.id)

    async def end_all(self, person_id: str) -> None:
        """At once, on every device."""
        for session in await self.of_person(person_id):
            await self.end(session)

    async def ping(self) -> None:
        """Raises when Redis does not answer."""
        await self._redis.ping()

    async def _keep_alive(self, session: Session) -> None:
        """Nobody is turned away because Redis takes no writes; the next request tries again."""
        with suppress(RedisError, TimeoutError):
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._write(session)

    async def _write(self, session: Session) -> None:
        async with self._redis.pipeline(transaction=True) as pipeline:
            pipeline.set(self._session_key(session.id), orjson.dumps(asdict(session)), ex=session.seconds)
            pipeline.sadd(self._person_key(session.person_id), session.id)
            pipeline.expire(self._person_key(session.person_id), session.seconds)
            await pipeline.execute()

    def _remember(self, session: Session) -> None:
        self._seen[session.id] = session
        self._seen.move_to_end(session.id)
        if len(self._seen) > REMEMBERED_SESSIONS:
            self._seen.popitem(last=False)

    def _remembered(self, session_id: str, now: datetime) -> Session | None:
        session = self._seen.get(session_id)
        if session is None:
            raise SignInUnavailable
        fresh = now - session.last_seen_at < timedelta(seconds=session.seconds)
        return session if fresh else None

    def _session_key(self, session_id: str) -> str:
        return f"{self._prefix}session:{session_id}"

    def _person_key(self, person_id: str) -> str:
        return f"{self._prefix}sessions-of:{person_id}"


@dataclass(frozen=True, slots=True)
class Try:
    """A try to sign in. `refused_for` seconds it may not be made; `locked`: it goes on and holds the lock against all others."""

    subject: str
    locked: bool = False
    refused_for: int = 0


class Lockouts:
    """Wrong passwords in a row, per account and per address; forgotten after an hour of quiet."""

    def __init__(self, redis: Redis, *, namespace: str) -> None:
        self._redis = redis
        self._prefix = f"{namespace}identity:"

    async def remaining(self, *subjects: str) -> int:
        """For how many seconds sign-in is still locked for any of the subjects."""
        left = [await self._redis.ttl(self._lock_key(subject)) for subject in subjects]
        return max(0, *left)

    async def begin(self, subject: str, *, free: int) -> Try:
        """Count a try before its password is looked at: of many at the same moment only the free ones and one more go on."""
        async with self._redis.pipeline(transaction=True) as pipeline:
            pipeline.incr(self._failures_key(subject))
            pipeline.expire(self._failures_key(subject), FAILURES_SECONDS)
            failures, _ = await pipeline.execute()
        seconds = lock_seconds(failures, free=free)
        if not seconds:
            return Try(subject)
        if await self._redis.set(self._lock_key(subject), "1", ex=seconds, nx=True):
            return Try(subject, locked=True)
        return Try(subject, refused_for=max(1, await self.remaining(subject)))

    async def give_back(self, done: Try) -> None:
        """The password was right: this try was no failure."""
        await self._redis.decr(self._failures_key(done.subject))
        if done.locked:
            await self._redis.delete(self._lock_key(done.subject))

    async def forget(self, subject: str) -> None:
        """Neither failures nor a lock."""
        await self._redis.delete(self._failures_key(subject), self._lock_key(subject))

    def _failures_key(self, subject: str) -> str:
        return f"{self._prefix}failures:{subject}"

    def _lock_key(self, subject: str) -> str:
        return f"{self._prefix}lock:{subject}"


def session_id_of(token: str) -> str:
    """The public id of the session behind a token."""
    return hashlib.sha256(token.encode()).hexdigest()[:32]


def _session(text: bytes | str) -> Session:
    fields = orjson.loads(text)
    if "staff_id" in fields:  # started before guests had sessions
        fields["person_id"] = fields.pop("staff_id")
    for moment in ("created_at", "last_seen_at"):
        fields[moment] = datetime.fromisoformat(fields[moment])
    return Session(**fields)
