"""Circuit breakers, one per channel, provider and account, whose state all processes share in Redis (F43).

The rules are `domain.breaker`; here they are applied by compare-and-set. A closed circuit costs no question per message: what it was
a quarter of a second ago is believed, successes are reported together. While Redis is away every process goes on with what it knows,
and tells it when Redis is back. No library: those that share state pin a Redis client older than ours or probe from every process.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from time import monotonic, time
from typing import Any, Final, cast

import orjson
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.notifications.domain.breaker import BreakerRules, Circuit, State

log = structlog.get_logger("bezkart.notifications")

ANSWER_SECONDS: Final = 0.5
_BELIEVED_SECONDS: Final = 0.25
_REPORT_SECONDS: Final = 1.0
_AWAY_SECONDS: Final = 2.0
_KEPT_SECONDS: Final = 7 * 86_400
_EVENTS_KEPT: Final = 1000
_TRIES: Final = 20

# KEYS: the circuits. ARGV: the name. Answers Redis' time in microseconds and the circuit.
_READ: Final = """
local time = redis.call('TIME')
return {time[1] * 1000000 + time[2], redis.call('HGET', KEYS[1], ARGV[1])}
"""

# KEYS: the circuits, the events. ARGV: the name, what it must be ('' for nothing), what it becomes, an event or '', seconds kept,
# events kept. Answers whether it was written.
_WRITE: Final = """
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[5])
if ARGV[4] ~= '' then
  redis.call('LPUSH', KEYS[2], ARGV[4])
  redis.call('LTRIM', KEYS[2], 0, ARGV[6] - 1)
  redis.call('EXPIRE', KEYS[2], ARGV[5])
end
return 1
"""

Change = Callable[[Circuit, float], Circuit]


class BreakerOpen(Exception):
    """Nobody calls this provider now. `retry_in` is when it is worth asking again, in seconds."""

    def __init__(self, reason: str, retry_in: float) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_in = retry_in


@dataclass(frozen=True, slots=True)
class BreakerEvent:
    """`event`: opened, closed, or still-open after a probe that failed. `at` in seconds since 1970, by Redis' clock."""

    name: str
    event: str
    at: float
    reason: str


@dataclass(slots=True)
class _Known:
    """What this process last knew of a circuit, and what it has not told yet. `raw` is the text in Redis."""

    circuit: Circuit = field(default_factory=Circuit)
    raw: str = ""
    asked: float = -1e9
    told: float = -1e9
    succeeded: int = 0
    failed: int = 0
    telling: bool = False
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Breakers:
    def __init__(self, redis: Redis, *, namespace: str, rules: BreakerRules | None = None) -> None:
        self._redis = redis
        self._rules = rules or BreakerRules()
        self._keys = [f"{namespace}notifications:breakers", f"{namespace}notifications:breakers:events"]
        self._read, self._write = redis.register_script(_READ), redis.register_script(_WRITE)
        self._known: dict[str, _Known] = defaultdict(_Known)
        self._ahead = time() - monotonic()
        self._away_until = 0.0
        self._own_events: list[BreakerEvent] = []

    async def admit(self, name: str) -> bool:
        """Raises BreakerOpen while nobody may call. True: this call is the probe, its end must be told by `probed`.

        Probes are made on purpose (`probe`); a message becomes one only where nobody has made any for long.
        """
        known = self._known[name]
        if not await self.is_open(name):
            return False
        circuit = known.circuit
        overdue = self._now() - circuit.until > self._rules.probe
        if overdue and await self.probe(name):
            return True
        raise BreakerOpen(circuit.reason, max(_BELIEVED_SECONDS, circuit.until - self._now()))

    async def is_open(self, name: str) -> bool:
        """Whether nobody may call just now; asking is no probe."""
        known = self._known[name]
        if monotonic() - known.asked > _BELIEVED_SECONDS:
            await self._look(name, known)
        return known.circuit.state is not State.CLOSED

    async def succeeded(self, name: str) -> None:
        """The provider is alive, whatever it thought of the message."""
        known = self._known[name]
        known.succeeded += 1
        if monotonic() - known.told > _REPORT_SECONDS:
            await self._tell(name, known, "")

    async def failed(self, name: str, reason: str) -> None:
        """The provider is not there, or not well."""
        known = self._known[name]
        known.failed += 1
        await self._tell(name, known, reason)

    async def refused(self, name: str, reason: str) -> None:
        """The provider takes nothing from us at all: open at once."""
        await self._change(name, lambda circuit, now: circuit.refused(now, self._rules, reason=reason))

    async def probe(self, name: str) -> bool:
        """Whether the caller shall try the provider now, alone; then he says `probed`."""
        before = await self._change(name, self._to_probe)
        return before.may_probe(self._now())

    async def probed(self, name: str, *, failure: str | None) -> None:
        """How the probe ended; None is a success."""
        await self._change(name, lambda circuit, now: circuit.probed(now, self._rules, failure=failure))

    async def circuits(self) -> dict[str, Circuit]:
        """All of them, as far as this process can know."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                kept = await cast("Any", self._redis.hgetall(self._keys[0]))
        except (RedisError, OSError, TimeoutError):
            return {name: known.circuit for name, known in self._known.items()}
        return {name: _parsed(raw) for name, raw in kept.items()}

    async def events(self, *, since: float = 0.0) -> list[BreakerEvent]:
        """Openings and closings from `since` on (seconds since 1970), the oldest first."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                kept = await cast("Any", self._redis.lrange(self._keys[1], 0, -1))
        except (RedisError, OSError, TimeoutError):
            return [event for event in self._own_events if event.at >= since]
        events = [BreakerEvent(**orjson.loads(raw)) for raw in reversed(kept)]
        return [event for event in events if event.at >= since]

    def _to_probe(self, circuit: Circuit, now: float) -> Circuit:
        return circuit.probing(now, self._rules) if circuit.may_probe(now) else circuit

    async def _tell(self, name: str, known: _Known, reason: str) -> None:
        """Report what has gathered. Who comes while another tells leaves his share to him."""
        if known.telling:
            return
        known.telling = True
        try:
            while known.succeeded + known.failed:
                known.told = monotonic()
                succeeded, failed = known.succeeded, known.failed
                known.succeeded = known.failed = 0
                await self._change(name, self._counting(succeeded, failed, reason))
        finally:
            known.telling = False

    def _counting(self, succeeded: int, failed: int, reason: str) -> Change:
        return lambda circuit, now: circuit.counted(now, self._rules, succeeded=succeeded, failed=failed, reason=reason)

    async def _look(self, name: str, known: _Known) -> None:
        known.asked = monotonic()
        answer = await self._ask(self._read, [name])
        if answer is not None:
            self._take(known, answer)

    async def _change(self, name: str, change: Change) -> Circuit:
        """Apply `change` to what the circuit is now, in Redis if it is there. The circuit as it was."""
        known = self._known[name]
        async with known.lock:
            for _ in range(_TRIES):
                answer = await self._ask(self._read, [name])
                if answer is not None:
                    self._take(known, answer)
                before = known.circuit
                after = change(before, self._now())
                if after == before and known.raw:
                    return before
                if answer is None or await self._written(name, known, after):
                    self._keep(name, known, after)
                    return before
            log.warning("breaker_contended", breaker=name)
            return before

    async def _written(self, name: str, known: _Known, after: Circuit) -> bool:
        text = _text(after)
        event = self._event(name, known.circuit, after)
        told = orjson.dumps(asdict(event)).decode() if event else ""
        answer = await self._ask(self._write, [name, known.raw, text, told, _KEPT_SECONDS, _EVENTS_KEPT])
        if answer == 1:
            known.raw = text
        return bool(answer != 0)

    def _keep(self, name: str, known: _Known, after: Circuit) -> None:
        if event := self._event(name, known.circuit, after):
            self._own_events = [*self._own_events[-_EVENTS_KEPT:], event]
            log.warning("breaker_changed", breaker=name, to=event.event, reason=event.reason)
        known.circuit = after
        known.asked = monotonic()

    def _event(self, name: str, before: Circuit, after: Circuit) -> BreakerEvent | None:
        if after.state is State.PROBING or (after.state, after.until) == (before.state, before.until):
            return None
        if after.state is State.CLOSED:
            return BreakerEvent(name, "closed", self._now(), before.reason) if before.state != after.state else None
        word = "opened" if before.state is State.CLOSED else "still-open"
        return BreakerEvent(name, word, self._now(), after.reason)

    def _take(self, known: _Known, answer: tuple[int, str | None]) -> None:
        """What Redis says; where it has forgotten all, what this process knows stays and is told with the next change."""
        microseconds, raw = answer
        self._ahead = microseconds / 1e6 - monotonic()
        known.raw = raw or ""
        if raw:
            known.circuit = _parsed(raw)

    def _now(self) -> float:
        """Redis' time, as well as it is known."""
        return monotonic() + self._ahead

    async def _ask(self, script: Any, arguments: list[Any]) -> Any:
        """The script's answer; None while Redis is away."""
        if monotonic() < self._away_until:
            return None
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await script(keys=self._keys, args=arguments)
        except (RedisError, OSError, TimeoutError) as error:
            if monotonic() >= self._away_until:
                log.warning("breakers_local", error=type(error).__name__)
            self._away_until = monotonic() + _AWAY_SECONDS
            return None


def _text(circuit: Circuit) -> str:
    return orjson.dumps(asdict(circuit)).decode()


def _parsed(raw: str) -> Circuit:
    kept = orjson.loads(raw)
    return Circuit(**{**kept, "state": State(kept["state"])})
