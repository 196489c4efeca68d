"""What promotions would do with a basket (F31): the owner tries a draft, or what is in force. Writes and reserves nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from bezkart.kernel.promotion import Rule, SegmentName, check_rule
from services.purchases.domain.account import Account
from services.purchases.domain.offers import Coupon, Offers
from services.purchases.domain.operation import Purchase
from services.purchases.domain.promotions import Promotion, applied_of, evaluate, sale_of
from services.purchases.domain.receipt import PromotionOutcome, outcome
from services.purchases.domain.terms import Terms
from services.purchases.store.documents import Remembering
from services.purchases.usecases.collaborators import Purchases
from services.purchases.usecases.open_account import open_account

DRAFT: Final = "draft"


@dataclass(frozen=True, slots=True)
class SomeGuest:
    """A guest who is only imagined: `coupons` are promotions he holds one for."""

    segment: SegmentName | None = None
    first_purchase: bool = False
    coupons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TryPromotions:
    """`guest` is an id of a real guest, or what is imagined of one. `replaces` is the promotion that the draft is a change of."""

    shop: str
    currency: str
    draft: Rule | None
    replaces: str | None
    guest: str | SomeGuest
    cups: int
    amount: int | None
    items: tuple[str, ...]
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Money and points in minor units. The draft's id is `draft`; `stacks_with` are those that would apply beside it."""

    discount: int
    to_pay: int | None
    points: int
    stamps: int
    free_cups: int
    promotions: tuple[PromotionOutcome, ...]
    stacks_with: tuple[str, ...] = field(default=())


async def try_promotions(wish: TryPromotions, terms: Terms, service: Purchases) -> Explanation:
    """What would apply, and why the rest would not. Raises PromotionInvalid, GuestNotFound, GuestErased."""
    promotions = await service.promotions.active(wish.shop)
    if wish.draft:
        check_rule(wish.draft)
        others = (each for each in promotions if each.id != wish.replaces)
        promotions = (*others, Promotion(DRAFT, 0, wish.draft))
    purchase = Purchase("try", wish.at or terms.now, wish.cups, wish.amount, wish.items)
    found = await _guest(wish, purchase.at, terms, service)
    segment = wish.guest.segment if isinstance(wish.guest, SomeGuest) else await service.segments.of(wish.shop, found)
    sale = sale_of(found.account, purchase, terms, segment=segment)
    day = terms.calendar.day(purchase.at).toordinal()
    full = await service.limits.full(wish.shop, promotions, day)
    verdicts = evaluate(promotions, sale, terms.calendar, full=full)
    applied = applied_of(verdicts)
    discount = sum(each.discount for each in applied)
    return Explanation(
        discount=discount,
        to_pay=None if wish.amount is None else wish.amount - discount,
        points=sum(each.points for each in applied),
        stamps=sum(each.stamps for each in applied),
        free_cups=sum(each.free_cups for each in applied),
        promotions=tuple(map(outcome, verdicts)),
        stacks_with=_beside(DRAFT, [each.promotion_id for each in applied]),
    )


def _beside(draft: str, applied: Sequence[str]) -> tuple[str, ...]:
    return tuple(each for each in applied if each != draft) if draft in applied else ()


async def _guest(wish: TryPromotions, at: datetime, terms: Terms, service: Purchases) -> Remembering:
    """A draft coupon is tried as if the guest held one."""
    if not isinstance(wish.guest, SomeGuest):
        found = await open_account(
            wish.shop,
            wish.guest,
            currency=wish.currency,
            program=terms.program,
            accounts=service.accounts,
            guest_ids=service.guest_ids,
        )
        return replace(found, account=_holding(found.account, (DRAFT,), at))
    account = Account.opened("", wish.currency, terms.program)
    account = replace(account, purchases=0 if wish.guest.first_purchase else 1)
    return Remembering(_holding(account, (*wish.guest.coupons, DRAFT), at))


def _holding(account: Account, promotion_ids: Sequence[str], at: datetime) -> Account:
    imagined = tuple(Coupon(name, name, datetime.max.replace(tzinfo=at.tzinfo), "try") for name in promotion_ids)
    return replace(account, offers=Offers((*account.offers.coupons, *imagined), account.offers.used))
