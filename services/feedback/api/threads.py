"""`/api/v1/feedback/threads`: conversations between a guest and the owner (F51)."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from bezkart.kernel.errors import GuestErased, IdempotencyKeyReused
from bezkart.kit.auth import Guest, Owner, Role, RoleRequired, Unauthenticated
from bezkart.kit.idempotency import IdempotencyKey, IdempotencyKeyMissing, OptionalKey
from bezkart.kit.problems import documented
from services.feedback.api.caller import PREFIX, GuestOrOwner, Service, Text
from services.feedback.api.cursors import cursor, position
from services.feedback.api.views import MessageView, RatingNoteView, ThreadView, thread_view
from services.feedback.domain.errors import (
    CursorUnknown,
    TextEmpty,
    ThreadNotFound,
    TooManyMessages,
)
from services.feedback.domain.thread import Author, State
from services.feedback.store.threads import Listed
from services.feedback.usecases import write_thread as writing
from services.feedback.usecases.write_thread import Speech

router = APIRouter(prefix=f"{PREFIX}/threads", tags=["feedback"], responses=documented(Unauthenticated, RoleRequired))


class MessageBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: Text

    def written(self) -> str:
        """As it was written. Raises TextEmpty."""
        if not self.text.strip():
            raise TextEmpty(pointer="/text")
        return self.text


class ThreadBody(MessageBody):
    contact_me: bool = False


class ThreadLine(BaseModel):
    """A thread in a list: its last message only, null when there are only stars."""

    id: str
    guest_id: str
    state: State
    contact_me: bool
    rating: RatingNoteView | None
    last_at: datetime
    waiting_since: datetime | None
    messages: int
    last_message: MessageView | None


class ThreadsPage(BaseModel):
    """`waiting` guests wait for an answer, on this page or not."""

    waiting: int
    threads: list[ThreadLine]
    next: str | None


@router.post(
    "",
    status_code=201,
    responses=documented(IdempotencyKeyMissing, IdempotencyKeyReused, TextEmpty, TooManyMessages, GuestErased),
)
async def begin(body: ThreadBody, key: IdempotencyKey, caller: Guest, service: Service) -> ThreadView:
    """Write to the owner."""
    speech = Speech(caller.shop, "guest", caller.id, body.written(), key)
    return thread_view(await writing.open_thread(speech, service, contact_me=body.contact_me))


@router.get("", responses=documented(CursorUnknown))
async def threads(
    caller: Owner,
    service: Service,
    state: State | Literal["all"] = "all",
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ThreadsPage:
    """The latest first, page by page."""
    found = await service.threads.page(caller.shop, state, after=position(after), limit=limit)
    last = found[-1].thread if len(found) == limit else None
    return ThreadsPage(
        waiting=(await service.threads.waiting(caller.shop)).threads,
        threads=[_line(listed) for listed in found],
        next=cursor(last.last_at, last.id) if last else None,
    )


@router.get("/{thread_id}", responses=documented(ThreadNotFound))
async def thread(thread_id: str, caller: Owner, service: Service) -> ThreadView:
    """With all messages."""
    return thread_view(await writing.load_thread(caller.shop, thread_id, service))


@router.post(
    "/{thread_id}/messages",
    responses=documented(ThreadNotFound, IdempotencyKeyMissing, IdempotencyKeyReused, TextEmpty, TooManyMessages),
)
async def say(
    thread_id: str, body: MessageBody, key: OptionalKey, caller: GuestOrOwner, service: Service
) -> ThreadView:
    """One more message of the guest or the owner; the answer is the thread it went into."""
    author: Author = "guest" if caller.role is Role.GUEST else "owner"
    speech = Speech(caller.shop, author, caller.id, body.written(), key)
    return thread_view(await writing.say(thread_id, speech, service))


@router.post("/{thread_id}/close", responses=documented(ThreadNotFound))
async def close(thread_id: str, caller: Owner, service: Service) -> ThreadView:
    """Put it away without an answer; the guest's next message opens it again."""
    return thread_view(await writing.close_thread(caller.shop, thread_id, service))


def _line(listed: Listed) -> ThreadLine:
    view = thread_view(listed.thread)
    return ThreadLine(
        id=view.id,
        guest_id=view.guest_id,
        state=view.state,
        contact_me=view.contact_me,
        rating=view.rating,
        last_at=view.last_at,
        waiting_since=view.waiting_since,
        messages=listed.count,
        last_message=view.messages[-1] if view.messages else None,
    )
