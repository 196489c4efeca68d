"""The directory's entry of a shop, and the owner's settings."""

from dataclasses import replace
from datetime import time

from bezkart.contracts.identity import ShopChanged
from bezkart.kit.documents import until_written
from services.reports.store.shops import Shop
from services.reports.usecases.collaborators import Reports


async def learn_shop(event: ShopChanged, service: Reports) -> None:
    """Applied if newer. Another time zone draws the borders of all days anew."""

    async def attempt() -> None:
        known = await service.shops.load(event.shop)
        if known.entry >= event.version:
            return
        learned = replace(known, entry=event.version, name=event.name, timezone=event.timezone, currency=event.currency)
        if known.timezone != event.timezone or known.due is None:
            learned = learned.planned(service.clock.now())
        await service.shops.save(learned, service.clock.now())

    await until_written(attempt)
    await _draw_days_anew(event.shop, service)


async def change_settings(slug: str, closing_time: time, service: Reports, *, daily_report: bool) -> Shop:
    """In force at once; a closing of today that has passed already is not reported again."""

    async def attempt() -> Shop:
        known = await service.shops.load(slug)
        changed = replace(known, closing_time=closing_time, daily_report=daily_report)
        if changed == known:
            return known
        planned = changed.planned(service.clock.now())
        await service.shops.save(planned, service.clock.now())
        return planned

    return await until_written(attempt)


async def _draw_days_anew(slug: str, service: Reports) -> None:
    """Written down when it is done: whoever dies in between does it again with the event's next delivery."""
    shop = await service.shops.load(slug)
    if shop.drawn == shop.timezone:
        return
    await service.days.mark_all(slug)
    await service.days.mark(slug, await service.facts.days(slug, shop.timezone))
    service.touched.add(slug)

    async def attempt() -> None:
        await service.shops.save(replace(await service.shops.load(slug), drawn=shop.timezone), service.clock.now())

    await until_written(attempt)
