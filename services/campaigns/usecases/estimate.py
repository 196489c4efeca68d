"""How many a mailing would reach, whom not and why, and what it may cost (F35)."""

from dataclasses import dataclass
from datetime import datetime

from services.campaigns.domain.audience import Audience, Counts
from services.campaigns.domain.errors import AudienceNotFound
from services.campaigns.domain.manners import quiet_until
from services.campaigns.domain.message import Message
from services.campaigns.store.shops import Shop
from services.campaigns.usecases.collaborators import Campaigns

_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Estimate:
    """`gift_cost_max` in minor units, None where nobody knows."""

    counts: Counts
    holdout: int
    will_get: int
    gift_cost_max: int | None
    quiet_until: datetime | None


async def estimate(
    shop: Shop, audience: Audience, message: Message, service: Campaigns, *, limit: int | None = None
) -> Estimate:
    """As of now; those held back are known one by one only, here by their share."""
    now = service.clock.now()
    counts = await service.audiences.count(shop.slug, audience, now)
    holdout = counts.reachable * message.holdout_percent // _PERCENT
    will_get = counts.reachable - holdout
    if limit is not None:
        will_get = min(will_get, limit)
    cost = message.gift_cost
    return Estimate(
        counts=counts,
        holdout=holdout,
        will_get=will_get,
        gift_cost_max=None if cost is None else cost * will_get,
        quiet_until=quiet_until(now, shop.calendar),
    )


async def resolve(shop: str, audience: Audience, saved: str | None, service: Campaigns) -> Audience:
    """A saved audience as it is now. Raises AudienceNotFound."""
    if saved is None:
        return audience
    found = await service.saved.load(shop, saved)
    if found is None:
        raise AudienceNotFound(pointer="/audience/saved")
    return found.audience
