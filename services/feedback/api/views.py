"""What is answered about ratings and threads, to guests and owners alike."""

from datetime import datetime

from pydantic import BaseModel

from services.feedback.domain.rating import CHANGEABLE, Rating
from services.feedback.domain.rating import State as RatingState
from services.feedback.domain.thread import Author, Thread
from services.feedback.domain.thread import State as ThreadState


class RatingView(BaseModel):
    """`open_until`: so long stars can be given or changed; null when they no longer can."""

    id: str
    state: RatingState
    stars: int | None
    comment: str
    purchased_at: datetime
    given_at: datetime | None
    open_until: datetime | None


class RatingNoteView(BaseModel):
    rating_id: str
    stars: int
    comment: str


class MessageView(BaseModel):
    id: str
    author: Author
    text: str
    at: datetime


class ThreadView(BaseModel):
    """`waiting_since`: nobody has answered since then. `continued_in`: the thread where a long conversation goes on."""

    id: str
    guest_id: str
    state: ThreadState
    contact_me: bool
    rating: RatingNoteView | None
    opened_at: datetime
    last_at: datetime
    waiting_since: datetime | None
    continued_in: str | None
    messages: list[MessageView]


def rating_view(rating: Rating) -> RatingView:
    open_until = rating.given_at + CHANGEABLE if rating.given_at else rating.due
    return RatingView(
        id=rating.id,
        state=rating.state,
        stars=rating.stars,
        comment=rating.comment,
        purchased_at=rating.purchased_at,
        given_at=rating.given_at,
        open_until=open_until,
    )


def thread_view(thread: Thread) -> ThreadView:
    """With all messages."""
    note = thread.rating
    return ThreadView(
        id=thread.id,
        guest_id=thread.guest_id,
        state=thread.state,
        contact_me=thread.contact_me,
        rating=RatingNoteView(rating_id=note.rating_id, stars=note.stars, comment=note.comment) if note else None,
        opened_at=thread.opened_at,
        last_at=thread.last_at,
        waiting_since=thread.waiting_since,
        continued_in=thread.continued_in,
        messages=[MessageView(id=each.id, author=each.author, text=each.text, at=each.at) for each in thread.messages],
    )
