"""The caller, what a request brings, and the service's objects."""

from typing import Annotated, Final

from fastapi import Depends, Header, Request
from pydantic import Field

from bezkart.kernel.ids import new_id
from bezkart.kit.auth import Caller, Role, allow
from services.feedback.domain.errors import IdempotencyKeyMissing
from services.feedback.domain.rating import LONGEST_TEXT
from services.feedback.usecases.collaborators import Feedback

PREFIX: Final = "/api/v1/feedback"

Text = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
GuestOrOwner = Annotated[Caller, Depends(allow(Role.GUEST, Role.OWNER, Role.OPS))]


async def _service(request: Request) -> Feedback:
    service: Feedback = request.app.state.service
    return service


KeyHeader = Annotated[str | None, Header(description="8 to 200 visible characters")]


async def _key(idempotency_key: KeyHeader = None) -> str:
    return _checked(idempotency_key or "")


async def _key_if_any(idempotency_key: KeyHeader = None) -> str:
    """Without one, saying the same twice says it twice."""
    return new_id("once") if idempotency_key is None else _checked(idempotency_key)


def _checked(key: str) -> str:
    if not (8 <= len(key) <= 200 and key.isascii() and key.isprintable()):
        raise IdempotencyKeyMissing
    return key


Service = Annotated[Feedback, Depends(_service)]
IdempotencyKey = Annotated[str, Depends(_key)]
OptionalKey = Annotated[str, Depends(_key_if_any)]
