"""Which chart of what, and its picture."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Final

from bezkart.kit.glossary import Words
from services.reports.domain.period import Period
from services.reports.store.shops import Shop
from services.reports.usecases.charts.daily import daily_chart
from services.reports.usecases.charts.days import days_chart
from services.reports.usecases.charts.segments import flow_chart, segments_chart
from services.reports.usecases.charts.style import Definition
from services.reports.usecases.charts.tables import cohorts_chart, hours_chart
from services.reports.usecases.collaborators import Reports
from services.reports.usecases.segment_history import segment_history
from services.reports.usecases.show_daily import show_daily
from services.reports.usecases.show_period import show_cohorts, show_days, show_flow, show_hours

COHORT_MONTHS: Final = 6

Chart = Callable[[Shop, Period, Words, Reports], Awaitable[Definition]]


async def _daily(shop: Shop, period: Period, words: Words, service: Reports) -> Definition:
    """Of the period's last day that has begun."""
    today = shop.calendar.day(service.clock.now())
    return daily_chart(await show_daily(shop.slug, min(period.last, today), service), words)


async def _days(shop: Shop, period: Period, words: Words, service: Reports) -> Definition:
    return days_chart(await show_days(shop, period, service), period, shop.currency, words)


async def _segments(shop: Shop, period: Period, words: Words, service: Reports) -> Definition:
    history = await segment_history(shop.slug, period.last, service)
    before = history.at_end(period.first - timedelta(days=1))
    return segments_chart(history.at_end(period.last), before, period, words)


async def _flow(shop: Shop, period: Period, words: Words, service: Reports) -> Definition:
    return flow_chart(await show_flow(shop, period, service), period, words)


async def _hours(shop: Shop, period: Period, words: Words, service: Reports) -> Definition:
    return hours_chart(await show_hours(shop, period, service), period, words)


async def _cohorts(shop: Shop, _period: Period, words: Words, service: Reports) -> Definition:
    return cohorts_chart(await show_cohorts(shop, COHORT_MONTHS, service), words)


CHARTS: Final[Mapping[str, Chart]] = {
    "today": _daily,
    "days": _days,
    "segments": _segments,
    "flow": _flow,
    "hours": _hours,
    "cohorts": _cohorts,
}
