"""What waits to be said to one guest: the occasions of triggers, and when each trigger spoke last. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self


@dataclass(frozen=True, slots=True)
class Occasion:
    """`at` it happened, `due` the guest is to be told."""

    at: datetime
    due: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """What a guest's agenda knows of one trigger: the newest occasion, when it is due, and when the guest was reached last."""

    trigger_id: str
    at: datetime
    due: datetime | None
    reached_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class GuestAgenda:
    """The occasions of one guest. The same facts in any order and number give the same agenda."""

    entries: tuple[Entry, ...] = ()

    def note(self, trigger_id: str, occasion: Occasion, period: timedelta) -> Self:
        """An occasion older than the newest one is over; one within the period after the guest was reached is none."""
        known = self.entry(trigger_id)
        if known and (occasion.at <= known.at or (known.reached_at and occasion.at < known.reached_at + period)):
            return self
        reached_at = known.reached_at if known else None
        return self._with(Entry(trigger_id, occasion.at, occasion.due, reached_at))

    def due(self, now: datetime) -> tuple[Entry, ...]:
        return tuple(each for each in self.entries if each.due and each.due <= now)

    def next_due(self) -> datetime | None:
        return min((each.due for each in self.entries if each.due), default=None)

    def settled(self, done: Entry, period: timedelta, *, reached_at: datetime | None) -> Self:
        """The occasion was dealt with; whoever was not reached stays open for the next one.

        One that came meanwhile stays due, unless it lies in the period of this one.
        """
        known = self.entry(done.trigger_id)
        if known is None:
            return self
        over = known.at == done.at or (reached_at is not None and known.at < reached_at + period)
        due = None if over else known.due
        return self._with(replace(known, due=due, reached_at=reached_at or known.reached_at))

    def entry(self, trigger_id: str) -> Entry | None:
        return next((each for each in self.entries if each.trigger_id == trigger_id), None)

    def forget(self, trigger_id: str) -> Self:
        """A trigger that is no more."""
        return replace(self, entries=tuple(each for each in self.entries if each.trigger_id != trigger_id))

    def _with(self, entry: Entry) -> Self:
        others = (each for each in self.entries if each.trigger_id != entry.trigger_id)
        return replace(self, entries=tuple(sorted((*others, entry), key=lambda each: each.trigger_id)))
