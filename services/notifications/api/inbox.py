"""`/api/v1/inbox`: a guest's messages as the web inbox keeps them. For the owner until guests can sign in; codes are not shown."""

from collections.abc import AsyncIterable
from datetime import datetime
from time import monotonic
from typing import Annotated, Final

import orjson
from fastapi import APIRouter, Depends, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel

from bezkart.kernel.errors import GuestNotFound
from bezkart.kit.auth import Owner, RoleRequired, Unauthenticated
from bezkart.kit.problems import documented
from services.notifications.api.service import Service, own_guest
from services.notifications.channels.inbox import live_topic
from services.notifications.domain.message import State
from services.notifications.usecases.merge_parked import DIGEST

STREAM_SECONDS: Final = 30
HEARTBEAT_SECONDS: Final = 5
RECONNECT_MS: Final = 500

router = APIRouter(
    prefix="/api/v1/inbox", tags=["inbox"], responses=documented(Unauthenticated, RoleRequired, GuestNotFound)
)

GuestIdParam = Annotated[str, Query(max_length=100)]


class InboxMessage(BaseModel):
    """`text` is null where only the guest may read it."""

    id: str
    template: str
    at: datetime
    text: str | None
    state: State


class InboxView(BaseModel):
    messages: list[InboxMessage]


async def _guest(guest_id: GuestIdParam, caller: Owner, service: Service) -> str:
    return own_guest(caller, guest_id, service)


Guest = Annotated[str, Depends(_guest)]


@router.get("")
async def inbox(
    guest: Guest, caller: Owner, service: Service, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> InboxView:
    """The guest's messages, newest first; without what has been wiped."""
    found = await service.messages.of_guest(caller.shop, guest, before=None, limit=limit)
    return InboxView(
        messages=[
            InboxMessage(
                id=each.id,
                template=each.template,
                at=each.created_at,
                text=None if each.secret else each.text,
                state=each.state,
            )
            for each in found
            if each.text is not None and each.template != DIGEST
        ]
    )


@router.get("/live", response_class=EventSourceResponse)
async def live(guest: Guest, caller: Owner, service: Service) -> AsyncIterable[ServerSentEvent]:
    """`message` events with the id of a message that has just come. The stream ends after 30 s and the browser returns."""
    until = monotonic() + STREAM_SECONDS
    async with service.live.listen(live_topic(caller.shop, guest)) as listener:
        yield ServerSentEvent(event="ready", raw_data="{}", retry=RECONNECT_MS)
        while monotonic() < until:
            if hint := await listener.next(HEARTBEAT_SECONDS):
                yield ServerSentEvent(event="message", raw_data=orjson.dumps({"id": orjson.loads(hint)["id"]}).decode())
            else:
                yield ServerSentEvent(comment="still here")
