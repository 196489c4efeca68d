"""Today until now, beside the same weekday a week ago until the same time of day (F73)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from services.reports.domain.day import Day, day_of
from services.reports.domain.segments import NextStep, next_step, won_back
from services.reports.store.shops import Shop
from services.reports.usecases.collaborators import Reports
from services.reports.usecases.segment_history import History, segment_history

WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Today:
    """`segments_week_ago` is None while no guest was known then."""

    shop: Shop
    day: date
    until: datetime
    now: Day
    week_ago: Day
    segments: dict[str, int]
    segments_week_ago: dict[str, int] | None
    won_back: int
    step: NextStep | None


async def show_today(slug: str, service: Reports) -> Today:
    shop = await service.shops.load(slug)
    until = service.clock.now()
    day = shop.calendar.day(until)
    history = await segment_history(slug, day, service)
    segments = history.at_end(day)
    return Today(
        shop=shop,
        day=day,
        until=until,
        now=await _until(shop, day, until, service),
        week_ago=await _until(shop, day - WEEK, _same_time(shop, until, day - WEEK), service),
        segments=segments,
        segments_week_ago=_known(history, day - WEEK),
        won_back=won_back(history.moves_of(day - WEEK + timedelta(days=1), day)),
        step=next_step(segments),
    )


def _same_time(shop: Shop, moment: datetime, day: date) -> datetime:
    """By the shop's clock."""
    return shop.calendar.at(day, shop.calendar.wall(moment).time())


def _known(history: History, day: date) -> dict[str, int] | None:
    return history.at_end(day) if history.known_by(day) else None


async def _until(shop: Shop, day: date, moment: datetime, service: Reports) -> Day:
    """What the day had come to by then; purchases that were undone later do not count."""
    facts = await service.facts.of_days(shop.slug, shop.calendar.midnight(day), moment)
    return day_of(facts, shop.calendar)
