"""The caller in the domain's words, and the service's objects."""

from typing import Annotated

from fastapi import Depends, Request

from bezkart.kit.auth import Caller, Role
from services.purchases.domain.operation import Actor
from services.purchases.domain.program import Program
from services.purchases.domain.terms import Terms
from services.purchases.usecases.change_account import Wish
from services.purchases.usecases.collaborators import Purchases


def actor(caller: Caller) -> Actor:
    return Actor(caller.id, caller.role.value, is_owner=caller.role in {Role.OWNER, Role.OPS})


def wish(caller: Caller, key: str, guest_id: str) -> Wish:
    """The caller wants something of the guest's account changed."""
    return Wish(caller.shop, caller.calendar, caller.currency, actor(caller), key, guest_id)


def terms(caller: Caller, program: Program, service: Purchases) -> Terms:
    """What holds for the caller now."""
    return Terms(program, caller.calendar, service.clock.now(), actor(caller))


async def _service(request: Request) -> Purchases:
    service: Purchases = request.app.state.service
    return service


Service = Annotated[Purchases, Depends(_service)]
