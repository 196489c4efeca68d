"""The conditions of a shop's loyalty program (F11, F14–F17): stamps, points with tiers, bonuses, guards. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from services.purchases.domain.errors import ProgramInvalid

Mode = Literal["stamps", "points", "both"]
TierName = Literal["bronze", "silver", "gold"]

RATE_UNIT: Final = 10_000  # a rate of 300 is 3 %
TIER_NAMES: Final[tuple[TierName, ...]] = ("bronze", "silver", "gold")


@dataclass(frozen=True, slots=True)
class Words:
    """A phrase for guests in both languages."""

    ru: str
    en: str


@dataclass(frozen=True, slots=True)
class Tier:
    """From `spend` on (money of the last 365 days, minor units) a purchase earns `rate` / 10,000 of the money paid."""

    tier: TierName
    spend: int
    rate: int


DEFAULT_TIERS: Final = (Tier("bronze", 0, 300), Tier("silver", 1_000_000, 500), Tier("gold", 3_000_000, 700))


@dataclass(frozen=True, slots=True)
class Points:
    """How points are earned and spent; a point is one minor unit of money.

    Up to `max_share` percent of a bill can be paid by them. They expire `valid_days` after the day they were earned; the guest is
    warned `warn_days` before (0: never). The bonuses are points; `birthday` waits until identity knows birthdays.
    """

    tiers: tuple[Tier, ...] = DEFAULT_TIERS
    max_share: int = 50
    valid_days: int = 365
    warn_days: int = 7
    welcome: int = 0
    birthday: int = 0
    referral_friend: int = 0
    referral_referrer: int = 0


@dataclass(frozen=True, slots=True)
class Guards:
    """Limits for baristas (F17); 0 switches one off. More than `flag_purchases` a day by one barista for one guest raise a flag."""

    minutes_between: int = 0
    cups_a_day: int = 0
    purchases_a_day: int = 0
    flag_purchases: int = 5


@dataclass(frozen=True, slots=True)
class Program:
    """What the owner promised: every `cups_per_gift`-th cup earns `gift`, money earns points, or both.

    `operations_shown` is the length of the short history; a barista may undo own purchases for `undo_minutes`.
    `version` 0 is the program of a shop whose owner has not set any.
    """

    cups_per_gift: int = 6
    gift: str = "капучино 0,2 л"
    gift_en: str = "cappuccino 0.2 l"
    operations_shown: int = 15
    undo_minutes: int = 15
    mode: Mode = "stamps"
    points: Points = field(default_factory=Points)
    guards: Guards = field(default_factory=Guards)
    version: int = 0
    changed_at: datetime | None = None

    @property
    def gives_stamps(self) -> bool:
        return self.mode != "points"

    @property
    def gives_points(self) -> bool:
        return self.mode != "stamps"

    @property
    def gift_words(self) -> Words:
        """What the gift is; a shop that wrote no English says it in Russian."""
        return Words(self.gift, self.gift_en or self.gift)

    def tier(self, spend: int) -> Tier | None:
        """The tier of a guest who paid `spend` in the last 365 days; None where there are no points."""
        reached = [tier for tier in self.points.tiers if tier.spend <= spend]
        return reached[-1] if reached and self.gives_points else None

    def next_tier(self, spend: int) -> Tier | None:
        """The tier that comes after it."""
        ahead = [tier for tier in self.points.tiers if tier.spend > spend]
        return ahead[0] if ahead and self.gives_points else None


def check_program(program: Program) -> None:
    """What no single field can tell. Raises ProgramInvalid with a pointer to the field at fault."""
    points = program.points
    tiers = points.tiers
    order = [TIER_NAMES.index(tier.tier) for tier in tiers]
    if order != sorted(set(order)):
        raise ProgramInvalid("Each tier once, from bronze to gold", pointer="/points/tiers")
    if tiers and tiers[0].spend != 0:
        raise ProgramInvalid("The first tier is everybody's: it begins at 0", pointer="/points/tiers/0/spend")
    for place in range(1, len(tiers)):
        if tiers[place].spend <= tiers[place - 1].spend:
            raise ProgramInvalid("A tier begins above the one before it", pointer=f"/points/tiers/{place}/spend")
        if tiers[place].rate < tiers[place - 1].rate:
            raise ProgramInvalid("A tier earns no less than the one before it", pointer=f"/points/tiers/{place}/rate")
    if points.warn_days >= points.valid_days:
        raise ProgramInvalid("The warning must come after the points were earned", pointer="/points/warn_days")
    guards = program.guards
    if guards.cups_a_day and guards.purchases_a_day > guards.cups_a_day:
        raise ProgramInvalid(
            "A purchase is at least one cup: allow no more purchases than cups", pointer="/guards/purchases_a_day"
        )
