"""Live updates fanned out through Redis; a missed one is only a missed hint to look again."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import monotonic
from typing import Final

from fastapi.sse import ServerSentEvent
from redis.asyncio import Redis
from redis.asyncio.client import PubSub

STREAM_SECONDS: Final = 30
HEARTBEAT_SECONDS: Final = 5
RECONNECT_MS: Final = 500


class LiveUpdates:
    """Texts from whoever publishes on a topic to everybody who listens to it right now."""

    def __init__(self, redis: Redis, *, namespace: str) -> None:
        self._redis = redis
        self._namespace = namespace

    async def publish(self, topic: str, text: str) -> None:
        await self._redis.publish(self._namespace + topic, text)

    @asynccontextmanager
    async def listen(self, topic: str) -> AsyncIterator["Listener"]:
        """Everything published on `topic` from now on."""
        async with self._redis.pubsub(ignore_subscribe_messages=True) as pubsub:
            await pubsub.subscribe(self._namespace + topic)
            yield Listener(pubsub)

    async def stream(
        self, topic: str, event: str, *, shown: Callable[[str], str] = str
    ) -> AsyncIterator[ServerSentEvent]:
        """`event` for each text of the topic, as `shown` of it.

        Ends after 30 s and the browser returns with a fresh token: who was dismissed does not.
        """
        until = monotonic() + STREAM_SECONDS
        async with self.listen(topic) as listener:
            yield ServerSentEvent(event="ready", raw_data="{}", retry=RECONNECT_MS)
            while monotonic() < until:
                if text := await listener.next(HEARTBEAT_SECONDS):
                    yield ServerSentEvent(event=event, raw_data=shown(text))
                else:
                    yield ServerSentEvent(comment="still here")

    async def ping(self) -> None:
        """Raises when Redis does not answer."""
        await self._redis.ping()


class Listener:
    def __init__(self, pubsub: PubSub) -> None:
        self._pubsub = pubsub

    async def next(self, seconds: float) -> str | None:
        """The next text, None when none came within `seconds`."""
        until = monotonic() + seconds
        while (left := until - monotonic()) > 0:
            # The confirmation of a subscription comes as nothing at all, at once.
            if message := await self._pubsub.get_message(timeout=left):
                return str(message["data"])
        return None
