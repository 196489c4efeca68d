"""Promotions and coupons as they are asked for and answered (F31)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from bezkart.kernel.calendar import ShopCalendar
from bezkart.kernel.promotion import Benefit, Conditions, PromotionKind, Rule
from services.campaigns.domain.promotion import Phase, Promotion, State, adding_up
from services.campaigns.domain.promotion_words import describe
from services.campaigns.store.uses import LiveCoupon, Usage

LANGUAGES = ("ru", "en")


class PromotionBody(BaseModel):
    """Switched off at first unless `active`."""

    model_config = ConfigDict(extra="forbid")

    rule: Rule
    active: bool = False


class PromotionPatch(BaseModel):
    """The whole rule anew. `version` is the one that was looked at; without it the change is made whatever it is by now."""

    model_config = ConfigDict(extra="forbid")

    rule: Rule
    version: Annotated[int | None, Field(ge=1, strict=True)] = None


class AddsUp(BaseModel):
    """Another promotion that takes money off the same bill: no stacking group keeps them apart."""

    id: str
    name: str


class UsageView(BaseModel):
    """`purchases` it was applied to and what they cost, in minor units; coupons `issued`, `used` and `expired` of them."""

    model_config = ConfigDict(from_attributes=True)

    purchases: int
    discount: int
    points: int
    issued: int
    used: int
    expired: int


class PromotionView(BaseModel):
    """`phase`: `off` (paused), `later`, `now`, `over`. `about` says it in words, by language. `reason`: `plan-required` or empty."""

    id: str
    version: int
    state: State
    phase: Phase
    reason: str
    rule: Rule
    about: dict[str, str]
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    adds_up: list[AddsUp]
    usage: UsageView


class PromotionList(BaseModel):
    """The latest first."""

    promotions: list[PromotionView]


class CouponView(BaseModel):
    id: str
    promotion_id: str
    valid_until: datetime


class OwnPromotion(BaseModel):
    """A promotion as a guest sees it: `about` in words by language, `coupon` where it takes one."""

    id: str
    kind: PromotionKind
    name: dict[str, str]
    about: dict[str, str]
    benefit: Benefit
    conditions: Conditions
    phase: Phase
    coupon: CouponView | None


class OwnPromotions(BaseModel):
    promotions: list[OwnPromotion]


class CouponsOf(BaseModel):
    """The coupons of one promotion; `live` ones can still be used."""

    promotion_id: str
    name: str
    issued: int
    used: int
    expired: int
    live: int


class CouponCounts(BaseModel):
    coupons: list[CouponsOf]


class OwnCoupon(CouponView):
    """A coupon the guest can use, and what for."""

    name: dict[str, str]
    about: dict[str, str]


class OwnCoupons(BaseModel):
    coupons: list[OwnCoupon]


def promotion_view(
    promotion: Promotion,
    others: Iterable[Promotion],
    usage: Usage,
    now: datetime,
    *,
    currency: str,
    calendar: ShopCalendar,
) -> PromotionView:
    return PromotionView(
        id=promotion.id,
        version=promotion.version,
        state=promotion.state,
        phase=promotion.phase(now),
        reason=promotion.reason,
        rule=promotion.rule,
        about=about(promotion.rule, currency, calendar),
        created_at=promotion.created_at,
        started_at=promotion.started_at,
        ended_at=promotion.ended_at,
        adds_up=[AddsUp(id=each.id, name=each.rule.name) for each in adding_up(promotion, others, now)],
        usage=UsageView.model_validate(usage),
    )


def own_promotion(
    promotion: Promotion, coupon: LiveCoupon | None, now: datetime, *, currency: str, calendar: ShopCalendar
) -> OwnPromotion:
    rule = promotion.rule
    return OwnPromotion(
        id=promotion.id,
        kind=rule.kind,
        name=name_of(rule),
        about=about(rule, currency, calendar),
        benefit=rule.benefit,
        conditions=rule.conditions,
        phase=promotion.phase(now),
        coupon=coupon_view(coupon) if coupon else None,
    )


def coupon_view(coupon: LiveCoupon) -> CouponView:
    return CouponView(id=coupon.id, promotion_id=coupon.promotion_id, valid_until=coupon.valid_until)


def name_of(rule: Rule) -> dict[str, str]:
    return {"ru": rule.name, "en": rule.name_en or rule.name}


def about(rule: Rule, currency: str, calendar: ShopCalendar) -> dict[str, str]:
    return {each: describe(rule, currency=currency, calendar=calendar, language=each) for each in LANGUAGES}
