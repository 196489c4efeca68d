"""Compute the days whose facts have changed."""

from collections.abc import Iterable
from datetime import date

from services.reports.domain.day import Day, day_of, guests_of
from services.reports.store.days import Dirty, Part
from services.reports.usecases.collaborators import Reports


async def settle(shop: str, service: Reports, first: date | None = None, last: date | None = None) -> dict[date, Day]:
    """Those of the period that are dirty, or all of the shop's; what they came to. Safe to do at the same moment twice."""
    return {dirty.day: await _settle(shop, dirty, service) for dirty in await service.days.dirty(shop, first, last)}


async def settle_touched(service: Reports) -> None:
    """Where something happened: so that nobody who looks has to wait for a year of days."""
    for shop in sorted(service.touched):
        service.touched.discard(shop)
        await settle(shop, service)


async def look_everywhere(service: Reports) -> None:
    """Every shop may have days that a process left dirty when it ended."""
    service.touched.update(await service.days.shops())


async def read_days(shop: str, first: date, last: date, service: Reports, *, parts: Iterable[Part]) -> dict[date, Day]:
    """The days of the period that anything happened on, oldest first, up to date."""
    settled = await settle(shop, service, first, last)
    found = await service.days.load(shop, first, last, parts)
    return dict(sorted((found | settled).items()))


async def _settle(shop: str, dirty: Dirty, service: Reports) -> Day:
    calendar = (await service.shops.load(shop)).calendar
    facts = await service.facts.of_days(shop, calendar.midnight(dirty.day), calendar.end(dirty.day))
    day = day_of(facts, calendar, await service.places.of(shop, guests_of(facts)))
    await service.days.settle(shop, dirty, day)
    return day
