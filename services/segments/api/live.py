"""`/api/v1/segments/live`: Server-Sent Events, one for each guest who moves to another segment."""

from collections.abc import AsyncIterable
from time import monotonic
from typing import Final

from fastapi import APIRouter
from fastapi.sse import EventSourceResponse, ServerSentEvent

from bezkart.kit.auth import Owner, RoleRequired, Unauthenticated
from bezkart.kit.problems import documented
from services.segments.api.service import Service
from services.segments.usecases.announce_move import live_topic

STREAM_SECONDS: Final = 30
HEARTBEAT_SECONDS: Final = 5
RECONNECT_MS: Final = 500

router = APIRouter(prefix="/api/v1/segments", tags=["segments"], responses=documented(Unauthenticated, RoleRequired))


@router.get("/live", response_class=EventSourceResponse)
async def live(caller: Owner, service: Service) -> AsyncIterable[ServerSentEvent]:
    """`segment-changed` events. The stream ends after 30 s and the browser returns with a fresh token: a dismissed owner does not."""
    until = monotonic() + STREAM_SECONDS
    async with service.live.listen(live_topic(caller.shop)) as listener:
        yield ServerSentEvent(event="ready", raw_data="{}", retry=RECONNECT_MS)
        while monotonic() < until:
            if move := await listener.next(HEARTBEAT_SECONDS):
                yield ServerSentEvent(event="segment-changed", raw_data=move)
            else:
                yield ServerSentEvent(comment="still here")
