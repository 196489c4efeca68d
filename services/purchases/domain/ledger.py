"""The append-only ledger: what every change of an account did, entry by entry (F14)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

EntryKind = Literal["earn", "reverse"]


@dataclass(frozen=True, slots=True)
class Balance:
    """The counters an entry moves; money in minor units."""

    purchases: int
    cups: int
    stamps: int
    gifts: int
    spent: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One line; `id` is derived from the purchase and the kind, so the same change never enters twice.

    `version` is the account's version after the change and `place` the entry's position in it. `cups` and `amount` are signed.
    """

    id: str
    guest_id: str
    version: int
    place: int
    kind: EntryKind
    reason: Literal["purchase", "undo", "import"]
    purchase_id: str
    at: datetime
    recorded_at: datetime
    actor_id: str
    actor_role: str
    cups: int
    amount: int
    items: tuple[str, ...]
    before: Balance
    after: Balance


def entry_id(purchase_id: str, kind: EntryKind) -> str:
    """The id of the ledger entry that a purchase (`earn`) or its undo (`reverse`) leaves."""
    return f"{purchase_id}:{kind}"


def running(
    before: Balance, purchases: Iterable[tuple[int, int]], *, card_size: int, next_card_size: int
) -> Iterator[tuple[Balance, Balance]]:
    """Before and after of each of several purchases (cups, amount) in a row.

    The card open at the start has `card_size`, every later one `next_card_size`.
    """
    for cups, amount in purchases:
        stamps, gifts = before.stamps + cups, before.gifts
        while stamps >= card_size:
            stamps, gifts, card_size = stamps - card_size, gifts + 1, next_card_size
        after = Balance(before.purchases + 1, before.cups + cups, stamps, gifts, before.spent + amount)
        yield before, after
        before = after
