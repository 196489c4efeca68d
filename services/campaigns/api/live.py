"""`/api/v1/mailings/live`: Server-Sent Events, a hint whenever a mailing moved."""

from collections.abc import AsyncIterable

from fastapi import APIRouter
from fastapi.sse import EventSourceResponse, ServerSentEvent

from bezkart.kit.auth import RoleRequired, Unauthenticated
from bezkart.kit.problems import documented
from services.campaigns.api.caller import GrowthOwner, Service
from services.campaigns.domain.errors import PlanRequired
from services.campaigns.usecases.announce import live_topic

router = APIRouter(
    prefix="/api/v1/mailings", tags=["mailings"], responses=documented(Unauthenticated, RoleRequired, PlanRequired)
)


@router.get("/live", response_class=EventSourceResponse)
async def live(caller: GrowthOwner, service: Service) -> AsyncIterable[ServerSentEvent]:
    """`mailing` events with the id of the mailing. The stream ends after 30 s and the browser returns with a fresh token."""
    async for update in service.live.stream(live_topic(caller.shop), "mailing"):
        yield update
