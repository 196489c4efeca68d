"""Redis: updates that are taken and not done yet, and where each person is in a dialogue.

`bot:update:{bot}:{id}` tells a repeated update (24 h), `bot:due:{bot}` and `bot:taken:{bot}` hold those under way,
`bot:talk:{bot}:{person}` is a dialogue (7 days). A flushed Redis costs a person the way back to the menu.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from typing import Final

import orjson
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

REMEMBERED_SECONDS: Final = 86_400
TALK_SECONDS: Final = 7 * 86_400
LEASE_SECONDS: Final = 30.0

_TAKE: Final = """
if not redis.call('SET', KEYS[1], '1', 'NX', 'EX', ARGV[1]) then return 0 end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
redis.call('ZADD', KEYS[3], redis.call('TIME')[1] + ARGV[4], ARGV[2])
return 1
"""
_CLAIM: Final = """
local now = tonumber(redis.call('TIME')[1])
local due = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[1] == '1' and '+inf' or now, 'LIMIT', 0, ARGV[3])
local found = {}
for _, id in ipairs(due) do
  local body = redis.call('HGET', KEYS[1], id)
  if body then
    redis.call('ZADD', KEYS[2], now + ARGV[2], id)
    found[#found + 1] = body
  else
    redis.call('ZREM', KEYS[2], id)
  end
end
return found
"""
_HOLD: Final = """
local until_ = redis.call('TIME')[1] + ARGV[1]
for i = 2, #ARGV do redis.call('ZADD', KEYS[1], 'XX', until_, ARGV[i]) end
"""


class Journal:
    """Updates between the moment Telegram was told that they arrived and the end of the work on them.

    One that its process does not renew is anybody's after `LEASE_SECONDS`: a killed bot loses nothing.
    """

    def __init__(self, redis: Redis, *, namespace: str = "") -> None:
        self._redis = redis
        self._prefix = f"{namespace}bot"
        self._take_script = redis.register_script(_TAKE)
        self._claim_script = redis.register_script(_CLAIM)
        self._hold_script = redis.register_script(_HOLD)

    async def take(self, bot: int, update_id: int, body: bytes) -> bool:
        """False for one that was taken before."""
        keys = [f"{self._prefix}:update:{bot}:{update_id}", self._taken(bot), self._due(bot)]
        return bool(await self._take_script(keys=keys, args=[REMEMBERED_SECONDS, update_id, body, LEASE_SECONDS]))

    async def done(self, bot: int, update_id: int) -> None:
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hdel(self._taken(bot), str(update_id))
            pipe.zrem(self._due(bot), str(update_id))
            await pipe.execute()

    async def claim(self, bot: int, *, everything: bool = False, most: int = 200) -> list[bytes]:
        """Those nobody works on any more; at the start of the only process, all."""
        args = ["1" if everything else "0", LEASE_SECONDS, most]
        found = await self._claim_script(keys=[self._taken(bot), self._due(bot)], args=args)
        return [each.encode() for each in found]

    async def hold(self, bot: int, update_ids: Iterable[int]) -> None:
        """Still at work on these."""
        if listed := list(update_ids):
            await self._hold_script(keys=[self._due(bot)], args=[LEASE_SECONDS, *listed])

    async def size(self, bot: int) -> int:
        return int(await self._redis.zcard(self._due(bot)))

    def _taken(self, bot: int) -> str:
        return f"{self._prefix}:taken:{bot}"

    def _due(self, bot: int) -> str:
        return f"{self._prefix}:due:{bot}"


@dataclass(slots=True)
class Talk:
    """Where a person is. `step` names what the next text means, `notes` what was said so far; `screen` is the message that is edited.

    `role` is that of one who works in the shop. `acting` is what he was last: a text without a step is then a search for a guest,
    or a call for the menu.
    """

    shop: str = ""
    shop_name: str = ""
    timezone: str = ""
    acting: str = "guest"
    role: str = ""
    step: str = ""
    notes: dict[str, str] = field(default_factory=dict)
    screen: int = 0
    language: str = ""

    def expect(self, step: str, **notes: str) -> None:
        """The next text is the answer to `step`."""
        self.step = step
        self.notes = notes

    def rest(self) -> None:
        """Nothing is being waited for."""
        self.expect("")


_TALK_FIELDS: Final = {each.name for each in fields(Talk)}


class Talks:
    """Dialogues, of all bots. Without Redis everybody is at the beginning: screens work on, what was half said is asked anew."""

    def __init__(self, redis: Redis, *, namespace: str = "") -> None:
        self._redis = redis
        self._prefix = f"{namespace}bot:talk"

    async def load(self, bot: int, person: int) -> Talk:
        try:
            raw = await self._redis.get(self._key(bot, person))
        except RedisError as error:
            log.warning("talk_not_read", error=type(error).__name__)
            return Talk()
        known = orjson.loads(raw) if raw else {}
        return Talk(**{name: value for name, value in known.items() if name in _TALK_FIELDS})

    async def save(self, bot: int, person: int, talk: Talk) -> None:
        try:
            await self._redis.set(self._key(bot, person), orjson.dumps(asdict(talk)), ex=TALK_SECONDS)
        except RedisError as error:
            log.warning("talk_not_saved", error=type(error).__name__)

    async def forget(self, bot: int, person: int) -> None:
        """The person has blocked the bot, or wants to be forgotten."""
        try:
            await self._redis.delete(self._key(bot, person))
        except RedisError as error:
            log.warning("talk_not_forgotten", error=type(error).__name__)

    def _key(self, bot: int, person: int) -> str:
        return f"{self._prefix}:{bot}:{person}"
