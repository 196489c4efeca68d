"""Which exceptions mean that a store is away, so that waiting helps."""

from typing import Final

from pymongo.errors import (
    ConnectionFailure,
    ExecutionTimeout,
    NetworkTimeout,
    WaitQueueTimeoutError,
    WriteConcernError,
    WTimeoutError,
)
from redis.exceptions import RedisError

STORE_GONE: Final = (
    ConnectionFailure,
    NetworkTimeout,
    ExecutionTimeout,
    WaitQueueTimeoutError,
    WriteConcernError,
    WTimeoutError,
    RedisError,
)
