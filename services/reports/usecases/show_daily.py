"""The daily report (F60): what the day came to, beside the same weekday a week before."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from services.reports.domain.day import Day, day_of
from services.reports.domain.errors import DayInvalid
from services.reports.domain.facts import AnyFact, Sale, TakenBack
from services.reports.store.shops import Shop
from services.reports.usecases.collaborators import Reports
from services.reports.usecases.segment_history import segment_history
from services.reports.usecases.settle_days import read_days

WEEK: Final = timedelta(days=7)
BROUGHT_WITHIN: Final = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Brought:
    """Purchases of a day by guests who got a campaign's message in the three days before."""

    purchases: int
    revenue: int


@dataclass(frozen=True, slots=True)
class Daily:
    """`until` is the end of the day, or now. `before` are the segments of the evening before."""

    shop: Shop
    day: date
    until: datetime
    now: Day
    week_ago: Day
    segments: dict[str, int]
    before: dict[str, int]
    brought: Brought


async def show_daily(slug: str, day: date, service: Reports) -> Daily:
    """Raises DayInvalid for a day that has not begun."""
    shop = await service.shops.load(slug)
    now = service.clock.now()
    if day > shop.calendar.day(now) or day.year < 1970:
        raise DayInvalid
    until = min(now, shop.calendar.end(day))
    facts = await service.facts.of_days(slug, shop.calendar.midnight(day), until)
    history = await segment_history(slug, day, service)
    earlier = await read_days(slug, day - WEEK, day - WEEK, service, parts=("figures", "buyers"))
    return Daily(
        shop=shop,
        day=day,
        until=until,
        now=day_of(facts, shop.calendar),
        week_ago=earlier.get(day - WEEK, Day()),
        segments=history.at_end(day),
        before=history.at_end(day - timedelta(days=1)),
        brought=await _brought(slug, facts, service),
    )


async def _brought(shop: str, facts: list[AnyFact], service: Reports) -> Brought:
    taken_back = {each.purchase for each in facts if isinstance(each, TakenBack)}
    sales = [each for each in facts if isinstance(each, Sale) and each.guest and each.purchase not in taken_back]
    if not sales:
        return Brought(0, 0)
    start, end = min(sale.at for sale in sales), max(sale.at for sale in sales)
    told = await service.facts.told(shop, {sale.guest for sale in sales if sale.guest}, start - BROUGHT_WITHIN, end)
    moments: dict[str | None, list[datetime]] = {}
    for each in told:
        moments.setdefault(each.guest, []).append(each.at)
    following = [
        sale for sale in sales if any(sale.at - BROUGHT_WITHIN <= at <= sale.at for at in moments.get(sale.guest, ()))
    ]
    return Brought(len(following), sum(sale.paid for sale in following))
