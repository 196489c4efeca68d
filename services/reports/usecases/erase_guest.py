"""A guest is forgotten (F3): what was sold stays sold, to nobody."""

from datetime import datetime

from bezkart.kernel.ids import derived_id
from services.reports.domain.facts import AnyFact, Moved
from services.reports.usecases.collaborators import Reports


async def erase_guest(shop: str, guest_id: str, erased_at: datetime, service: Reports) -> None:
    """Safe to do twice, to be cut off, and for facts that come afterwards: whoever adds them does this again."""
    at = await service.facts.mark_erased(shop, guest_id, erased_at)
    facts = await service.facts.of_guest(shop, guest_id)
    calendar = (await service.shops.load(shop)).calendar
    days = {calendar.day(each) for each in (at, *(fact.at for fact in facts))}
    touched = await service.facts.touched_by_erasure(shop, guest_id, days)
    if left := _leaving(guest_id, facts, at):
        await service.facts.add(shop, [left])
    await service.facts.forget(shop, guest_id)
    await service.days.mark(shop, touched)
    service.touched.add(shop)


def _leaving(guest_id: str, facts: list[AnyFact], at: datetime) -> Moved | None:
    """Out of the last segment that is known; a later one that comes late takes its place."""
    moves = [each for each in facts if isinstance(each, Moved)]
    if not moves:
        return None
    last = max(moves, key=lambda each: each.version)
    return Moved(
        id=derived_id("left", guest_id), at=at, guest=None, version=last.version, previous=last.next, next=None
    )
