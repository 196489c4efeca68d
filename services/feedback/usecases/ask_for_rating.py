"""Ask a guest what the visit was like (F50). Decided when the time has come, so an undone purchase is never asked about."""

from typing import Final

from bezkart.kernel.errors import VersionConflict
from bezkart.kernel.ids import derived_id
from services.feedback.domain.guest import Guest, Visit
from services.feedback.domain.rating import Rating
from services.feedback.store.shops import Shop
from services.feedback.usecases.collaborators import Feedback
from services.feedback.usecases.erase_guest import remove_everything
from services.feedback.usecases.messages import rating_request

CHUNK: Final = 200


async def ask_who_is_due(service: Feedback) -> int:
    """Decide on every guest who is due, where there are any; how many were asked. Safe to run twice at the same time."""
    asked = 0
    for due in await service.agenda.due("ask", service.clock.now()):
        asked += await _ask_in(due.shop, service)
        await service.agenda.settle(due, "ask", await service.guests.next_due(due.shop))
    return asked


async def open_rating(shop: Shop, guest: Guest, visit: Visit, service: Feedback, *, request: bool) -> Rating:
    """A rating that waits for stars, with a request for them or without. Raises VersionConflict.

    Its id counts the guest's ratings. What is decided anew after a crash or a conflict therefore finds the rating that the
    first attempt left, and nobody is asked twice.
    """
    now = service.clock.now()
    rating_id = derived_id("rating", shop.slug, guest.id, str(guest.opened + 1))
    rating = Rating.about(visit, rating_id=rating_id, guest_id=guest.id, segment=guest.segment, now=now)
    await service.ratings.open(shop.slug, rating, (rating_request(shop, rating),) if request else (), now)
    await service.agenda.mark(shop.slug, "tend", rating.due)
    await service.guests.save(shop.slug, guest.with_rating(rating_id, now), now)
    return rating


async def _ask_in(slug: str, service: Feedback) -> int:
    asked = 0
    while guests := await service.guests.due(slug, service.clock.now(), CHUNK):
        shop = await service.shops.load(slug)
        for guest in guests:
            asked += await _decide(shop, guest, service)
        if len(guests) < CHUNK:
            break
    return asked


async def _decide(shop: Shop, guest: Guest, service: Feedback) -> int:
    """Whoever changed the guest meanwhile leaves the decision to the next sweep."""
    now = service.clock.now()
    visit = guest.to_ask_about(now) if shop.asking.ask_for_ratings else None
    try:
        if visit:
            await open_rating(shop, guest, visit, service, request=True)
            return 1
        if guest.erased:
            await remove_everything(shop.slug, guest.id, service)
        await service.guests.save(shop.slug, guest.left_alone(), now)
    except VersionConflict:
        return 0
    return 0
