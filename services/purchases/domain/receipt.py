"""What the caller is told about an account and about a change of it."""

from dataclasses import dataclass
from datetime import datetime

from bezkart.kernel.money import Money
from services.purchases.domain.account import Account, GiftRequest
from services.purchases.domain.gifts import gift_words, message_key
from services.purchases.domain.operation import Operation
from services.purchases.domain.points import total
from services.purchases.domain.program import TierName, Words
from services.purchases.domain.terms import Terms


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


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to a recorded purchase; `undoable_until` is for the one who recorded it."""

    purchase_id: str
    at: datetime
    cups: int
    gifts_earned: int
    points_earned: int
    points_spent: int
    bonus: int
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
    )


def receipt(line: Operation, before: Account, after: Account, terms: Terms) -> Receipt:
    effect = line.effect
    return Receipt(
        purchase_id=line.purchase.id,
        at=line.at,
        cups=line.purchase.cups,
        gifts_earned=after.gifts - before.gifts,
        points_earned=total(effect.earned),
        points_spent=total(effect.spent),
        bonus=total(effect.bonus),
        undoable_until=after.undoable_until(line, terms.actor, terms.program, terms.calendar),
        account=summary(after, terms),
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
