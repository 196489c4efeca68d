"""What a campaign brought (F34): guests who got it against those who were held back. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import sqrt
from typing import Final, Literal

WINDOW: Final = timedelta(days=3)
"""A purchase counts so long after the delivery; of a guest held back, after the moment of sending."""
LATEST_DELIVERY: Final = timedelta(days=2)
"""Nothing is delivered later than this after it was handed over: messages of campaigns end before."""
NEEDED: Final = 100
"""So many guests on either side, or nothing is said about the difference."""
HOLDOUT: Final = "holdout"
CAN_COME_BACK: Final = frozenset({"leaving", "rare", "sleeping"})

Verdict = Literal["enough", "not-enough-data"]


@dataclass(frozen=True, slots=True)
class Bought:
    """A purchase: `revenue` is what it brought, `discount` what the campaign's own offer took off, in minor units."""

    at: datetime
    revenue: int = 0
    discount: int = 0
    undone: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """One guest of a campaign's run: on which `side`, in which segment at sending, and what was bought since."""

    side: str
    sent_at: datetime
    segment: str | None = None
    delivered_at: datetime | None = None
    purchases: Mapping[str, Bought] = field(default_factory=dict)

    @property
    def counted_from(self) -> datetime | None:
        """None for a guest whom nothing reached: nothing he does is the campaign's doing."""
        return self.sent_at if self.side == HOLDOUT else self.delivered_at

    def counted(self) -> tuple[Bought, ...]:
        """The purchases that count."""
        since = self.counted_from
        if since is None:
            return ()
        return tuple(each for each in self.purchases.values() if not each.undone and since <= each.at <= since + WINDOW)


@dataclass(frozen=True, slots=True)
class Reached:
    """How many guests of a side there were, and how many the message reached (of those held back: nobody)."""

    guests: int
    delivered: int


@dataclass(frozen=True, slots=True)
class Side:
    """One variant, or those held back. `gift_cost`: points given and discounts of the campaign's own offer."""

    variant: str
    guests: int
    delivered: int
    came_back: int
    bought: int
    revenue: int
    gift_cost: int

    @property
    def counted(self) -> int:
        """The guests whose purchases count."""
        return self.guests if self.variant == HOLDOUT else self.delivered


@dataclass(frozen=True, slots=True)
class Uplift:
    """How many percent points more of one side bought, and between what it lies with 95 % confidence."""

    percent_points: float
    lowest: float
    highest: float


@dataclass(frozen=True, slots=True)
class Effect:
    """`uplift` is of all who got it over those held back, `b_over_a` of the second text over the first; None under `NEEDED`."""

    sides: tuple[Side, ...]
    uplift: Uplift | None
    b_over_a: Uplift | None
    verdict: Verdict


def measure(reached: Mapping[str, Reached], targets: Iterable[Target], *, points_each: int = 0) -> Effect:
    """`reached` counts every side's guests; `targets` are at least those who bought anything.

    `points_each` are the points everybody got whom the campaign addressed; those held back got none.
    """
    by_side: dict[str, list[Target]] = defaultdict(list)
    for target in targets:
        by_side[target.side].append(target)
    sides = tuple(
        _side(variant, reached[variant], by_side[variant], 0 if variant == HOLDOUT else points_each)
        for variant in sorted(reached, key=lambda variant: (variant == HOLDOUT, variant))
    )
    return judge(sides)


def judge(sides: tuple[Side, ...]) -> Effect:
    """What may be said of these figures."""
    by_variant = {side.variant: side for side in sides}
    held, got = by_variant.get(HOLDOUT), [side for side in sides if side.variant != HOLDOUT]
    pooled = (sum(side.bought for side in got), sum(side.counted for side in got))
    uplift = _uplift(pooled, (held.bought, held.counted)) if held else None
    first, second = by_variant.get("a"), by_variant.get("b")
    between = _uplift((second.bought, second.counted), (first.bought, first.counted)) if first and second else None
    return Effect(sides, uplift, between, "enough" if uplift else "not-enough-data")


def _side(variant: str, reached: Reached, targets: Iterable[Target], points_each: int) -> Side:
    bought = came_back = revenue = discounts = 0
    for target in targets:
        counted = target.counted()
        bought += bool(counted)
        came_back += bool(counted) and target.segment in CAN_COME_BACK
        revenue += sum(each.revenue for each in counted)
        discounts += sum(each.discount for each in counted)
    cost = discounts + points_each * reached.guests
    return Side(variant, reached.guests, reached.delivered, came_back, bought, revenue, cost)


def _uplift(one: tuple[int, int], other: tuple[int, int]) -> Uplift | None:
    if min(one[1], other[1]) < NEEDED:
        return None
    lowest, highest = interval(one, other)
    difference = one[0] / one[1] - other[0] / other[1]
    return Uplift(round(100 * difference, 1), round(100 * lowest, 1), round(100 * highest, 1))


def interval(one: tuple[int, int], other: tuple[int, int], z: float = 1.959964) -> tuple[float, float]:
    """Where the difference of two shares (so many of so many) lies, with 95 % confidence by default.

    Newcombe's hybrid score interval (Statistics in Medicine 17, 1998, method 10): honest for small shares and sides as well.
    """
    p, (low_p, high_p) = one[0] / one[1], _wilson(one, z)
    q, (low_q, high_q) = other[0] / other[1], _wilson(other, z)
    below, above = sqrt((p - low_p) ** 2 + (high_q - q) ** 2), sqrt((high_p - p) ** 2 + (q - low_q) ** 2)
    return p - q - below, p - q + above


def _wilson(share: tuple[int, int], z: float) -> tuple[float, float]:
    """The score interval of one share (Wilson, 1927)."""
    count, total = share
    middle, spread = 2 * count + z * z, z * sqrt(z * z + 4 * count * (1 - count / total))
    return (middle - spread) / (2 * (total + z * z)), (middle + spread) / (2 * (total + z * z))
