"""When a mailing starts: at once, at a moment, or again and again by the shop's clocks. Pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final, Literal

from bezkart.kernel.calendar import ShopCalendar

TO_CANCEL: Final = timedelta(seconds=4)
"""An immediate start waits so long: the time to take it back."""
_LONGEST_GAP: Final = 62
"""Days within which every schedule has a turn."""


@dataclass(frozen=True, slots=True)
class Now:
    kind: Literal["now"] = "now"


@dataclass(frozen=True, slots=True)
class At:
    at: datetime
    kind: Literal["at"] = "at"


@dataclass(frozen=True, slots=True)
class Weekly:
    """1 is Monday."""

    weekdays: tuple[int, ...]
    time: time
    kind: Literal["weekly"] = "weekly"


@dataclass(frozen=True, slots=True)
class Monthly:
    """`day` is 1 to 28: every month has it."""

    day: int
    time: time
    kind: Literal["monthly"] = "monthly"


Schedule = Now | At | Weekly | Monthly


def recurring(schedule: Schedule) -> bool:
    return isinstance(schedule, Weekly | Monthly)


def next_start(schedule: Schedule, after: datetime, calendar: ShopCalendar) -> datetime:
    """The first start later than `after`; of a moment that was named, that moment, whatever `after` is.

    A wall-clock time that a change of clocks leaves out moves forward; one that comes twice has its turn once.
    """
    match schedule:
        case Now():
            return after + TO_CANCEL
        case At(at=at):
            return at
    today = calendar.wall(after).date()
    for ahead in range(_LONGEST_GAP):
        day = today + timedelta(days=ahead)
        fits = day.isoweekday() in schedule.weekdays if isinstance(schedule, Weekly) else day.day == schedule.day
        if fits and (start := calendar.at(day, schedule.time)) > after:
            return start
    raise AssertionError("every schedule has a turn within two months")
