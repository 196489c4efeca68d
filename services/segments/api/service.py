"""The service's objects as a dependency."""

from typing import Annotated

from fastapi import Depends, Request

from services.segments.usecases.collaborators import Segments


async def _service(request: Request) -> Segments:
    service: Segments = request.app.state.service
    return service


Service = Annotated[Segments, Depends(_service)]
