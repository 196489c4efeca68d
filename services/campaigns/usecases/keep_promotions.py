"""The owner makes, changes, switches and ends promotions (F31): each step one write that tells purchases."""

from collections.abc import Callable
from dataclasses import replace

from bezkart.contracts.campaigns import PromotionChanged
from bezkart.kernel.errors import VersionConflict
from bezkart.kernel.promotion import PromotionInvalid, Rule
from bezkart.kit.documents import until_written
from services.campaigns.domain.errors import PRO, has_plan
from services.campaigns.domain.message import CouponOffer, Offer
from services.campaigns.domain.promotion import (
    MOST_PROMOTIONS,
    PLAN_REQUIRED,
    Promotion,
    PromotionChangedMeanwhile,
    PromotionEnded,
    PromotionNotFound,
    TooManyPromotions,
    checked,
)
from services.campaigns.usecases.collaborators import Campaigns

Change = Callable[[Promotion], Promotion]


async def make_promotion(
    shop: str, promotion_id: str, rule: Rule, *, by: str, active: bool, service: Campaigns
) -> Promotion:
    """A promotion, switched off unless `active`; the same id again answers what is there.

    Raises PromotionInvalid, DateInPast, TooManyPromotions.
    """
    now = service.clock.now()
    if known := await service.promotions.load(shop, promotion_id):
        return known
    if await service.promotions.alive(shop) >= MOST_PROMOTIONS:
        raise TooManyPromotions
    made = Promotion(promotion_id, checked(rule, now), created_at=now, created_by=by)
    try:
        return await _save(shop, made.resume(now) if active else made, service)
    except VersionConflict:  # the same request at the same moment
        return await promotion_of(shop, promotion_id, service)


async def change_promotion(
    shop: str, promotion_id: str, change: Change, service: Campaigns, *, expected: int | None = None
) -> Promotion:
    """The changed promotion. `expected` is the version that was looked at.

    Raises PromotionNotFound, PromotionChangedMeanwhile, and what `change` raises.
    """

    async def attempt() -> Promotion:
        found = await promotion_of(shop, promotion_id, service)
        if expected is not None and found.version != expected:
            raise PromotionChangedMeanwhile
        changed = change(found)
        return found if changed == found else await _save(shop, changed, service)

    return await until_written(attempt)


async def promotion_of(shop: str, promotion_id: str, service: Campaigns) -> Promotion:
    """Raises PromotionNotFound."""
    found = await service.promotions.load(shop, promotion_id)
    if found is None:
        raise PromotionNotFound
    return found


async def check_coupon(shop: str, offer: Offer | None, service: Campaigns) -> None:
    """What a message promises can be kept. Raises PromotionNotFound, PromotionInvalid, PromotionEnded."""
    if not isinstance(offer, CouponOffer):
        return
    promotion = await service.promotions.load(shop, offer.promotion_id)
    if promotion is None or promotion.deleted:
        raise PromotionNotFound(pointer="/offer/promotion_id")
    if promotion.rule.kind != "coupon":
        raise PromotionInvalid("Only a coupon is given to one guest", pointer="/offer/promotion_id")
    if promotion.state == "ended":
        raise PromotionEnded(pointer="/offer/promotion_id")


async def pause_without_plan(shop: str, service: Campaigns) -> None:
    """A shop whose plan has no promotions any more gives none; the page says why. Harmless when repeated."""
    if has_plan((await service.shops.fresh(shop)).plan, PRO):
        return
    for promotion in await service.promotions.all(shop, state="active"):
        await change_promotion(shop, promotion.id, _paused, service)


def _paused(promotion: Promotion) -> Promotion:
    return promotion.pause(PLAN_REQUIRED) if promotion.state == "active" else promotion


async def _save(shop: str, promotion: Promotion, service: Campaigns) -> Promotion:
    now = service.clock.now()
    saved = replace(promotion, version=promotion.version + 1)
    event = PromotionChanged(
        shop=shop, promotion_id=saved.id, version=saved.version, state=saved.state, rule=saved.rule, at=now
    )
    await service.promotions.save(shop, saved, now, [event])
    return saved
