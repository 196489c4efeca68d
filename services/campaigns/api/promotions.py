"""`/api/v1/promotions` and `/api/v1/coupons`: the owner's rules, and what is on for a guest (F31)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query

from bezkart.kernel.ids import derived_id
from bezkart.kernel.promotion import PromotionInvalid
from bezkart.kit.auth import Caller, Guest, RoleRequired, Unauthenticated
from bezkart.kit.idempotency import IdempotencyKeyMissing, OptionalKey
from bezkart.kit.problems import documented
from services.campaigns.api.caller import ProOwner, Service
from services.campaigns.api.promotion_views import (
    CouponCounts,
    CouponsOf,
    OwnCoupon,
    OwnCoupons,
    OwnPromotions,
    PromotionBody,
    PromotionList,
    PromotionPatch,
    PromotionView,
    about,
    name_of,
    own_promotion,
    promotion_view,
)
from services.campaigns.domain.errors import DateInPast, PlanRequired
from services.campaigns.domain.promotion import (
    Promotion,
    PromotionChangedMeanwhile,
    PromotionEnded,
    PromotionNotFound,
    PromotionStarted,
    State,
    TooManyPromotions,
)
from services.campaigns.store.uses import LiveCoupon, Usage
from services.campaigns.usecases.collaborators import Campaigns
from services.campaigns.usecases.keep_promotions import change_promotion, make_promotion, promotion_of

router = APIRouter(prefix="/api/v1", tags=["promotions"], responses=documented(Unauthenticated, RoleRequired))
_refused = documented(PlanRequired, PromotionNotFound, PromotionEnded, PromotionChangedMeanwhile)
_invalid = documented(PromotionInvalid, DateInPast)


@router.get("/promotions", responses=documented(PlanRequired))
async def promotions(
    caller: ProOwner, service: Service, state: Annotated[State | None, Query()] = None
) -> PromotionList:
    """All of the shop's, the latest first, with what they cost so far."""
    every = await service.promotions.all(caller.shop)
    usage = await service.uses.count(caller.shop)
    now = service.clock.now()
    return PromotionList(
        promotions=[
            _view(each, every, usage.get(each.id, Usage()), now, caller)
            for each in every
            if state in {None, each.state}
        ]
    )


@router.post(
    "/promotions",
    status_code=201,
    responses=documented(PlanRequired, TooManyPromotions, IdempotencyKeyMissing) | _invalid,
)
async def make(body: PromotionBody, key: OptionalKey, caller: ProOwner, service: Service) -> PromotionView:
    """A new promotion; the same key makes it once."""
    promotion_id = derived_id("promo", caller.shop, key)
    made = await make_promotion(caller.shop, promotion_id, body.rule, by=caller.id, active=body.active, service=service)
    return await _one(made, caller, service)


@router.get("/promotions/mine")
async def mine(caller: Guest, service: Service) -> OwnPromotions:
    """What is on for the guest who asks, now or later, and for what he holds coupons."""
    now = service.clock.now()
    coupons = {each.promotion_id: each for each in await service.uses.live(caller.shop, caller.id, now)}
    guest = await service.guests.load(caller.shop, caller.id)
    segment = guest.segment if guest else None
    return OwnPromotions(
        promotions=[
            own_promotion(each, coupons.get(each.id), now, currency=caller.currency, calendar=caller.calendar)
            for each in await service.promotions.all(caller.shop, state="active")
            if each.phase(now) in {"now", "later"} and _is_for(each, segment, coupons)
        ]
    )


@router.get("/promotions/{promotion_id}", responses=documented(PlanRequired, PromotionNotFound))
async def one(promotion_id: str, caller: ProOwner, service: Service) -> PromotionView:
    return await _one(await promotion_of(caller.shop, promotion_id, service), caller, service)


@router.patch("/promotions/{promotion_id}", responses=_refused | _invalid)
async def change(promotion_id: str, body: PromotionPatch, caller: ProOwner, service: Service) -> PromotionView:
    """Other conditions, at the till within seconds; the kind stays once it has been in force."""
    now = service.clock.now()
    changed = await change_promotion(
        caller.shop, promotion_id, lambda found: found.change(body.rule, now), service, expected=body.version
    )
    return await _one(changed, caller, service)


@router.delete("/promotions/{promotion_id}", status_code=204, responses=_refused | documented(PromotionStarted))
async def delete(promotion_id: str, caller: ProOwner, service: Service) -> None:
    """One that was never in force."""
    now = service.clock.now()
    await change_promotion(caller.shop, promotion_id, lambda found: found.delete(now), service)


@router.post("/promotions/{promotion_id}/pause", responses=_refused)
async def pause(promotion_id: str, caller: ProOwner, service: Service) -> PromotionView:
    """Off at the till within seconds; coupons stay with the guests."""
    return await _one(await change_promotion(caller.shop, promotion_id, Promotion.pause, service), caller, service)


@router.post("/promotions/{promotion_id}/resume", responses=_refused | documented(DateInPast))
async def resume(promotion_id: str, caller: ProOwner, service: Service) -> PromotionView:
    """In force, now or when its days come."""
    now = service.clock.now()
    changed = await change_promotion(caller.shop, promotion_id, lambda found: found.resume(now), service)
    return await _one(changed, caller, service)


@router.post("/promotions/{promotion_id}/end", responses=_refused)
async def end(promotion_id: str, caller: ProOwner, service: Service) -> PromotionView:
    """For good."""
    now = service.clock.now()
    ended = await change_promotion(caller.shop, promotion_id, lambda found: found.end(now), service)
    return await _one(ended, caller, service)


@router.get("/coupons", responses=documented(PlanRequired))
async def coupons(caller: ProOwner, service: Service) -> CouponCounts:
    """How many were issued and used, by promotion."""
    usage = await service.uses.count(caller.shop)
    return CouponCounts(
        coupons=[
            CouponsOf(
                promotion_id=each.id,
                name=each.rule.name,
                issued=counted.issued,
                used=counted.used,
                expired=counted.expired,
                live=counted.issued - counted.used - counted.expired,
            )
            for each in await service.promotions.all(caller.shop)
            if (counted := usage.get(each.id)) and counted.issued
        ]
    )


@router.get("/coupons/mine")
async def my_coupons(caller: Guest, service: Service) -> OwnCoupons:
    """The guest's coupons that can still be used, the first to end first."""
    held = await service.uses.live(caller.shop, caller.id, service.clock.now())
    known = {each.id: each.rule for each in await service.promotions.all(caller.shop)} if held else {}
    return OwnCoupons(
        coupons=[
            OwnCoupon(
                id=each.id,
                promotion_id=each.promotion_id,
                valid_until=each.valid_until,
                name=name_of(rule),
                about=about(rule, caller.currency, caller.calendar),
            )
            for each in held
            if (rule := known.get(each.promotion_id))
        ]
    )


async def _one(promotion: Promotion, caller: Caller, service: Campaigns) -> PromotionView:
    every = await service.promotions.all(caller.shop)
    usage = await service.uses.count(caller.shop)
    return _view(promotion, every, usage.get(promotion.id, Usage()), service.clock.now(), caller)


def _view(
    promotion: Promotion, every: Sequence[Promotion], usage: Usage, now: datetime, caller: Caller
) -> PromotionView:
    return promotion_view(promotion, every, usage, now, currency=caller.currency, calendar=caller.calendar)


def _is_for(promotion: Promotion, segment: str | None, coupons: dict[str, LiveCoupon]) -> bool:
    rule = promotion.rule
    if rule.kind == "coupon":
        return promotion.id in coupons
    return not rule.conditions.segments or segment in rule.conditions.segments
