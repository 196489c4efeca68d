"""The caller, what a request brings, and the service's objects."""

from typing import Annotated, Final

from fastapi import Depends, Request
from pydantic import Field

from bezkart.kernel.ids import new_id
from bezkart.kit.auth import Caller, Role, allow
from bezkart.kit.idempotency import KeyHeader, checked_key
from services.feedback.domain.rating import LONGEST_TEXT
from services.feedback.usecases.collaborators import Feedback

PREFIX: Final = "/api/v1/feedback"

Text = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
GuestOrOwner = Annotated[Caller, Depends(allow(Role.GUEST, Role.OWNER, Role.OPS))]


async def _service(request: Request) -> Feedback:
    service: Feedback = request.app.state.service
    return service


async def _key_if_any(idempotency_key: KeyHeader = None) -> str:
    """Without one, saying the same twice says it twice."""
    return new_id("once") if idempotency_key is None else await checked_key(idempotency_key)


Service = Annotated[Feedback, Depends(_service)]
OptionalKey = Annotated[str, Depends(_key_if_any)]
