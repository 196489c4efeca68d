"""`/api/v1/accounts`: what a guest has, and the last operations; who brought whom; the owner's corrections and flags."""

from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from bezkart.kernel.errors import GuestErased, GuestNotFound, IdempotencyKeyReused
from bezkart.kernel.promotion import Rule
from bezkart.kit.auth import Caller, Owner, RoleRequired, Staff, Unauthenticated
from bezkart.kit.idempotency import IdempotencyKey, IdempotencyKeyMissing
from bezkart.kit.problems import documented
from services.purchases.api.caller import Service, actor, terms, wish
from services.purchases.domain.account import Account
from services.purchases.domain.errors import (
    PointsNotEnough,
    PointsOff,
    ReferralCodeUnknown,
    ReferralOwn,
    ReferralSetBefore,
    ReferralTooLate,
)
from services.purchases.domain.guards import FLAG_DAYS
from services.purchases.domain.operation import OperationKind
from services.purchases.domain.points import total
from services.purchases.domain.program import Words
from services.purchases.domain.promotions import needs_amount
from services.purchases.domain.receipt import AccountSummary, HeldCoupon, held_coupons, summary
from services.purchases.domain.terms import Terms
from services.purchases.usecases.adjust_points import adjust_points
from services.purchases.usecases.collaborators import Purchases
from services.purchases.usecases.open_account import open_account
from services.purchases.usecases.refer_guest import refer_guest

MOST_FLAGS: Final = 200
MAX_POINTS: Final = 100_000_000

router = APIRouter(
    prefix="/api/v1/accounts", tags=["accounts"], responses=documented(Unauthenticated, RoleRequired, GuestNotFound)
)


class ActorView(BaseModel):
    id: str
    role: str


class OperationView(BaseModel):
    """`id` is that of the purchase or the gift; `points` is what the line changed of them."""

    id: str
    kind: OperationKind
    reason: str
    at: datetime
    cups: int
    amount: int | None
    discount: int
    points: int
    items: tuple[str, ...]
    actor: ActorView
    mine: bool
    undone: bool
    undoable_until: datetime | None


class ExpiringPoints(BaseModel):
    points: int
    expires_at: datetime


class Offer(BaseModel):
    """A coupon of the guest's, and what it is for; `None` while that has not reached us."""

    coupon_id: str
    promotion_id: str
    valid_until: datetime
    name: Words | None
    rule: Rule | None


@dataclass(frozen=True, slots=True)
class AccountView(AccountSummary):
    """An account with its last operations, newest first. `referral_code` is what the guest gives to friends.

    `offers` are the coupons with what they are for. `bill_matters`: a promotion in force asks for the amount of the bill.
    """

    operations: list[OperationView]
    referral_code: str
    referred: bool
    points_expiring: ExpiringPoints | None
    offers: list[Offer]
    bill_matters: bool


class AccountList(BaseModel):
    accounts: list[AccountSummary]


class Totals(BaseModel):
    """`spent`: money paid for the purchases, in minor units."""

    accounts: int
    purchases: int
    spent: int


class FlagView(BaseModel):
    """On `day` one barista recorded more purchases of one guest than the owner thinks usual."""

    guest_id: str
    actor_id: str
    day: date
    purchases: int
    cups: int


class Flags(BaseModel):
    flags: list[FlagView]


class ReferralCode(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, Field(min_length=1, max_length=64)]


class Adjustment(BaseModel):
    """`points` are signed; the reason goes into the ledger."""

    model_config = ConfigDict(extra="forbid")

    points: Annotated[int, Field(ge=-MAX_POINTS, le=MAX_POINTS, strict=True)]
    reason: Annotated[str, Field(min_length=3, max_length=200)]


@router.get("/totals")
async def totals(caller: Owner, service: Service) -> Totals:
    """How many accounts are open in the shop, how many purchases they count, and the money paid for them."""
    accounts, purchases, spent = await service.accounts.totals(caller.shop)
    return Totals(accounts=accounts, purchases=purchases, spent=spent)


@router.get("/flags")
async def flags(caller: Owner, service: Service) -> Flags:
    """Baristas who recorded the same guest again and again (F17), of the last 30 days, newest first."""
    since = caller.calendar.day(service.clock.now()) - timedelta(days=FLAG_DAYS)
    found = await service.accounts.flagged(caller.shop, since, MOST_FLAGS)
    return Flags(
        flags=[
            FlagView(
                guest_id=guest_id,
                actor_id=flag.actor_id,
                day=date.fromordinal(flag.day),
                purchases=flag.purchases,
                cups=flag.cups,
            )
            for guest_id, flag in found
        ]
    )


@router.get("")
async def several(
    caller: Staff, service: Service, guest_id: Annotated[list[str], Query(min_length=1, max_length=50)]
) -> AccountList:
    """The accounts of several guests; those without purchases have zeros, unknown ones are left out."""
    program = await service.programs.current(caller.shop)
    found = await service.accounts.load_many(caller.shop, guest_id)
    accounts = [
        found[each].account if each in found else Account.opened(each, caller.currency, program)
        for each in guest_id
        if each in found or service.guest_ids.recognises(caller.shop, each)
    ]
    now = terms(caller, program, service)
    return AccountList(accounts=[summary(account, now) for account in accounts if not account.erased])


@router.get("/{guest_id}", responses=documented(GuestErased))
async def one(guest_id: str, caller: Staff, service: Service) -> AccountView:
    """A guest's account with the last operations, newest first (F14)."""
    program = await service.programs.current(caller.shop)
    found = await open_account(
        caller.shop,
        guest_id,
        currency=caller.currency,
        program=program,
        accounts=service.accounts,
        guest_ids=service.guest_ids,
    )
    code = service.guest_ids.share_code(guest_id)
    now = terms(caller, program, service)
    offers = await offers_of(found.account, caller.shop, now, service)
    asked = any(needs_amount(each.rule) for each in await service.promotions.active(caller.shop))
    return _view(found.account, caller, now, referral_code=code, offers=offers, bill_matters=asked)


@router.post(
    "/{guest_id}/referral",
    response_model=AccountSummary,
    responses=documented(
        GuestErased,
        IdempotencyKeyMissing,
        IdempotencyKeyReused,
        ReferralCodeUnknown,
        ReferralOwn,
        ReferralSetBefore,
        ReferralTooLate,
    ),
)
async def refer(guest_id: str, body: ReferralCode, key: IdempotencyKey, caller: Staff, service: Service) -> Response:
    """A new guest was brought by the one whose code this is: both get their bonus at the first purchase (F15)."""
    answer = await refer_guest(wish(caller, key, guest_id), body.code, service)
    return Response(answer, media_type="application/json")


@router.post(
    "/{guest_id}/adjustments",
    response_model=AccountSummary,
    responses=documented(GuestErased, IdempotencyKeyMissing, IdempotencyKeyReused, PointsNotEnough, PointsOff),
)
async def adjust(guest_id: str, body: Adjustment, key: IdempotencyKey, caller: Owner, service: Service) -> Response:
    """The owner corrects the guest's points; the ledger keeps the reason."""
    answer = await adjust_points(wish(caller, key, guest_id), body.points, body.reason, service)
    return Response(answer, media_type="application/json")


def _view(
    account: Account, caller: Caller, now: Terms, *, referral_code: str, offers: list[Offer], bill_matters: bool
) -> AccountView:
    acting, program = actor(caller), now.program
    operations = [
        OperationView(
            id=line.purchase.id,
            kind=line.kind,
            reason=line.effect.reason or line.kind,
            at=line.at,
            cups=line.purchase.cups,
            amount=line.purchase.amount,
            discount=line.effect.discount,
            points=line.effect.points,
            items=line.purchase.items,
            actor=ActorView(id=line.actor_id, role=line.actor_role),
            mine=line.actor_id == caller.id,
            undone=line.undone,
            undoable_until=account.undoable_until(line, acting, program, caller.calendar),
        )
        for line in account.operations[: program.operations_shown]
    ]
    counters = summary(account, now)
    return AccountView(
        **{each.name: getattr(counters, each.name) for each in fields(counters)},
        operations=operations,
        referral_code=referral_code,
        referred=account.referred_by is not None,
        points_expiring=expiring(account, now),
        offers=offers,
        bill_matters=bill_matters,
    )


async def offers_of(account: Account, shop: str, now: Terms, service: Purchases) -> list[Offer]:
    """The guest's coupons in words."""
    held = held_coupons(account, now)
    rules = await service.promotions.rules(shop) if held else {}
    return [_offer(each, rules.get(each.promotion_id)) for each in held]


def _offer(coupon: HeldCoupon, rule: Rule | None) -> Offer:
    return Offer(
        coupon_id=coupon.coupon_id,
        promotion_id=coupon.promotion_id,
        valid_until=coupon.valid_until,
        name=Words(rule.name, rule.name_en or rule.name) if rule else None,
        rule=rule,
    )


def expiring(account: Account, now: Terms) -> ExpiringPoints | None:
    """What the guest is warned of."""
    lots = account.wallet.expiring(now.now + timedelta(days=now.program.points.warn_days))
    lots = tuple(lot for lot in lots if lot.expires_at > now.now)
    points = min(total(lots), account.wallet.spendable(now.now))
    return ExpiringPoints(points=points, expires_at=min(lot.expires_at for lot in lots)) if points else None
