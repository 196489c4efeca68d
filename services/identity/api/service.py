"""The service's objects as a dependency."""

from typing import Annotated

from fastapi import Depends, Request

from services.identity.usecases.collaborators import Identity


async def _service(request: Request) -> Identity:
    service: Identity = request.app.state.service
    return service


Service = Annotated[Identity, Depends(_service)]
