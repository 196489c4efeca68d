"""KPIs of a period (F61), by definitions that can be recomputed by hand.

A **customer** at a moment is a guest who bought something in the `CUSTOMER_DAYS` days before it. A **visit** is a day on which a
guest bought something, however often.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from services.reports.domain.day import GuestKeys
from services.reports.domain.figures import Figures, percent, round_half_up

CUSTOMER_DAYS: Final = 60
ENOUGH: Final = 30

Name = Literal[
    "crr", "repeat-rate", "frequency", "average-ticket", "days-between-visits", "redemption-rate", "nps", "csat"
]
Unit = Literal["percent", "money", "days", "visits", "points"]
Buyers = Mapping[date, GuestKeys]


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


def customers_at_end(day: date, buyers: Buyers) -> set[int]:
    """Customers at the end of `day`."""
    days = [day - timedelta(days=ago) for ago in range(CUSTOMER_DAYS)]
    return set().union(*(buyers[each] for each in days if each in buyers))


def retention(first: date, last: date, buyers: Buyers) -> Kpi:
    """CRR = (E − N) / S · 100: S customers at the start, E at the end, N of those at the end who were none at the start."""
    at_start = customers_at_end(first - timedelta(days=1), buyers)
    at_end = customers_at_end(last, buyers)
    newly = len(at_end - at_start)
    return Kpi("crr", percent(len(at_end) - newly, len(at_start)), "percent", len(at_start))


def visits_in(first: date, last: date, buyers: Buyers) -> Visits:
    """Dictionaries that are filled day by day keep each guest's first and last visit."""
    days = sorted(day for day in buyers if first <= day <= last)
    ends: dict[int, int] = {}
    for day in days:
        ends.update(dict.fromkeys(buyers[day], day.toordinal()))
    starts: dict[int, int] = {}
    for day in reversed(days):
        starts.update(dict.fromkeys(buyers[day], day.toordinal()))
    return Visits(
        guests=len(ends),
        visits=sum(len(buyers[day]) for day in days),
        repeated=sum(starts[guest] != end for guest, end in ends.items()),
        days_between=sum(ends.values()) - sum(starts.values()),
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
