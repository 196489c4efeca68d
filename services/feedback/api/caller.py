"""The caller, what a request brings, and the service's objects."""

from typing import Annotated, Final

from fastapi import Depends, Request
from pydantic import Field

from bezkart.kit.auth import Caller, Role, allow
from services.feedback.domain.rating import LONGEST_TEXT
from services.feedback.usecases.collaborators import Feedback

PREFIX: Final = "/api/v1/feedback"

Text = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
GuestOrOwner = Annotated[Caller, Depends(allow(Role.GUEST, Role.OWNER, Role.OPS))]


async def _service(request: Request) -> Feedback:
    service: Feedback = request.app.state.service
    return service


Service = Annotated[Feedback, Depends(_service)]
