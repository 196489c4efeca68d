"""What the caller is told about an account and about a change of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bezkart.kernel.money import Money
from services.purchases.domain.account import Account, GiftRequest
from services.purchases.domain.gifts import gift_words, message_key
from services.purchases.domain.operation import Operation
from services.purchases.domain.points import total
from services.purchases.domain.program import TierName, Words
from services.purchases.domain.promotions import Verdict
from services.purchases.domain.terms import Terms
from services.purchases.domain.validity import Reason


@dataclass(frozen=True, slots=True)
class NextTier:
    """What comes next, and how much money is left to it."""

    tier: TierName
    spend_left: int


@dataclass(frozen=True, slots=True)
class RequestedGift:
    """A gift whose code is out; `message_key` is notifications' key of the message that carried the latest."""

    gift_id: str
    words: Words
    until: datetime
    sends: int
    message_key: str


@dataclass(frozen=True, slots=True)
class HeldCoupon:
    """A coupon the guest can use until `valid_until`."""

    coupon_id: str
    promotion_id: str
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class AccountSummary:
    """An account's counters; `stamps` of `card_size` are on the open card, `points` can be spent now.

    `gift` is what the guest gets next: the oldest of the `gifts`, or what the open card will earn.
    """

    guest_id: str
    version: int
    purchases: int
    cups: int
    stamps: int
    card_size: int
    gifts: int
    spent: Money
    first_purchase_at: datetime | None
    last_purchase_at: datetime | None
    points: int
    points_owed: int
    tier: TierName | None
    next_tier: NextTier | None
    gift: Words
    gift_request: RequestedGift | None
    coupons: tuple[HeldCoupon, ...]


@dataclass(frozen=True, slots=True)
class PromotionOutcome:
    """What became of one promotion: what it gave, or the `reason` why it did not apply.

    `left` is what is missing (minor units for `min-amount`, cups for `cups`); `by` is the promotion of its group that is better.
    """

    id: str
    name: Words
    applied: bool
    reason: Reason | None
    left: int | None
    by: str | None
    discount: int
    points: int
    stamps: int
    free_cups: int
    gift: Words | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to a recorded purchase; `undoable_until` is for the one who recorded it.

    `to_pay` is the money: the bill less `discount` and points; None when nobody said the bill.
    """

    purchase_id: str
    at: datetime
    cups: int
    gifts_earned: int
    points_earned: int
    points_spent: int
    bonus: int
    discount: int
    to_pay: int | None
    promotions: tuple[PromotionOutcome, ...]
    undoable_until: datetime | None
    account: AccountSummary


@dataclass(frozen=True, slots=True)
class Reversal:
    """The answer to an undo."""

    purchase_id: str
    account: AccountSummary


@dataclass(frozen=True, slots=True)
class GiftOnItsWay:
    """The answer to a request: the code is on its way, `minutes` long it is good."""

    gift_id: str
    words: Words
    message_key: str
    expires_at: datetime
    minutes: int
    sends: int
    account: AccountSummary


@dataclass(frozen=True, slots=True)
class GiftSettled:
    """The answer to an issue, a release, an override, an undo."""

    gift_id: str
    words: Words
    account: AccountSummary


def summary(account: Account, terms: Terms) -> AccountSummary:
    tier = account.tier(terms.program, terms.today)
    return AccountSummary(
        guest_id=account.guest_id,
        version=account.version,
        purchases=account.purchases,
        cups=account.cups,
        stamps=account.stamps,
        card_size=account.card_size,
        gifts=account.gifts,
        spent=Money(account.spent, account.currency),
        first_purchase_at=account.first_purchase_at,
        last_purchase_at=account.last_purchase_at,
        points=account.wallet.spendable(terms.now),
        points_owed=max(0, -account.wallet.net),
        tier=tier.tier if tier else None,
        next_tier=_next_tier(account, terms) if tier else None,
        gift=gift_words(account, terms.program),
        gift_request=_requested(account.live_request(terms.now)),
        coupons=held_coupons(account, terms),
    )


def receipt(line: Operation, before: Account, after: Account, terms: Terms, verdicts: Sequence[Verdict]) -> Receipt:
    effect = line.effect
    return Receipt(
        purchase_id=line.purchase.id,
        at=line.at,
        cups=line.purchase.cups,
        gifts_earned=after.gifts - before.gifts,
        points_earned=total(effect.earned),
        points_spent=total(effect.spent),
        bonus=total(effect.bonus),
        discount=effect.discount,
        to_pay=None if line.purchase.amount is None else line.money,
        promotions=tuple(map(outcome, verdicts)),
        undoable_until=after.undoable_until(line, terms.actor, terms.program, terms.calendar),
        account=summary(after, terms),
    )


def outcome(verdict: Verdict) -> PromotionOutcome:
    rule, applied = verdict.promotion.rule, verdict.applied
    return PromotionOutcome(
        id=verdict.promotion.id,
        name=Words(rule.name, rule.name_en or rule.name),
        applied=applied is not None,
        reason=verdict.reason,
        left=verdict.left,
        by=verdict.by,
        discount=applied.discount if applied else 0,
        points=applied.points if applied else 0,
        stamps=applied.stamps if applied else 0,
        free_cups=applied.free_cups if applied else 0,
        gift=applied.gift if applied else None,
    )


def held_coupons(account: Account, terms: Terms) -> tuple[HeldCoupon, ...]:
    """Those that are good now, the first to end first."""
    return tuple(
        HeldCoupon(each.id, each.promotion_id, each.valid_until)
        for each in account.offers.coupons
        if each.valid_until > terms.now
    )


def _next_tier(account: Account, terms: Terms) -> NextTier | None:
    spend = account.spend.within_year(terms.today)
    following = terms.program.next_tier(spend)
    return NextTier(following.tier, following.spend - spend) if following else None


def _requested(request: GiftRequest | None) -> RequestedGift | None:
    if request is None:
        return None
    key = message_key(request.gift_id, request.sends)
    return RequestedGift(request.gift_id, request.words, request.until, request.sends, key)
