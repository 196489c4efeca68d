"""Facts: what events say, each once. They are only ever added; a day's figures are what its facts add up to, in whatever order they came.

A fact's id follows from what it tells of, so the same event delivered again is the same fact. `guest` is None once the guest
was erased: what was sold stays sold.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Outcome = Literal["delivered", "failed", "expired", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that happened at `at`."""

    id: str
    at: datetime
    guest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale(Fact):
    """A purchase. `paid` is the bill without `discount` and `points`, 0 where the till did not say (`billed` is false then).

    `gap` is by how much the account's money moved otherwise than by `paid`: always 0, unless somebody miscounts.
    """

    purchase: str
    cups: int
    paid: int
    billed: bool
    discount: int = 0
    points: int = 0
    gifts_earned: int = 0
    staff: str | None = None
    gap: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack(Fact):
    """The purchase no longer counts; `at` is the purchase's own moment, so that both fall on one day."""

    purchase: str
    gap: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone(Fact):
    """Somebody took a purchase back at this moment."""

    staff: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftMoved(Fact):
    """A gift was handed over (`given` 1) or was not after all (−1)."""

    given: int
    staff: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered(Fact):
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved(Fact):
    """From one segment to another, the `version`-th time; None is outside: before the first, and after erasure."""

    version: int
    previous: str | None
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated(Fact):
    """The `version`-th word on a visit; `at` is the visit's moment, the same for all versions."""

    rating: str
    version: int
    stars: int
    staff: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored(Fact):
    """An answer to the survey, 0 to 10; a newer version takes the place of the older one."""

    version: int
    score: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Told(Fact):
    """What became of a campaign's message."""

    outcome: Outcome
    channel: str | None
    campaign: str


AnyFact = Sale | TakenBack | Undone | GiftMoved | Registered | Moved | Rated | Scored | Told
