"""How fast we may call a provider, for all workers together (F42).

A bucket in Redis hands out turns: the moment of each call, spaced evenly, so that a caller sleeps once and there are no bursts.
Moments are Redis' own and are told as a wait, so a worker's clock does not matter. An urgent message does not queue: it takes
a turn out of the reserve, those behind it pay, and of what waits for the same address it goes first. A 429 moves everybody's
turns behind its `retry_after`.

While Redis is away every process keeps to a fixed share of the rate by itself.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from time import monotonic
from typing import Any, Final, cast

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

log = structlog.get_logger("bezkart.notifications")

URGENT_ANSWER_SECONDS: Final = 0.5
"""How long Redis may take; a hanging one must not hold up a code."""

ANSWER_SECONDS: Final = 2.0

_AWAY_SECONDS: Final = 2.0
_SLEPT_ABOVE: Final = 0.001  # a timer is no more exact
_LATE_SECONDS: Final = 0.3  # a process that stood still must not call for all the turns it has slept through at once
_CONFIRMED_ABOVE: Final = 0.05  # a shorter sleep ends before news of a block could have come

# KEYS: the bucket, one key per address (or none). ARGV: microseconds between turns, between turns of one address, urgent (0 or 1),
# microseconds between turns out of the reserve, turns the reserve gives at once, how many turns. Answers the epoch and the waits.
_RESERVE: Final = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local kept = redis.call('HMGET', KEYS[1], 'next', 'reserve', 'blocked', 'epoch')
local next_turn, reserve = tonumber(kept[1]) or 0, tonumber(kept[2]) or 0
local earliest = math.max(now, tonumber(kept[3]) or 0)
local interval, address_interval, urgent = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3] == '1'
local reserve_interval, at_once = tonumber(ARGV[4]), tonumber(ARGV[5])
local answer = {tonumber(kept[4]) or 0}
for number = 1, tonumber(ARGV[6]) do
  local at = math.max(earliest, next_turn)
  local following = at + interval
  if urgent then
    local drawn = math.max(reserve, now)
    local out_of_turn = math.max(earliest, drawn - (at_once - 1) * reserve_interval)
    if out_of_turn < at then
      at = out_of_turn
      reserve = drawn + reserve_interval
    end
    following = math.max(next_turn, now) + interval
  end
  next_turn = math.max(following, next_turn)
  local address = KEYS[number + 1]
  if address then
    local kept_free = redis.call('GET', address) or '0'
    local told = string.sub(kept_free, 1, 1) == 'b'
    local address_free = tonumber(told and string.sub(kept_free, 2) or kept_free)
    if urgent and not told then
      address_free = math.min(address_free, now + address_interval)
    end
    at = math.max(at, address_free)
    local free = at + address_interval
    redis.call('SET', address, (told and 'b' or '') .. string.format('%.0f', free), 'PX', math.ceil((free - now) / 1000) + 1000)
  end
  answer[number + 1] = math.ceil(at - now)
end
redis.call('HSET', KEYS[1], 'next', string.format('%.0f', next_turn), 'reserve', string.format('%.0f', reserve))
redis.call('PEXPIRE', KEYS[1], math.ceil((math.max(next_turn, reserve, earliest) - now) / 1000) + 60000)
return answer
"""

# KEYS: the bucket. ARGV: microseconds. Turns handed out before are void: their holders see another epoch and ask again.
_BLOCK: Final = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local blocked = math.max(tonumber(redis.call('HGET', KEYS[1], 'blocked')) or 0, now + tonumber(ARGV[1]))
local text = string.format('%.0f', blocked)
redis.call('HSET', KEYS[1], 'blocked', text, 'next', text)
redis.call('HINCRBY', KEYS[1], 'epoch', 1)
redis.call('PEXPIRE', KEYS[1], math.ceil((blocked - now) / 1000) + 60000)
return 1
"""

# KEYS: the address. ARGV: microseconds. The `b` says that the provider wants it so: an urgent message waits as well.
_BLOCK_ADDRESS: Final = """
local time = redis.call('TIME')
local free = time[1] * 1000000 + time[2] + tonumber(ARGV[1])
redis.call('SET', KEYS[1], 'b' .. string.format('%.0f', free), 'PX', math.ceil(tonumber(ARGV[1]) / 1000) + 1000)
return 1
"""


@dataclass(frozen=True, slots=True)
class Pace:
    """What one account at a provider allows.

    `bucket` names channel, provider and account; `reserve` is the share of a second's calls an urgent message finds at once.
    """

    bucket: str
    per_second: float
    seconds_per_address: float = 0.0
    reserve: float = 1 / 3

    @property
    def reserved_at_once(self) -> int:
        return max(1, int(self.per_second * self.reserve))


@dataclass(frozen=True, slots=True)
class Turn:
    """Call in `wait` seconds from when it was given, unless the epoch has changed by then. `shared`: Redis has given it.

    `due` is that moment by this process's own clock, the monotonic one.
    """

    wait: float
    epoch: int
    shared: bool
    due: float = field(default=0.0, compare=False)

    @classmethod
    def given(cls, wait: float, epoch: int, *, shared: bool) -> "Turn":
        return cls(wait, epoch, shared, monotonic() + wait)


class NotYet(Exception):
    """The turn is further away than the caller can wait."""

    def __init__(self, retry_in: float) -> None:
        super().__init__(retry_in)
        self.retry_in = retry_in


class Limits:
    """`local_share` of a rate is safe for one process while nobody knows what the others do."""

    def __init__(self, redis: Redis, *, namespace: str, local_share: float = 0.25) -> None:
        self._redis = redis
        self._prefix = f"{namespace}notifications:limit:"
        self._scripts = {text: redis.register_script(text) for text in (_RESERVE, _BLOCK, _BLOCK_ADDRESS)}
        self._local = LocalLimits(share=local_share)
        self._away_until = 0.0

    async def reserve(self, pace: Pace, addresses: Sequence[str], *, urgent: bool) -> list[Turn]:
        """A turn for a call to each of `addresses`, in one question. Whoever does not use it has given the time away."""
        spaced = pace.seconds_per_address > 0
        keys = [self._bucket(pace), *(self._address(pace, each) for each in addresses if spaced)]
        reserve_interval = 1e6 / (pace.per_second * pace.reserve)
        answer = await self._ask(
            _RESERVE,
            keys,
            round(1e6 / pace.per_second),
            round(pace.seconds_per_address * 1e6),
            int(urgent),
            round(reserve_interval),
            pace.reserved_at_once,
            len(addresses),
            seconds=URGENT_ANSWER_SECONDS if urgent else ANSWER_SECONDS,
        )
        if answer is None:
            return self._local.reserve(pace, addresses, urgent=urgent)
        epoch, *waits = cast("list[int]", answer)
        blocked = self._local.blocked(pace)  # Redis may have lost what we were told
        return [Turn.given(max(wait / 1e6, blocked), epoch, shared=True) for wait in waits]

    async def wait(self, pace: Pace, turn: Turn, address: str, *, urgent: bool, longest: float = float("inf")) -> float:
        """Sleep until `turn`; where a block has come in between, or its moment is long over, until a later one.

        The seconds slept. Raises NotYet, at once, where the turn is more than `longest` seconds away.
        """
        slept = 0.0
        while True:
            ahead = turn.due - monotonic()
            if ahead > longest:
                raise NotYet(ahead)
            if ahead > _SLEPT_ABOVE:
                await asyncio.sleep(ahead)
                slept += ahead
            in_time = monotonic() - turn.due < _LATE_SECONDS
            if in_time and (turn.wait <= _CONFIRMED_ABOVE or await self._still_good(pace, turn)):
                return slept
            (turn,) = await self.reserve(pace, [address], urgent=urgent)

    async def block(self, pace: Pace, seconds: float, *, address: str | None = None) -> None:
        """Nobody calls the account (or only `address`) for `seconds`: the provider has said so."""
        self._local.block(pace, seconds, address=address)
        if address is None:
            await self._ask(_BLOCK, [self._bucket(pace)], round(seconds * 1e6))
        else:
            await self._ask(_BLOCK_ADDRESS, [self._address(pace, address)], round(seconds * 1e6))

    async def _still_good(self, pace: Pace, turn: Turn) -> bool:
        if self._local.blocked(pace) > 0:
            return False
        if not turn.shared or monotonic() < self._away_until:
            return True
        try:
            async with asyncio.timeout(URGENT_ANSWER_SECONDS):
                epoch = await cast("Any", self._redis.hget(self._bucket(pace), "epoch"))
        except (RedisError, OSError, TimeoutError) as error:
            self._miss(error)
            return True
        return epoch is None or int(epoch) == turn.epoch

    async def _ask(self, script: str, keys: list[str], *arguments: int, seconds: float = ANSWER_SECONDS) -> Any:
        """The script's answer; None while Redis is away."""
        if monotonic() < self._away_until:
            return None
        try:
            async with asyncio.timeout(seconds):
                return await self._scripts[script](keys=keys, args=list(arguments))
        except (RedisError, OSError, TimeoutError) as error:
            self._miss(error)
            return None

    def _miss(self, error: Exception) -> None:
        if monotonic() >= self._away_until:
            log.warning("limits_local", error=type(error).__name__)
        self._away_until = monotonic() + _AWAY_SECONDS

    def _bucket(self, pace: Pace) -> str:
        return f"{self._prefix}{{{pace.bucket}}}"

    def _address(self, pace: Pace, address: str) -> str:
        """No address stands in a key."""
        return f"{self._bucket(pace)}:{blake2b(address.encode(), digest_size=8).hexdigest()}"


class LocalLimits:
    """The same turns for one process alone, at `share` of the pace."""

    def __init__(self, *, share: float = 1.0) -> None:
        self._share = share
        self._next: dict[str, float] = {}
        self._reserve: dict[str, float] = {}
        self._blocked: dict[str, float] = {}
        self._addresses: dict[tuple[str, str], float] = {}
        self._told: dict[tuple[str, str], float] = {}

    def blocked(self, pace: Pace) -> float:
        """Seconds until the account may be called."""
        return max(0.0, self._blocked.get(pace.bucket, 0.0) - monotonic())

    def reserve(self, pace: Pace, addresses: Sequence[str], *, urgent: bool) -> list[Turn]:
        now = monotonic()
        turns = [Turn.given(self._take(pace, address, urgent, now) - now, 0, shared=False) for address in addresses]
        if len(self._addresses) > 10_000:
            self._addresses = {known: free for known, free in self._addresses.items() if free > now}
            self._told = {known: free for known, free in self._told.items() if free > now}
        return turns

    def block(self, pace: Pace, seconds: float, *, address: str | None = None) -> None:
        until = monotonic() + seconds
        if address is None:
            self._blocked[pace.bucket] = max(until, self._blocked.get(pace.bucket, 0.0))
            self._next[pace.bucket] = self._blocked[pace.bucket]
        else:
            self._told[pace.bucket, address] = until

    def _take(self, pace: Pace, address: str, urgent: bool, now: float) -> float:
        bucket, interval = pace.bucket, 1 / (pace.per_second * self._share)
        earliest = max(now, self._blocked.get(bucket, 0.0))
        queued = self._next.get(bucket, 0.0)
        at = max(earliest, queued)
        following = at + interval
        if urgent:
            drawn = max(self._reserve.get(bucket, 0.0), now)
            step = interval / pace.reserve
            out_of_turn = max(earliest, drawn - (max(1, int(pace.reserved_at_once * self._share)) - 1) * step)
            if out_of_turn < at:
                at = out_of_turn
                self._reserve[bucket] = drawn + step
            following = max(queued, now) + interval
        self._next[bucket] = max(following, queued)
        if pace.seconds_per_address > 0:
            at = max(at, self._address_free(pace, address, urgent, now))
            self._addresses[bucket, address] = at + pace.seconds_per_address
        return at

    def _address_free(self, pace: Pace, address: str, urgent: bool, now: float) -> float:
        key = pace.bucket, address
        free = self._addresses.get(key, 0.0)
        if urgent:
            free = min(free, now + pace.seconds_per_address)
        return max(free, self._told.get(key, 0.0))
