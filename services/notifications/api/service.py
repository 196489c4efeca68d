"""The service's objects as a dependency, and guests who are of the caller's shop."""

from typing import Annotated

from fastapi import Depends, Request

from bezkart.kernel.errors import GuestNotFound
from bezkart.kit.auth import Caller, Role, allow
from services.notifications.usecases.collaborators import Notifications


async def _service(request: Request) -> Notifications:
    service: Notifications = request.app.state.service
    return service


Service = Annotated[Notifications, Depends(_service)]
Support = Annotated[Caller, Depends(allow(Role.OPS))]


def own_guest(caller: Caller, guest_id: str, service: Notifications) -> str:
    """Raises GuestNotFound for an invented or a foreign one."""
    if not service.guest_ids.recognises(caller.shop, guest_id):
        raise GuestNotFound
    return guest_id
