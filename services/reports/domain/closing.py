"""When the shop closes, and which day the report of that moment tells of (F60)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from bezkart.kernel.calendar import ShopCalendar

USUAL: Final = time(21)
NOON: Final = time(12)


@dataclass(frozen=True, slots=True)
class Closing:
    """The shop closes at `clock`, every day. A time before noon closes the day before: a bar's night belongs to its evening."""

    calendar: ShopCalendar
    clock: time = USUAL

    def of(self, day: date) -> datetime:
        """The moment at which the shop's `day` closes."""
        return self.calendar.at(day + self._later, self.clock)

    def day_closed_at(self, moment: datetime) -> date:
        """The last day that had closed by then."""
        day = self.calendar.day(moment) - self._later
        while self.of(day) > moment:
            day -= timedelta(days=1)
        return day

    @property
    def _later(self) -> timedelta:
        return timedelta(days=1 if self.clock < NOON else 0)


def parse_clock(text: str) -> time:
    """`21:30`."""
    hour, minute = text.split(":")
    return time(int(hour), int(minute))
