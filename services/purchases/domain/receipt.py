"""What the caller is told about an account and about a change of it."""

from dataclasses import dataclass
from datetime import datetime

from bezkart.kernel.money import Money
from services.purchases.domain.account import Account


@dataclass(frozen=True, slots=True)
class AccountSummary:
    """An account's counters; `stamps` of `card_size` are on the open card."""

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


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to a recorded purchase; `undoable_until` is for the one who recorded it."""

    purchase_id: str
    at: datetime
    cups: int
    gifts_earned: int
    undoable_until: datetime | None
    account: AccountSummary


@dataclass(frozen=True, slots=True)
class Reversal:
    """The answer to an undo."""

    purchase_id: str
    account: AccountSummary


def summary(account: Account) -> AccountSummary:
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
    )
