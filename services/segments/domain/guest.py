"""What segments knows of a guest, built from events that may come twice and in any order. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from services.segments.domain.rules import Segment, Thresholds, Visits, classify, next_move


@dataclass(frozen=True, slots=True)
class AccountChange:
    """One version of the account: how many purchases each day gained or lost, and the state after it."""

    version: int
    days: tuple[tuple[date, int], ...]
    purchases: int
    last: date | None


@dataclass(frozen=True, slots=True)
class Move:
    """A change of segment; `previous` is None on the first classification."""

    previous: Segment | None
    next: Segment


@dataclass(frozen=True, slots=True)
class SegmentedGuest:
    """`purchases` and `last` come from the newest version of the account, `days` (purchases a day) from all of them.

    Every version up to `applied_through` has been counted, and those in `applied_ahead` (versions that overtook others).
    `registered` is None as long as only purchases are known; such a guest is in no segment yet.
    """

    id: str
    version: int = 0
    profile_version: int = 0
    registered: date | None = None
    account_version: int = 0
    purchases: int = 0
    last: date | None = None
    days: Mapping[date, int] = field(default_factory=dict)
    applied_through: int = 0
    applied_ahead: frozenset[int] = frozenset()
    segment: Segment | None = None
    since: date | None = None
    moves_on: date | None = None
    erased: bool = False

    def learn_profile(self, version: int, registered: date) -> "SegmentedGuest":
        """The day of registration, if this version of the profile is newer."""
        if self.erased or version <= self.profile_version:
            return self
        return replace(self, profile_version=version, registered=registered)

    def learn_account(self, change: AccountChange) -> "SegmentedGuest":
        """Count a version of the account that was not counted yet; take its state if it is the newest."""
        if self.erased or change.version <= self.applied_through or change.version in self.applied_ahead:
            return self
        through, ahead = self._applied(change.version)
        learned = replace(self, days=self._counted(change.days), applied_through=through, applied_ahead=ahead)
        if change.version <= self.account_version:
            return learned
        return replace(learned, account_version=change.version, purchases=change.purchases, last=change.last)

    def classify(self, today: date, thresholds: Thresholds) -> "SegmentedGuest":
        """The guest in the segment of `today`."""
        if self.registered is None or self.erased:
            return self
        visits = Visits(self.registered, self.purchases, self.last)
        # What the shop's clock calls tomorrow may already be in an event from another process: never look back.
        today = max(today, visits.last_sign, visits.registered)
        segment = classify(visits, today, thresholds)
        since = self.since if segment is self.segment else today
        return replace(self, segment=segment, since=since, moves_on=next_move(visits, today, thresholds))

    def erase(self) -> "SegmentedGuest":
        """Only the mark remains."""
        return SegmentedGuest(self.id, version=self.version, erased=True)

    def visits_by(self, day: date) -> Visits | None:
        """What was known at the end of `day`; None for a guest who was not registered yet."""
        if self.registered is None or self.registered > day:
            return None
        past = {each: count for each, count in self.days.items() if each <= day and count > 0}
        return Visits(self.registered, sum(past.values()), max(past, default=None))

    def _applied(self, version: int) -> tuple[int, frozenset[int]]:
        through, ahead = self.applied_through, self.applied_ahead | {version}
        while through + 1 in ahead:
            through += 1
            ahead -= {through}
        return through, ahead

    def _counted(self, changes: Iterable[tuple[date, int]]) -> dict[date, int]:
        days = dict(self.days)
        for day, gained in changes:
            days[day] = days.get(day, 0) + gained
        return {day: count for day, count in days.items() if count}


def move_between(before: SegmentedGuest, after: SegmentedGuest) -> Move | None:
    """The move that leads from one to the other, None if the segment stayed."""
    if after.segment is None or after.segment is before.segment:
        return None
    return Move(before.segment, after.segment)
