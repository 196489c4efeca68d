"""`/api/v1/feedback/live`: Server-Sent Events, a hint for each rating, message and answer."""

from collections.abc import AsyncIterable
from time import monotonic
from typing import Final

from fastapi import APIRouter
from fastapi.sse import EventSourceResponse, ServerSentEvent

from bezkart.kit.auth import Owner, RoleRequired, Unauthenticated
from bezkart.kit.problems import documented
from services.feedback.api.caller import PREFIX, Service
from services.feedback.usecases.announce import live_topic

STREAM_SECONDS: Final = 30
HEARTBEAT_SECONDS: Final = 5
RECONNECT_MS: Final = 500

router = APIRouter(prefix=PREFIX, tags=["feedback"], responses=documented(Unauthenticated, RoleRequired))


@router.get("/live", response_class=EventSourceResponse)
async def live(caller: Owner, service: Service) -> AsyncIterable[ServerSentEvent]:
    """`news` events with the kind of news. The stream ends after 30 s and the browser returns with a fresh token."""
    until = monotonic() + STREAM_SECONDS
    async with service.live.listen(live_topic(caller.shop)) as listener:
        yield ServerSentEvent(event="ready", raw_data="{}", retry=RECONNECT_MS)
        while monotonic() < until:
            if hint := await listener.next(HEARTBEAT_SECONDS):
                yield ServerSentEvent(event="news", raw_data=hint)
            else:
                yield ServerSentEvent(comment="still here")
