"""Redis: short-lived state only; every key has a TTL or an owner."""

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff


def connect(url: str) -> "Redis":
    """A client that fails fast: a missing Redis must not hold up a purchase."""
    return Redis.from_url(
        url, decode_responses=True, socket_timeout=2, socket_connect_timeout=1, retry=Retry(NoBackoff(), 1)
    )
