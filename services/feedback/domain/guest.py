"""A guest as feedback knows one: recent visits, and when to ask what they were like (F50)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Self

QUIET: Final = timedelta(days=14)
"""A guest is asked for one rating in this time."""
RATEABLE: Final = timedelta(hours=24)
"""So long a visit is worth a question."""
KEPT: Final = timedelta(hours=48)
"""Visits older than the newest by more than this are forgotten: nothing asks about them any more."""
SECOND_LOOK: Final = timedelta(minutes=5)
"""After an erasure it is looked once more for what was being written at that moment."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A purchase; `staff_id` recorded it."""

    purchase_id: str
    at: datetime
    staff_id: str
    undone: bool = False

    def merged(self, other: "Visit") -> "Visit":
        """What both say of one purchase. That it was undone stays true, whichever of them came first."""
        recorded = self if other.undone else other
        return replace(recorded, undone=self.undone or other.undone)


@dataclass(frozen=True, slots=True)
class Account:
    """What an event says of the guest's account as a whole; the newer `version` holds."""

    version: int
    last_purchase_at: datetime | None


@dataclass(frozen=True, slots=True)
class Guest:
    """`opened` counts the ratings that were opened, asked for or not; `due` is when it is decided whether to ask."""

    id: str
    version: int = 0
    account_version: int = 0
    last_purchase_at: datetime | None = None
    visits: tuple[Visit, ...] = ()
    segment: str | None = None
    segment_version: int = 0
    opened: int = 0
    opened_at: datetime | None = None
    rating_id: str | None = None
    due: datetime | None = None
    erased: bool = False

    def learn_visits(self, visits: tuple[Visit, ...], account: Account, *, delay: timedelta) -> Self:
        """In any order and any number of times, the result is the same; the same object when nothing is new."""
        if self.erased:
            return self
        learned = self._with_account(account)
        known = {visit.purchase_id: visit for visit in learned.visits}
        for visit in visits:
            known[visit.purchase_id] = known[visit.purchase_id].merged(visit) if visit.purchase_id in known else visit
        newest = max((visit.at for visit in known.values()), default=None)
        standing = (visit for visit in known.values() if newest and newest - visit.at <= KEPT)
        kept = tuple(sorted(standing, key=lambda visit: (visit.at, visit.purchase_id)))
        if kept == self.visits:
            return learned
        learned = replace(learned, visits=kept)
        return replace(learned, due=learned._next_due(delay))

    def learn_segment(self, segment: str, version: int) -> Self:
        if self.erased or version <= self.segment_version:
            return self
        return replace(self, segment=segment, segment_version=version)

    def last_visit(self, now: datetime) -> Visit | None:
        """The purchase that can be rated now."""
        standing = [each for each in self.visits if not each.undone and now - each.at < RATEABLE]
        return standing[-1] if standing else None

    def to_ask_about(self, now: datetime) -> Visit | None:
        """The visit to ask about now, if any: an undone purchase is none, and nobody is asked twice in `QUIET`."""
        if self.erased or (self.opened_at and now - self.opened_at < QUIET):
            return None
        return self.last_visit(now)

    def with_rating(self, rating_id: str, now: datetime) -> Self:
        """A rating was opened."""
        return replace(self, opened=self.opened + 1, opened_at=now, rating_id=rating_id, due=None)

    def left_alone(self) -> Self:
        """It was decided not to ask."""
        return replace(self, due=None)

    def erase(self, now: datetime) -> Self:
        """Only the mark stays."""
        return replace(type(self)(self.id, version=self.version), erased=True, due=now + SECOND_LOOK)

    def _with_account(self, account: Account) -> Self:
        if account.version <= self.account_version:
            return self
        return replace(self, account_version=account.version, last_purchase_at=account.last_purchase_at)

    def _next_due(self, delay: timedelta) -> datetime | None:
        standing = [each.at + delay for each in self.visits if not each.undone]
        if not standing or (self.opened_at and standing[-1] < self.opened_at + QUIET):
            return None
        return standing[-1]
