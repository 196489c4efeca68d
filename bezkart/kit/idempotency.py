"""The `Idempotency-Key` of a request that moves value: repeated, it gets the answer it got before."""

from typing import Annotated

from fastapi import Depends, Header

from bezkart.kernel.errors import DomainError, Kind
from bezkart.kernel.ids import new_id

KeyHeader = Annotated[str | None, Header(description="8 to 200 visible characters, kept for 24 h")]


class IdempotencyKeyMissing(DomainError):
    """Without one nobody can tell a repeat from another wish."""

    kind = Kind.MALFORMED
    slug = "idempotency-key-missing"
    title = "Send an Idempotency-Key of 8 to 200 visible characters"


async def checked_key(idempotency_key: KeyHeader = None) -> str:
    """FastAPI dependency. Raises IdempotencyKeyMissing, also for a key that is none."""
    key = idempotency_key or ""
    if not (8 <= len(key) <= 200 and key.isascii() and key.isprintable()):
        raise IdempotencyKeyMissing
    return key


IdempotencyKey = Annotated[str, Depends(checked_key)]


async def _key_if_any(idempotency_key: KeyHeader = None) -> str:
    """Without one, saying the same twice says it twice."""
    return new_id("once") if idempotency_key is None else await checked_key(idempotency_key)


OptionalKey = Annotated[str, Depends(_key_if_any)]
