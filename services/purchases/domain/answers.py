"""Idempotency: the answers an account remembers for a day, by key."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bezkart.kernel.errors import IdempotencyKeyReused

REMEMBERED: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered to `key`: `body` is the JSON text, `digest` tells the request it belongs to."""

    key: str
    digest: str
    at: datetime
    body: str


def request_digest(*parts: object) -> str:
    """The same request gives the same digest."""
    return hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()[:32]


def answered(answers: Sequence[Answer], key: str, digest: str, now: datetime) -> Answer | None:
    """The remembered answer. Raises IdempotencyKeyReused when the key came with another request.

    After a day a key is as good as new, even where nothing has pushed the old answer out: tills count their receipts anew each day.
    """
    for answer in answers:
        if answer.key == key and now - answer.at < REMEMBERED:
            if answer.digest != digest:
                raise IdempotencyKeyReused
            return answer
    return None


def remembered(answers: Sequence[Answer], answer: Answer) -> tuple[Answer, ...]:
    """The answers to keep from now on."""
    return (*(old for old in answers if answer.at - old.at < REMEMBERED), answer)
