"""The owner's picture (F22): now, on any day, two days beside each other, day by day."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from services.segments.domain.errors import PeriodInvalid, ShopUnknown
from services.segments.domain.picture import Census, Flow, Sizes, WonBack
from services.segments.store import ShopSettings
from services.segments.usecases.collaborators import Segments

LONGEST_PERIOD: Final = timedelta(days=366)
FIRST_WEEK: Final = date.min + timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two days beside each other."""

    start: Sizes
    end: Sizes
    flow: list[Flow]
    won_back: WonBack


async def load_shop(shop: str, service: Segments) -> ShopSettings:
    """Raises ShopUnknown."""
    settings = await service.shops.load(shop)
    if settings is None:
        raise ShopUnknown
    return settings


async def draw_sizes(shop: str, day: date | None, service: Segments) -> Sizes:
    """The segments now, or as they were at the end of `day` (in the future: if nothing more is bought). Raises ShopUnknown."""
    settings = await load_shop(shop, service)
    if day is None:
        return await service.guests.sizes(shop, settings.calendar.day(service.clock.now()))
    census = await _count(settings, [day], service)
    return census.sizes()[0]


async def compare(shop: str, start: date | None, end: date | None, service: Segments) -> Comparison:
    """By default today beside a week ago. Raises ShopUnknown, PeriodInvalid."""
    settings = await load_shop(shop, service)
    end = end or settings.calendar.day(service.clock.now())
    start = start or max(end, FIRST_WEEK) - timedelta(days=7)
    if start > end:
        raise PeriodInvalid(pointer="/from")
    census = await _count(settings, [start, end], service)
    first, last = census.sizes()
    return Comparison(first, last, census.flows(), census.won_back())


async def day_by_day(shop: str, first: date, last: date, service: Segments) -> list[Sizes]:
    """The sizes at the end of each day; past days that have no snapshot yet get one. Raises ShopUnknown, PeriodInvalid."""
    if first > last or last - first > LONGEST_PERIOD:
        raise PeriodInvalid(pointer="/from")
    settings = await load_shop(shop, service)
    today = settings.calendar.day(service.clock.now())
    stored = await service.snapshots.between(shop, first, last)
    days = [first + timedelta(days=each) for each in range((last - first).days + 1)]
    missing = [day for day in days if day not in stored]
    if missing:
        taken = (await _count(settings, missing, service)).sizes()
        await service.snapshots.keep(shop, [each for each in taken if each.day < today], service.clock.now())
        stored |= {each.day: each for each in taken}
    return [stored[day] for day in days]


async def _count(settings: ShopSettings, days: list[date], service: Segments) -> Census:
    census = Census(days, settings.thresholds)
    async for guest in service.guests.everyone(settings.slug):
        census.add(guest)
    return census
