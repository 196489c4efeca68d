"""A conversation of one guest with the owner (F51, F52)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal, Self

from bezkart.kernel.errors import IdempotencyKeyReused
from services.feedback.domain.errors import TooManyMessages

MOST_MESSAGES: Final = 200
"""Then the conversation goes on in a new thread: one document stays small."""
MOST_UNANSWERED: Final = 20
"""So many messages in a row may wait for an answer."""
MOST_OPEN: Final = 10
"""So many threads of one guest may wait at a time."""
REMIND_AFTER: Final = timedelta(hours=24)

Author = Literal["guest", "owner"]
State = Literal["open", "answered", "closed"]


@dataclass(frozen=True, slots=True)
class Message:
    """`staff_id` is empty for a guest's."""

    id: str
    author: Author
    text: str
    at: datetime
    staff_id: str = ""


@dataclass(frozen=True, slots=True)
class RatingNote:
    """The rating a thread is about, as it was last given."""

    rating_id: str
    version: int
    stars: int
    comment: str


@dataclass(frozen=True, slots=True)
class Thread:
    """`waiting_since`: the guest's first word without an answer. `due`: the owner is reminded then. `continued_in`: where it goes on."""

    id: str
    guest_id: str
    opened_at: datetime
    last_at: datetime
    version: int = 0
    state: State = "open"
    contact_me: bool = False
    rating: RatingNote | None = None
    messages: tuple[Message, ...] = ()
    waiting_since: datetime | None = None
    due: datetime | None = None
    continued_in: str | None = None

    @classmethod
    def begun(cls, thread_id: str, guest_id: str, now: datetime, *, contact_me: bool) -> Self:
        """A thread without words yet; nobody waits."""
        return cls(thread_id, guest_id, opened_at=now, last_at=now, contact_me=contact_me, state="answered")

    @classmethod
    def of_rating(cls, thread_id: str, guest_id: str, note: RatingNote, given_at: datetime) -> Self:
        """What a low rating opens: the owner is expected to say something within a day."""
        return cls(
            thread_id,
            guest_id,
            opened_at=given_at,
            last_at=given_at,
            rating=note,
            waiting_since=given_at,
            due=given_at + REMIND_AFTER,
        )

    @property
    def is_full(self) -> bool:
        return len(self.messages) >= MOST_MESSAGES

    def said(self, message_id: str, text: str) -> Message | None:
        """The message of that id, if it was said before. Raises IdempotencyKeyReused when it was another text."""
        for message in self.messages:
            if message.id == message_id:
                if message.text != text:
                    raise IdempotencyKeyReused
                return message
        return None

    def add(self, message: Message) -> Self:
        """One more message. Raises TooManyMessages."""
        if message.author == "guest" and self._unanswered() >= MOST_UNANSWERED:
            raise TooManyMessages
        added = replace(self, messages=(*self.messages, message), last_at=message.at)
        if message.author == "owner":
            return replace(added, state="answered", waiting_since=None, due=None)
        return replace(added, state="open", waiting_since=self.waiting_since or message.at)

    def note(self, note: RatingNote) -> Self:
        """The rating was given anew; the same object if that is no news."""
        if self.rating is None or note.version <= self.rating.version:
            return self
        return replace(self, rating=note)

    def close(self) -> Self:
        """Nobody waits any more; the same object if it is closed already."""
        if self.state == "closed":
            return self
        return replace(self, state="closed", waiting_since=None, due=None)

    def reminded(self) -> Self:
        """The owner is reminded once."""
        return replace(self, due=None)

    def continued(self, thread_id: str) -> Self:
        return replace(self.close(), continued_in=thread_id)

    def _unanswered(self) -> int:
        count = 0
        for message in reversed(self.messages):
            if message.author == "owner":
                break
            count += 1
        return count
