"""`/api/v1/feedback/live`: Server-Sent Events, a hint for each rating, message and answer."""

from collections.abc import AsyncIterable

from fastapi import APIRouter
from fastapi.sse import EventSourceResponse, ServerSentEvent

from bezkart.kit.auth import Owner, RoleRequired, Unauthenticated
from bezkart.kit.problems import documented
from services.feedback.api.caller import PREFIX, Service
from services.feedback.usecases.announce import live_topic

router = APIRouter(prefix=PREFIX, tags=["feedback"], responses=documented(Unauthenticated, RoleRequired))


@router.get("/live", response_class=EventSourceResponse)
async def live(caller: Owner, service: Service) -> AsyncIterable[ServerSentEvent]:
    """`news` events with the kind of news. The stream ends after 30 s and the browser returns with a fresh token."""
    async for update in service.live.stream(live_topic(caller.shop), "news"):
        yield update
