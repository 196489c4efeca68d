"""Figures that can be added up: of a day, a barista, an hour, a period."""

from dataclasses import dataclass, fields
from typing import Self


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums. Money in minor units; `revenue` is money paid, `billed` how many purchases had a bill; `stars` counts ratings 1 to 5.

    `erased_*` are those of guests who were erased since; `gap` is money that an account moved otherwise than a purchase says.
    """

    purchases: int = 0
    cups: int = 0
    revenue: int = 0
    billed: int = 0
    discount: int = 0
    points: int = 0
    gifts: int = 0
    gifts_earned: int = 0
    undos: int = 0
    new_guests: int = 0
    stars: tuple[int, ...] = (0, 0, 0, 0, 0)
    delivered: int = 0
    failed: int = 0
    erased_purchases: int = 0
    erased_revenue: int = 0
    gap: int = 0

    def plus(self, other: "Figures") -> Self:
        added = {name: getattr(self, name) + getattr(other, name) for name in _NUMBERS}
        stars = tuple(map(sum, zip(self.stars, other.stars, strict=True)))
        return type(self)(**added, stars=stars)

    @property
    def average_ticket(self) -> int | None:
        """Of purchases with a bill, in whole minor units."""
        return round_half_up(self.revenue, self.billed)

    @property
    def ratings(self) -> int:
        return sum(self.stars)

    @property
    def rating_average(self) -> float | None:
        """Two decimals."""
        given = sum(stars * count for stars, count in enumerate(self.stars, start=1))
        return round(given / self.ratings, 2) if self.ratings else None

    @property
    def csat(self) -> float | None:
        """Percent of ratings that are 4 or 5."""
        return percent(self.stars[3] + self.stars[4], self.ratings)


_NUMBERS = tuple(field.name for field in fields(Figures) if field.name != "stars")


def percent(part: int, whole: int) -> float | None:
    """One decimal; None of nothing."""
    return round(100 * part / whole, 1) if whole else None


def round_half_up(total: int, count: int) -> int | None:
    """The average in whole units; None of nothing."""
    return (2 * total + count) // (2 * count) if count else None


NOTHING = Figures()
