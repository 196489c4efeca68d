"""KPIs of a period (F61), by definitions that can be recomputed by hand.

A **customer** at a moment is a guest who bought something in the `CUSTOMER_DAYS` days before it. A **visit** is a day on which a
guest bought something, however often.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Final, Literal

from services.reports.domain.day import Guests
from services.reports.domain.figures import Figures, percent, round_half_up

CUSTOMER_DAYS: Final = 60
ENOUGH: Final = 30

Name = Literal[
    "crr", "repeat-rate", "frequency", "average-ticket", "days-between-visits", "redemption-rate", "nps", "csat"
]
Unit = Literal["percent", "money", "days", "visits", "points"]
Buyers = Mapping[date, Guests]


@dataclass(frozen=True, slots=True)
class Kpi:
    """`value` is None where there is nothing to divide by; `cases` is what it was divided by."""

    name: Name
    value: float | None
    unit: Unit
    cases: int

    @property
    def enough(self) -> bool:
        return self.cases >= ENOUGH


@dataclass(frozen=True, slots=True)
class Scores:
    """Answers to surveys: promoters gave 9 or 10, detractors 0 to 6."""

    promoters: int = 0
    detractors: int = 0
    answers: int = 0

    @property
    def nps(self) -> float | None:
        return percent(self.promoters - self.detractors, self.answers)


@dataclass(frozen=True, slots=True)
class Visits:
    """Of the guests who bought in a period: how many, their visits, how many came twice or more, and the days between visits."""

    guests: int
    visits: int
    repeated: int
    days_between: int


def customers_at_end(day: date, buyers: Buyers) -> Guests:
    """Customers at the end of `day`."""
    return united(buyers.get(day - timedelta(days=ago), 0) for ago in range(CUSTOMER_DAYS))


def united(sets: Iterable[Guests]) -> Guests:
    return reduce(or_, sets, 0)


def retention(first: date, last: date, buyers: Buyers) -> Kpi:
    """CRR = (E − N) / S · 100: S customers at the start, E at the end, N of those at the end who were none at the start."""
    at_start = customers_at_end(first - timedelta(days=1), buyers)
    at_end = customers_at_end(last, buyers)
    newly = (at_end & ~at_start).bit_count()
    customers = at_start.bit_count()
    return Kpi("crr", percent(at_end.bit_count() - newly, customers), "percent", customers)


def visits_in(first: date, last: date, buyers: Buyers) -> Visits:
    """Between a guest's first and last day lie all gaps between visits."""
    days = sorted(day for day in buyers if first <= day <= last)
    seen: Guests = 0
    again: Guests = 0
    days_between = 0
    for day in days:
        again |= seen & buyers[day]
        days_between -= day.toordinal() * (buyers[day] & ~seen).bit_count()
        seen |= buyers[day]
    left = seen
    for day in reversed(days):
        days_between += day.toordinal() * (buyers[day] & left).bit_count()
        left &= ~buyers[day]
    return Visits(
        guests=seen.bit_count(),
        visits=sum(buyers[day].bit_count() for day in days),
        repeated=again.bit_count(),
        days_between=days_between,
    )


def kpis(first: date, last: date, *, total: Figures, buyers: Buyers, scores: Scores) -> Sequence[Kpi]:
    """All of them; `buyers` reach `CUSTOMER_DAYS` days further back than the period."""
    seen = visits_in(first, last, buyers)
    again = seen.visits - seen.guests
    known = total.purchases - total.erased_purchases
    return (
        retention(first, last, buyers),
        Kpi("repeat-rate", percent(seen.repeated, seen.guests), "percent", seen.guests),
        Kpi("frequency", round(known / seen.guests, 2) if seen.guests else None, "visits", seen.guests),
        Kpi("average-ticket", round_half_up(total.revenue, total.billed), "money", total.billed),
        Kpi("days-between-visits", round(seen.days_between / again, 1) if again else None, "days", again),
        Kpi("redemption-rate", percent(total.gifts, total.gifts_earned), "percent", total.gifts_earned),
        Kpi("nps", scores.nps, "points", scores.answers),
        Kpi("csat", total.csat, "percent", total.ratings),
    )
