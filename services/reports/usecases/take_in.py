"""Add facts and mark their days (idempotent: facts that are there are not added, marking twice only computes twice)."""

from collections.abc import Collection, Sequence
from datetime import datetime

from services.reports.domain.facts import AnyFact
from services.reports.usecases.collaborators import Reports
from services.reports.usecases.erase_guest import erase_guest


async def take_in(shop: str, facts: Sequence[AnyFact], service: Reports) -> None:
    """In this order, so that whoever dies in between is caught up by the event's next delivery."""
    await service.facts.add(shop, facts)
    await mark_days(shop, {fact.at for fact in facts}, service)
    erased = await service.facts.erased(shop, {fact.guest for fact in facts if fact.guest})
    for guest_id, at in erased.items():
        await erase_guest(shop, guest_id, at, service)


async def mark_days(shop: str, moments: Collection[datetime], service: Reports) -> None:
    """The time zone is read after the facts were written: if it changes later, whoever changes it finds them."""
    calendar = (await service.shops.load(shop)).calendar
    await service.days.mark(shop, {calendar.day(at) for at in moments})
    service.touched.add(shop)
