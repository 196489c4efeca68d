"""`/api/v1/segments/live`: Server-Sent Events, one for each guest who moves to another segment."""

from collections.abc import AsyncIterable

from fastapi import APIRouter
from fastapi.sse import EventSourceResponse, ServerSentEvent

from bezkart.kit.auth import Owner, RoleRequired, Unauthenticated
from bezkart.kit.problems import documented
from services.segments.api.service import Service
from services.segments.usecases.announce_move import live_topic

router = APIRouter(prefix="/api/v1/segments", tags=["segments"], responses=documented(Unauthenticated, RoleRequired))


@router.get("/live", response_class=EventSourceResponse)
async def live(caller: Owner, service: Service) -> AsyncIterable[ServerSentEvent]:
    """`segment-changed` events. The stream ends after 30 s and the browser returns with a fresh token: a dismissed owner does not."""
    async for update in service.live.stream(live_topic(caller.shop), "segment-changed"):
        yield update
