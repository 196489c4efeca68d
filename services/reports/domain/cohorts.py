"""Cohorts by month of registration: how many of each came back, month after month."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from services.reports.domain.day import Guests


@dataclass(frozen=True, slots=True)
class Cohort:
    """Guests registered in the month that begins at `month`; `returned[n]` of them bought in the n-th month after it."""

    month: date
    guests: int
    returned: tuple[int, ...]


def month_of(day: date) -> date:
    return day.replace(day=1)


def months_before(month: date, count: int) -> date:
    """The month that began `count` months earlier."""
    index = month.year * 12 + month.month - 1 - count
    return date(index // 12, index % 12 + 1, 1)


def cohorts(registered: Mapping[date, Guests], buyers: Mapping[date, Guests], *, since: date) -> list[Cohort]:
    """Every month from `since` to the last of which anything is known, also those in which nobody registered."""
    joined, active = _by_month(registered, since), _by_month(buyers, since)
    if not joined:
        return []
    last = max(*joined, *active, since)
    months = [since]
    while months[-1] < last:
        months.append(months_before(months[-1], -1))
    return [
        Cohort(
            month,
            joined.get(month, 0).bit_count(),
            tuple((joined.get(month, 0) & active.get(later, 0)).bit_count() for later in months[at:]),
        )
        for at, month in enumerate(months)
    ]


def _by_month(days: Mapping[date, Guests], since: date) -> dict[date, Guests]:
    found: dict[date, Guests] = defaultdict(int)
    for day, guests in days.items():
        if day >= since and guests:
            found[month_of(day)] |= guests
    return dict(found)
