"""The caller, what a request brings, and the service's objects."""

from typing import Annotated

from fastapi import Depends, Request

from bezkart.kernel.ids import new_id
from bezkart.kit.auth import Caller, Role, allow
from bezkart.kit.idempotency import KeyHeader, checked_key
from services.campaigns.domain.errors import GROWTH, PRO, require_plan
from services.campaigns.usecases.collaborators import Campaigns


async def _service(request: Request) -> Campaigns:
    service: Campaigns = request.app.state.service
    return service


_Owner = Annotated[Caller, Depends(allow(Role.OWNER, Role.OPS))]


async def _with_growth(caller: _Owner) -> Caller:
    require_plan(caller.plan, GROWTH)
    return caller


async def _with_pro(caller: _Owner) -> Caller:
    require_plan(caller.plan, PRO)
    return caller


async def _key_if_any(idempotency_key: KeyHeader = None) -> str:
    """Without one, making the same twice makes two."""
    return new_id("once") if idempotency_key is None else await checked_key(idempotency_key)


Service = Annotated[Campaigns, Depends(_service)]
GrowthOwner = Annotated[Caller, Depends(_with_growth)]
"""An owner whose plan has mailings. Raises PlanRequired."""
ProOwner = Annotated[Caller, Depends(_with_pro)]
"""An owner whose plan has promotions, triggers and experiments. Raises PlanRequired."""
OptionalKey = Annotated[str, Depends(_key_if_any)]
