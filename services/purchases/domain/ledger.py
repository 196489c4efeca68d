"""The append-only ledger: what every change of an account did, entry by entry (F14)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

EntryKind = Literal["earn", "bonus", "redeem", "adjust", "reverse", "expire"]
Reason = Literal[
    "purchase",
    "undo",
    "import",
    "points",
    "code",
    "override",
    "offline-code",
    "gift-undo",
    "welcome",
    "birthday",
    "referral",
    "campaign",
    "adjust",
    "expire",
]


@dataclass(frozen=True, slots=True)
class Balance:
    """The counters an entry moves; money and points in minor units. Either of `points` and `points_owed` is 0."""

    purchases: int
    cups: int
    stamps: int
    gifts: int
    spent: int
    points: int = 0
    points_owed: int = 0

    def plus_points(self, points: int) -> "Balance":
        """With so many points more or less."""
        net = self.points - self.points_owed + points
        return replace(self, points=max(0, net), points_owed=max(0, -net))


@dataclass(frozen=True, slots=True)
class Entry:
    """One line; `id` is derived from what it is about and the kind, so the same change never enters twice.

    `version` is the account's version after the change and `place` the entry's position in it. `cups`, `amount` (money) and
    `points` are signed. `purchase_id` or `gift_id` say what it is about, `note` is what the owner wrote.
    """

    id: str
    guest_id: str
    version: int
    place: int
    kind: EntryKind
    reason: Reason
    at: datetime
    recorded_at: datetime
    actor_id: str
    actor_role: str
    before: Balance
    after: Balance
    purchase_id: str | None = None
    gift_id: str | None = None
    cups: int = 0
    amount: int = 0
    points: int = 0
    items: tuple[str, ...] = ()
    note: str = ""


def entry_id(about: str, kind: EntryKind) -> str:
    """The id of the entry that a purchase (`earn`, `redeem`, `bonus`), a gift (`redeem`) or an undo (`reverse`) leaves."""
    return f"{about}:{kind}"


def running(
    before: Balance, purchases: Iterable[tuple[int, int]], *, card_size: int, next_card_size: int, stamped: bool = True
) -> Iterator[tuple[Balance, Balance]]:
    """Before and after of each of several purchases (cups, amount) in a row.

    The card open at the start has `card_size`, every later one `next_card_size`; not `stamped` cups fill no card.
    """
    for cups, amount in purchases:
        stamps, gifts = before.stamps + (cups if stamped else 0), before.gifts
        while stamps >= card_size:
            stamps, gifts, card_size = stamps - card_size, gifts + 1, next_card_size
        after = replace(
            before,
            purchases=before.purchases + 1,
            cups=before.cups + cups,
            stamps=stamps,
            gifts=gifts,
            spent=before.spent + amount,
        )
        yield before, after
        before = after
