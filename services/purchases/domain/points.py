"""Points lie in lots. Earning, spending and taking back move amounts of the very lots, so undo is exact in any order. Pure."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

Origin = Literal["purchase", "welcome", "birthday", "referral", "adjust", "promotion", "campaign"]


@dataclass(frozen=True, slots=True)
class Lot:
    """`left` points of one origin, earned on the shop's day that began at `day`, worth nothing from `expires_at` on.

    Points of the same day, expiry and origin are one lot. `left` is negative when more was taken back than was there: a debt.
    """

    day: datetime
    expires_at: datetime
    origin: Origin
    left: int

    @property
    def key(self) -> tuple[datetime, datetime, Origin]:
        """What makes it this lot; also the order in which lots are spent."""
        return self.day, self.expires_at, self.origin


def _key(lot: Lot) -> tuple[datetime, datetime, Origin]:
    return lot.key


def total(lots: Iterable[Lot]) -> int:
    return sum(lot.left for lot in lots)


def opposite(lots: Iterable[Lot]) -> tuple[Lot, ...]:
    """The same amounts to subtract."""
    return tuple(replace(lot, left=-lot.left) for lot in lots)


@dataclass(frozen=True, slots=True)
class Wallet:
    """A guest's lots, oldest first, none of them empty. What is owed counts against every lot."""

    lots: tuple[Lot, ...] = ()

    @property
    def net(self) -> int:
        """All points less what is owed; negative while more is owed than there is."""
        return total(self.lots)

    def moved(self, lots: Iterable[Lot]) -> "Wallet":
        """With these amounts added to (if negative: taken from) their lots."""
        found = list(self.lots)
        for lot in lots:
            place = bisect_left(found, lot.key, key=_key)
            there = found[place : place + 1] if place < len(found) and found[place].key == lot.key else []
            left = lot.left + total(there)
            found[place : place + len(there)] = [replace(lot, left=left)] if left else []
        return Wallet(tuple(found))

    def spendable(self, now: datetime) -> int:
        """What the guest can pay with; points past their day do not count even before they are swept away."""
        return max(0, self.expired(now)[0].net)

    def oldest(self, amount: int, now: datetime) -> tuple[Lot, ...]:
        """Parts of the oldest lots that make `amount`, which is at most `spendable`."""
        taken = []
        for lot in self.lots:
            if amount and lot.left > 0 and lot.expires_at > now:
                part = min(amount, lot.left)
                taken.append(replace(lot, left=part))
                amount -= part
        return tuple(taken)

    def expired(self, now: datetime) -> tuple["Wallet", int]:
        """Without the lots past their day, and how many points are lost; what is owed is paid from them first."""
        gone = [lot for lot in self.lots if lot.left > 0 and lot.expires_at <= now]
        if not gone:
            return self, 0
        owing = [lot for lot in self.lots if lot.left < 0]
        paid = rest = min(total(gone), -total(owing))
        settled = []
        for lot in owing:
            part = min(rest, -lot.left)
            settled.append(replace(lot, left=part))
            rest -= part
        return self.moved((*opposite(gone), *settled)), total(gone) - paid

    def returned(self, lots: Iterable[Lot], now: datetime) -> tuple[Lot, ...]:
        """What taking these lots back takes: of a lot past its day only what is still there."""
        there = {lot.key: max(0, lot.left) for lot in self.lots}
        return tuple(
            lot if lot.expires_at > now else replace(lot, left=min(lot.left, there.get(lot.key, 0))) for lot in lots
        )

    def earliest_expiry(self, after: datetime | None = None) -> datetime | None:
        """When the first lot (of those that expire after `after`) is worth nothing any more."""
        coming = [lot.expires_at for lot in self.lots if lot.left > 0 and (after is None or lot.expires_at > after)]
        return min(coming, default=None)

    def expiring(self, until: datetime) -> tuple[Lot, ...]:
        """The lots whose points are lost by `until`."""
        return tuple(lot for lot in self.lots if lot.left > 0 and lot.expires_at <= until)
