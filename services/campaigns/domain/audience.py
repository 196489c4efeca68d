"""Whom a mailing speaks to (F30): conditions that all hold at once. Pure."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Range:
    """Both ends belong to it; None is no end."""

    min: int | None = None
    max: int | None = None


@dataclass(frozen=True, slots=True)
class Audience:
    """What is empty asks nothing. Days are counted back from the moment of looking, 24 hours each.

    `reachable_by` "telegram" leaves out those who would find it on their web page only.
    """

    segments: tuple[str, ...] = ()
    last_purchase_days: Range | None = None
    purchases: Range | None = None
    registered_days: Range | None = None
    tiers: tuple[str, ...] = ()
    favourites: tuple[str, ...] = ()
    reachable_by: Literal["telegram"] | None = None


@dataclass(frozen=True, slots=True)
class SavedAudience:
    id: str
    name: str
    audience: Audience


@dataclass(frozen=True, slots=True)
class Counts:
    """An audience counted. `excluded` by reason: `no-consent`, `unreachable`, `frequency`; each guest for the first that holds."""

    audience: int
    telegram: int
    web: int
    excluded: dict[str, int]

    @property
    def reachable(self) -> int:
        """Who would be addressed or held back."""
        return self.telegram + self.web
