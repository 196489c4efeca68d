"""Any period in figures (F61): days, KPIs, cohorts, hours, baristas."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce

from services.reports.domain.cohorts import Cohort, cohorts, month_of, months_before
from services.reports.domain.day import Day
from services.reports.domain.figures import NOTHING, Figures
from services.reports.domain.kpis import CUSTOMER_DAYS, Kpi, kpis, united
from services.reports.domain.period import Period
from services.reports.domain.segments import Moves
from services.reports.store.shops import Shop
from services.reports.usecases.collaborators import Reports
from services.reports.usecases.segment_history import segment_history
from services.reports.usecases.settle_days import read_days

Hours = dict[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class DayLine:
    """A day, also one on which nothing happened; `guests` are different ones who bought, `segments` those of its end."""

    day: date
    figures: Figures
    guests: int
    segments: dict[str, int]


@dataclass(frozen=True, slots=True)
class PeriodDays:
    total: Figures
    guests: int
    days: list[DayLine]


async def show_days(shop: Shop, period: Period, service: Reports) -> PeriodDays:
    """Every day of the period."""
    found = await read_days(shop.slug, period.first, period.last, service, parts=("figures", "buyers"))
    history = await segment_history(shop.slug, period.last, service)
    ends = history.at_ends(period.days)
    nothing = Day()
    lines = []
    for each in period.days:
        day = found.get(each, nothing)
        lines.append(DayLine(each, day.figures, day.buyers.bit_count(), ends[each]))
    return PeriodDays(total_of(found.values()), united(day.buyers for day in found.values()).bit_count(), lines)


def total_of(days: Iterable[Day]) -> Figures:
    """All of them together."""
    return reduce(Figures.plus, (day.figures for day in days), NOTHING)


async def show_kpis(shop: Shop, period: Period, service: Reports) -> Sequence[Kpi]:
    """Customers at the start are known from the days before."""
    since = period.first - timedelta(days=CUSTOMER_DAYS)
    found = await read_days(shop.slug, since, period.last, service, parts=("figures", "buyers"))
    start, end = shop.calendar.midnight(period.first), shop.calendar.end(period.last)
    return kpis(
        period.first,
        period.last,
        total=total_of([day for each, day in found.items() if each >= period.first]),
        buyers={each: day.buyers for each, day in found.items()},
        scores=await service.facts.scores(shop.slug, start, end),
    )


async def show_cohorts(shop: Shop, months: int, service: Reports) -> list[Cohort]:
    """The last `months` months, this one included."""
    today = shop.calendar.day(service.clock.now())
    since = months_before(month_of(today), months - 1)
    found = await read_days(shop.slug, since, today, service, parts=("registered", "buyers"))
    registered = {each: day.registered for each, day in found.items()}
    return cohorts(registered, {each: day.buyers for each, day in found.items()}, since=since)


async def show_hours(shop: Shop, period: Period, service: Reports) -> Hours:
    """(purchases, revenue) by (weekday from 1, hour), only where something was bought."""
    purchases: Counter[tuple[int, int]] = Counter()
    revenue: Counter[tuple[int, int]] = Counter()
    found = await read_days(shop.slug, period.first, period.last, service, parts=("hours",))
    for day, each in found.items():
        for hour, (bought, paid) in enumerate(each.hours):
            if bought:
                purchases[day.isoweekday(), hour] += bought
                revenue[day.isoweekday(), hour] += paid
    return {cell: (count, revenue[cell]) for cell, count in sorted(purchases.items())}


async def show_staff(shop: Shop, period: Period, service: Reports) -> dict[str, Figures]:
    """Per barista, who sold most first."""
    found = await read_days(shop.slug, period.first, period.last, service, parts=("staff",))
    totals: dict[str, Figures] = {}
    for day in found.values():
        for name, figures in day.staff.items():
            totals[name] = totals.get(name, NOTHING).plus(figures)
    return dict(sorted(totals.items(), key=lambda line: (-line[1].purchases, line[0])))


async def show_flow(shop: Shop, period: Period, service: Reports) -> list[Moves]:
    """Who moved from which segment to which, day by day."""
    return (await segment_history(shop.slug, period.last, service)).moves_of(period.first, period.last)


async def show_totals(shop: Shop, service: Reports) -> Figures:
    """Of all days that anything is known of."""
    today = shop.calendar.day(service.clock.now())
    first = await service.days.first(shop.slug) or today
    found = await read_days(shop.slug, first, today + timedelta(days=1), service, parts=("figures",))
    return total_of(found.values())
