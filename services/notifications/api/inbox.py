"""`/api/v1/inbox`: a guest's messages as the web inbox keeps them. A guest reads the own ones, the owner those of any guest.

Only the guest reads a code.
"""

from collections.abc import AsyncIterable
from datetime import datetime
from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import AwareDatetime, BaseModel, ConfigDict

from bezkart.kernel.errors import GuestNotFound
from bezkart.kit.auth import Caller, Guest, Role, RoleRequired, Unauthenticated, allow
from bezkart.kit.problems import documented
from services.notifications.api.service import Service, own_guest
from services.notifications.channels.inbox import live_topic
from services.notifications.domain.catalogue import OUTSIDE_INBOX
from services.notifications.domain.message import Message, State
from services.notifications.usecases.accept import in_inbox, open_text
from services.notifications.usecases.collaborators import Notifications

router = APIRouter(
    prefix="/api/v1/inbox", tags=["inbox"], responses=documented(Unauthenticated, RoleRequired, GuestNotFound)
)

Reader = Annotated[Caller, Depends(allow(Role.GUEST, Role.OWNER, Role.OPS))]


class ButtonView(BaseModel):
    """`action` says which call a tap is, such as `rate:<rating id>:<stars>`."""

    text: str
    action: str
    row: int


class InboxMessage(BaseModel):
    """`text` is null where only the guest may read it. Past `expires_at` buttons do nothing any more."""

    id: str
    template: str
    at: datetime
    text: str | None
    state: State
    buttons: list[ButtonView]
    expires_at: datetime
    read_at: datetime | None


class InboxView(BaseModel):
    messages: list[InboxMessage]
    unread: int


class Seen(BaseModel):
    """The `at` of the newest message that was seen."""

    model_config = ConfigDict(extra="forbid")

    up_to: AwareDatetime


class Unread(BaseModel):
    unread: int


async def _of(
    caller: Reader,
    service: Service,
    guest_id: Annotated[str | None, Query(max_length=100, description="For the owner: whose inbox")] = None,
) -> str:
    """Whose inbox it is. Raises GuestNotFound, also for a guest who asks for somebody else's."""
    if caller.role is not Role.GUEST:
        return own_guest(caller, guest_id or "", service)
    if guest_id not in {None, caller.id}:
        raise GuestNotFound
    return caller.id


Whose = Annotated[str, Depends(_of)]


@router.get("")
async def inbox(
    guest: Whose, caller: Reader, service: Service, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> InboxView:
    """The guest's messages, newest first; without what has been wiped."""
    found = await service.messages.of_guest(caller.shop, guest, before=None, limit=limit)
    return InboxView(
        messages=[_view(each, caller, service) for each in found if in_inbox(each)],
        unread=await service.messages.unread(caller.shop, guest, but=OUTSIDE_INBOX),
    )


@router.get("/live", response_class=EventSourceResponse)
async def live(guest: Whose, caller: Reader, service: Service) -> AsyncIterable[ServerSentEvent]:
    """`message` events with the id of a message that has just come. The stream ends after 30 s and the browser returns."""
    async for update in service.live.stream(live_topic(caller.shop, guest), "message", shown=_id_only):
        yield update


@router.post("/read")
async def read(body: Seen, caller: Guest, service: Service) -> Unread:
    """Everything up to then has been seen."""
    await service.messages.mark_read(caller.shop, caller.id, up_to=body.up_to, at=service.clock.now())
    return Unread(unread=await service.messages.unread(caller.shop, caller.id, but=OUTSIDE_INBOX))


def _id_only(hint: str) -> str:
    return orjson.dumps({"id": orjson.loads(hint)["id"]}).decode()


def _view(message: Message, caller: Caller, service: Notifications) -> InboxMessage:
    return InboxMessage(
        id=message.id,
        template=message.template,
        at=message.created_at,
        text=_text(message, caller, service),
        state=message.state,
        buttons=[ButtonView(text=each.text, action=each.action, row=each.row) for each in message.buttons],
        expires_at=message.expires_at,
        read_at=message.read_at,
    )


def _text(message: Message, caller: Caller, service: Notifications) -> str | None:
    """A secret is its guest's alone, and only as long as it is good for something."""
    if not message.secret:
        return message.text
    live_code = caller.role is Role.GUEST and service.clock.now() < message.expires_at
    return open_text(message, service) if live_code else None
