"""One rating of one purchase: asked → given | expired; the last answer within the hour wins (F50)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal, Self

from services.feedback.domain.errors import RatingExpired
from services.feedback.domain.guest import Visit

OPEN: Final = timedelta(hours=24)
CHANGEABLE: Final = timedelta(hours=1)
LOW: Final = 3
LONGEST_TEXT: Final = 2_000

State = Literal["asked", "given", "expired"]


@dataclass(frozen=True, slots=True)
class Rating:
    """`due` is when an unanswered request expires. `given_at` is the first answer: the hour counts from it."""

    id: str
    guest_id: str
    purchase_id: str
    purchased_at: datetime
    staff_id: str
    segment: str | None
    opened_at: datetime
    version: int = 0
    state: State = "asked"
    stars: int | None = None
    comment: str = ""
    given_at: datetime | None = None
    due: datetime | None = None

    @classmethod
    def about(cls, visit: Visit, *, rating_id: str, guest_id: str, segment: str | None, now: datetime) -> Self:
        """A rating that waits for its stars."""
        return cls(
            id=rating_id,
            guest_id=guest_id,
            purchase_id=visit.purchase_id,
            purchased_at=visit.at,
            staff_id=visit.staff_id,
            segment=segment,
            opened_at=now,
            due=now + OPEN,
        )

    @property
    def is_low(self) -> bool:
        """Whether the owner has to hear of it at once."""
        return self.stars is not None and self.stars <= LOW

    def answerable(self, now: datetime) -> bool:
        """Whether stars can be given or changed now."""
        if self.state == "given":
            return self.given_at is not None and now < self.given_at + CHANGEABLE
        return self.state == "asked" and self.due is not None and now < self.due

    def give(self, stars: int, comment: str | None, now: datetime) -> Self:
        """The same answer again is the same rating; without a comment the one before stays. Raises RatingExpired."""
        answered = replace(self, state="given", stars=stars, due=None, given_at=self.given_at or now)
        if comment is not None:
            answered = replace(answered, comment=comment)
        if answered == self:
            return self
        if not self.answerable(now):
            raise RatingExpired
        return answered
