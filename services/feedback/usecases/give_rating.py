"""A guest gives stars, from wherever: one rating, the last answer within the hour wins (F50)."""

from dataclasses import dataclass, replace

from prometheus_client import Counter

from bezkart.kernel.errors import GuestErased
from bezkart.kit.documents import until_written
from services.feedback.domain.errors import NothingToRate, RatingNotFound
from services.feedback.domain.rating import Rating
from services.feedback.usecases.ask_for_rating import open_rating
from services.feedback.usecases.collaborators import Feedback
from services.feedback.usecases.events import rating_given

_ratings = Counter("bezkart_feedback_ratings_total", "Purchases rated, by the first answer", ("stars",))


@dataclass(frozen=True, slots=True)
class Opinion:
    """Without a comment the one before stays."""

    shop: str
    guest_id: str
    stars: int
    comment: str | None


async def give_rating(opinion: Opinion, rating_id: str, service: Feedback) -> Rating:
    """Safe to repeat. Raises RatingNotFound, RatingExpired."""

    async def attempt() -> Rating:
        rating = await service.ratings.load(opinion.shop, rating_id)
        if rating is None or rating.guest_id != opinion.guest_id:
            raise RatingNotFound
        now = service.clock.now()
        given = rating.give(opinion.stars, opinion.comment, now)
        if given is rating:
            return rating
        await service.ratings.save(opinion.shop, given, [rating_given(opinion.shop, given)], now)
        if rating.state != "given":
            _ratings.labels(opinion.stars).inc()
        return replace(given, version=given.version + 1)

    return await until_written(attempt)


async def give_own_rating(opinion: Opinion, service: Feedback) -> Rating:
    """Stars for the last purchase, asked for or not. Raises NothingToRate, GuestErased, RatingExpired."""

    async def attempt() -> str:
        return await _rating_to_give(opinion, service)

    return await give_rating(opinion, await until_written(attempt), service)


async def _rating_to_give(opinion: Opinion, service: Feedback) -> str:
    """The id of the one that waits, or can still be changed; else a new one about the last purchase."""
    now = service.clock.now()
    guest = await service.guests.load(opinion.shop, opinion.guest_id)
    if guest.erased:
        raise GuestErased
    last = await service.ratings.load(opinion.shop, guest.rating_id) if guest.rating_id else None
    visit = guest.last_visit(now)
    is_new = visit is not None and (last is None or last.purchase_id != visit.purchase_id)
    if last and last.answerable(now) and (last.state == "asked" or not is_new):
        return last.id
    if visit is None or not is_new:
        raise NothingToRate
    shop = await service.shops.load(opinion.shop)
    return (await open_rating(shop, guest, visit, service, request=False)).id
