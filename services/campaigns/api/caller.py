"""The caller, what a request brings, and the service's objects."""

from typing import Annotated

from fastapi import Depends, Request

from bezkart.kit.auth import Caller, Role, allow
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


Service = Annotated[Campaigns, Depends(_service)]
GrowthOwner = Annotated[Caller, Depends(_with_growth)]
"""An owner whose plan has mailings. Raises PlanRequired."""
ProOwner = Annotated[Caller, Depends(_with_pro)]
"""An owner whose plan has promotions, triggers and experiments. Raises PlanRequired."""
