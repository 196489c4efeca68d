"""`/api/v1/purchases/try`: what promotions would do with a basket, and why not more (F31)."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from bezkart.kernel.errors import GuestErased, GuestNotFound
from bezkart.kernel.promotion import PromotionInvalid, Rule, SegmentName
from bezkart.kit.auth import Owner, RoleRequired, Unauthenticated
from bezkart.kit.problems import documented
from services.purchases.api.caller import Service, terms
from services.purchases.api.purchases import MAX_AMOUNT, MAX_CUPS
from services.purchases.usecases.try_promotions import Explanation, SomeGuest, TryPromotions, try_promotions

router = APIRouter(prefix="/api/v1/purchases", tags=["promotions"], responses=documented(Unauthenticated, RoleRequired))


class Basket(BaseModel):
    """`amount` in minor units; `at` is now unless another moment is to be tried."""

    model_config = ConfigDict(extra="forbid")

    cups: Annotated[int, Field(ge=1, le=MAX_CUPS, strict=True)] = 1
    amount: Annotated[int | None, Field(ge=0, le=MAX_AMOUNT, strict=True)] = None
    items: Annotated[tuple[Annotated[str, Field(min_length=1, max_length=100)], ...], Field(max_length=50)] = ()
    at: AwareDatetime | None = None


class ImaginedGuest(BaseModel):
    """`coupons` are ids of promotions the guest holds a coupon for; one for the draft he always has."""

    model_config = ConfigDict(extra="forbid")

    segment: SegmentName | None = None
    first_purchase: bool = False
    coupons: Annotated[tuple[str, ...], Field(max_length=50)] = ()


class TryBody(BaseModel):
    """`promotion` is a draft, tried beside what is in force; `replaces` the one it is a change of."""

    model_config = ConfigDict(extra="forbid")

    promotion: Rule | None = None
    replaces: Annotated[str | None, Field(max_length=64)] = None
    basket: Basket = Basket()
    guest: ImaginedGuest = ImaginedGuest()
    guest_id: Annotated[str | None, Field(max_length=64)] = None


@router.post("/try", responses=documented(PromotionInvalid, GuestNotFound, GuestErased))
async def attempt(body: TryBody, caller: Owner, service: Service) -> Explanation:
    """What would apply to this basket, and why the rest would not. Changes nothing."""
    program = await service.programs.current(caller.shop)
    imagined = SomeGuest(body.guest.segment, body.guest.first_purchase, body.guest.coupons)
    wish = TryPromotions(
        shop=caller.shop,
        currency=caller.currency,
        draft=body.promotion,
        replaces=body.replaces,
        guest=body.guest_id or imagined,
        cups=body.basket.cups,
        amount=body.basket.amount,
        items=body.basket.items,
        at=body.basket.at,
    )
    return await try_promotions(wish, terms(caller, program, service), service)
