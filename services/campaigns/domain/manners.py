"""How often and when guests may be told something they did not ask for (F33). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from bezkart.kernel.calendar import ShopCalendar

A_DAY: Final = timedelta(hours=24)
A_WEEK: Final = timedelta(days=7)
IN_A_WEEK: Final = 2
QUIET_FROM: Final = time(21)
QUIET_UNTIL: Final = time(9)
DROPPED_AFTER: Final = timedelta(hours=24)
"""What could not be sent within this is not worth sending any more."""
UNSUBSCRIBE: Final = "unsub"
"""What the button under every message of a campaign does."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A guest was reached by run `ref` (`<kind>:<id>:<run>`) of a campaign, or held back: then `variant` is `holdout`.

    `segment` is the guest's at that moment.
    """

    ref: str
    variant: str
    at: datetime
    segment: str | None


def free_at(sent: Sequence[datetime]) -> datetime | None:
    """From when the next one may be sent, given the moments of those that were, in any order: 1 in 24 hours, 2 in 7 days."""
    latest = sorted(sent)[-IN_A_WEEK:]
    if not latest:
        return None
    week = latest[0] + A_WEEK if len(latest) == IN_A_WEEK else latest[-1]
    return max(latest[-1] + A_DAY, week)


def quiet_until(now: datetime, calendar: ShopCalendar, *, ahead: timedelta = timedelta(0)) -> datetime | None:
    """The end of the quiet hours if it is quiet now, or will be within `ahead`; by the shop's clocks."""
    wall = calendar.wall(now)
    if wall.time() < QUIET_UNTIL:
        return calendar.at(wall.date(), QUIET_UNTIL)
    if now + ahead >= calendar.at(wall.date(), QUIET_FROM):
        return calendar.at(wall.date() + timedelta(days=1), QUIET_UNTIL)
    return None
