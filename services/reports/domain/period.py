"""Whole days of the shop."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from services.reports.domain.errors import PeriodInvalid

LONGEST: Final = timedelta(days=366)
USUAL: Final = timedelta(days=29)


@dataclass(frozen=True, slots=True)
class Period:
    """Both days included."""

    first: date
    last: date

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=each) for each in range((self.last - self.first).days + 1)]


def period_of(first: date | None, last: date | None, today: date) -> Period:
    """By default the last thirty days. Raises PeriodInvalid."""
    last = last or today
    try:
        first = first or last - USUAL
    except OverflowError:
        raise PeriodInvalid(pointer="/from") from None
    if first > last or last - first > LONGEST or first.year < 1970 or last.year > today.year + 1:
        raise PeriodInvalid(pointer="/from")
    return Period(first, last)
