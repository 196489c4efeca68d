"""Whether a promotion's time has come, by the shop's clock. Pure."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Literal

from bezkart.kernel.calendar import ShopCalendar
from bezkart.kernel.promotion import Conditions

Reason = Literal[
    "coupon",
    "segment",
    "first-purchase",
    "not-started",
    "over",
    "weekday",
    "hours",
    "items",
    "other-items",
    "amount-needed",
    "min-amount",
    "cups",
    "no-points",
    "no-stamps",
    "limit-guest",
    "limit-total",
    "limit-day",
    "better-one",
    "nothing-left",
]
"""Why a promotion did not apply: a condition that does not hold, or what stood in its way."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A moment as the shop's clock shows it: `day` is the ordinal of the date, `weekday` is 1 on Monday."""

    moment: datetime
    day: int
    weekday: int
    time: time

    @classmethod
    def at(cls, moment: datetime, calendar: ShopCalendar) -> "Clock":
        wall = calendar.wall(moment)
        return cls(moment, wall.toordinal(), wall.isoweekday(), wall.time())


def untimely(when: Conditions, clock: Clock) -> Reason | None:
    """Why not now; None if now."""
    if when.from_at and clock.moment < when.from_at:
        return "not-started"
    if when.until_at and clock.moment >= when.until_at:
        return "over"
    weekday = clock.weekday
    if when.from_time is not None and when.until_time is not None:
        overnight = when.until_time < when.from_time
        if overnight and clock.time < when.until_time:
            weekday = (weekday + 5) % 7 + 1  # the night began yesterday
        elif clock.time < when.from_time or (not overnight and clock.time >= when.until_time):
            return "hours"
    return "weekday" if when.weekdays and weekday not in when.weekdays else None
