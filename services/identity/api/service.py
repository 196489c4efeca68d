"""The service's objects as a dependency, and the callers that only identity knows."""

from typing import Annotated

from fastapi import Depends, Request

from bezkart.kit.auth import Caller, Role, RoleRequired, current_caller
from services.identity.usecases.collaborators import Identity


async def _service(request: Request) -> Identity:
    service: Identity = request.app.state.service
    return service


async def _platform(caller: Annotated[Caller, Depends(current_caller)]) -> Caller:
    if caller.role is not Role.OPS or caller.shop:
        raise RoleRequired
    return caller


Service = Annotated[Identity, Depends(_service)]
Platform = Annotated[Caller, Depends(_platform)]
