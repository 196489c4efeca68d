"""Ratings over a period, by day, barista and segment (F50)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from bezkart.kernel.calendar import ShopCalendar
from services.feedback.domain.errors import PeriodInvalid
from services.feedback.domain.statistics import Figures, figures, figures_by
from services.feedback.usecases.collaborators import Feedback

LONGEST: Final = timedelta(days=366)
USUAL: Final = timedelta(days=29)


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days of the shop, both included."""

    first: date
    last: date
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Statistics:
    """`opened`: how many visits could be rated in the period, for the share that was."""

    period: Period
    opened: int
    total: Figures
    by_day: dict[date, Figures]
    by_staff: dict[str, Figures]
    by_segment: dict[str | None, Figures]


def period_of(calendar: ShopCalendar, first: date | None, last: date | None, now: datetime) -> Period:
    """By default the last thirty days. Raises PeriodInvalid."""
    last = last or calendar.day(now)
    try:
        first = first or last - USUAL
        if first > last or last - first > LONGEST:
            raise PeriodInvalid(pointer="/from")
        return Period(first, last, calendar.midnight(first), calendar.end(last))
    except OverflowError:
        raise PeriodInvalid(pointer="/from") from None


async def count_ratings(shop: str, calendar: ShopCalendar, period: Period, service: Feedback) -> Statistics:
    cells = await service.ratings.cells(shop, period.start, period.end, timezone=calendar.timezone)
    return Statistics(
        period=period,
        opened=await service.ratings.opened(shop, period.start, period.end),
        total=figures(cells),
        by_day=figures_by(lambda cell: cell.day, cells),
        by_staff=figures_by(lambda cell: cell.staff_id, cells),
        by_segment=figures_by(lambda cell: cell.segment, cells),
    )
