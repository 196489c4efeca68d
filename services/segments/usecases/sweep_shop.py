"""What a new day does to guests who bought nothing (F21): the cost follows those who move."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from bezkart.kernel.errors import VersionConflict
from services.segments.domain.guest import SegmentedGuest
from services.segments.store import ShopSettings
from services.segments.usecases.collaborators import Segments
from services.segments.usecases.take_in import segment_changed

CHUNK: Final = 500


def due(shop: ShopSettings, service: Segments) -> bool:
    """Whether a midnight of the shop, or a change of its thresholds, waits to be carried out."""
    return shop.swept_through is None or shop.swept_through < shop.calendar.day(service.clock.now())


async def sweep_shop(shop: ShopSettings, service: Segments) -> int:
    """Move everybody whom time moves; how many that were. Safe to repeat, alone or beside another one."""
    today = shop.calendar.day(service.clock.now())
    if shop.swept_through is None:
        moved = await _classify_everybody(shop, service)
    else:
        if shop.swept_through == today - timedelta(days=1):
            yesterday = await service.guests.sizes(shop.slug, shop.swept_through)
            await service.snapshots.keep(shop.slug, [yesterday], service.clock.now())
        moved = await _move_due(shop, service)
    await service.shops.mark_swept(shop, today)
    return moved


async def _move_due(shop: ShopSettings, service: Segments) -> int:
    moved = 0
    today = shop.calendar.day(service.clock.now())
    while guests := await service.guests.due(shop.slug, today, CHUNK):
        moved += await _classify(shop, guests, service)
    return moved


async def _classify_everybody(shop: ShopSettings, service: Segments) -> int:
    moved, last = 0, ""
    while guests := await service.guests.after(shop.slug, last, CHUNK):
        moved += await _classify(shop, guests, service)
        last = guests[-1].id
    return moved


async def _classify(shop: ShopSettings, guests: Sequence[SegmentedGuest], service: Segments) -> int:
    """A guest who buys at this very moment is classified by that purchase; the others of the chunk again."""
    now = service.clock.now()
    today = shop.calendar.day(now)
    while True:
        changes = []
        for guest in guests:
            classified = guest.classify(today, shop.thresholds)
            if classified != guest:
                changes.append((classified, segment_changed(shop.slug, guest, classified, "time", service)))
        try:
            await service.guests.save_many(shop.slug, changes, now)
        except VersionConflict:
            reloaded = await service.guests.load_many(shop.slug, [guest.id for guest in guests])
            guests = list(reloaded.values())
        else:
            return sum(bool(events) for _, events in changes)
