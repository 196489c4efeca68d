"""What a promotion promises and when, as data (F31): campaigns keeps it, purchases applies it. Pure."""

from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Final, Literal

from bezkart.kernel.errors import DomainError, Kind

PromotionKind = Literal["discount", "n-for-m", "bonus-multiplier", "extra-stamps", "coupon", "spend-get", "combo"]
SegmentName = Literal["new", "active", "leaving", "rare", "sleeping"]

MAX_MONEY: Final = 100_000_000
MAX_FACTOR: Final = 1_000
MAX_STAMPS: Final = 20
MAX_CUPS: Final = 20
MAX_ITEMS: Final = 50
MAX_COUNT: Final = 10_000_000
LONGEST_NAME: Final = 80
_PERCENT: Final = 100


class PromotionInvalid(DomainError):
    kind = Kind.INVALID
    slug = "promotion-invalid"
    title = "The promotion contradicts itself"


@dataclass(frozen=True, slots=True)
class Benefit:
    """What the guest gets; money and points in minor units, 0 (or none) for what the promotion does not give.

    Off the bill: `percent` of it, at most `most` (0: no ceiling); `amount`; the difference to `price`; of every `buy` cups only `pay`
    are paid. Beside the bill: points earned are multiplied by `factor` hundredths; `points`; `stamps`; a `gift`, handed over at
    once, that costs the shop `gift_cost`.
    """

    percent: int = 0
    most: int = 0
    amount: int = 0
    price: int | None = None
    buy: int = 0
    pay: int = 0
    factor: int = 0
    points: int = 0
    stamps: int = 0
    gift: str = ""
    gift_en: str = ""
    gift_cost: int = 0


@dataclass(frozen=True, slots=True)
class Conditions:
    """When it holds; what is empty asks nothing. Days (1 is Monday) and times are the shop's; the end is not part of it.

    `until_time` before `from_time` goes past midnight, and the night belongs to the day it began on. `items`: one of them is enough, a
    combo needs all.
    """

    segments: tuple[SegmentName, ...] = ()
    from_at: datetime | None = None
    until_at: datetime | None = None
    weekdays: tuple[int, ...] = ()
    from_time: time | None = None
    until_time: time | None = None
    min_amount: int = 0
    items: tuple[str, ...] = ()
    first_purchase: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """How many purchases it may be applied to: of one guest, of all, on one of the shop's days; 0 is no limit."""

    per_guest: int = 0
    total: int = 0
    per_day: int = 0

    @property
    def shared(self) -> bool:
        """Whether guests use up what others could."""
        return bool(self.total or self.per_day)


@dataclass(frozen=True, slots=True)
class Rule:
    """A promotion's conditions. The smaller `priority` goes first; of one stacking `group` only the best for the guest applies.

    A `coupon` applies only to a guest who holds one, and takes it.
    """

    kind: PromotionKind
    name: str
    benefit: Benefit
    name_en: str = ""
    conditions: Conditions = field(default_factory=Conditions)
    limits: Limits = field(default_factory=Limits)
    group: str = ""
    priority: int = 100


_GIVES: Final[dict[PromotionKind, tuple[frozenset[str], ...]]] = {
    "discount": (frozenset({"percent"}), frozenset({"amount"})),
    "n-for-m": (frozenset({"buy"}),),
    "bonus-multiplier": (frozenset({"factor"}),),
    "extra-stamps": (frozenset({"stamps"}),),
    "spend-get": tuple(frozenset({each}) for each in ("percent", "amount", "points", "stamps", "gift")),
    "combo": (frozenset({"percent"}), frozenset({"amount"}), frozenset({"price"})),
    "coupon": tuple(frozenset({each}) for each in ("percent", "amount", "buy", "factor", "points", "stamps", "gift")),
}
"""What each kind gives: exactly one of these."""
_BENEFITS: Final = ("percent", "amount", "price", "buy", "factor", "points", "stamps", "gift")


def check_rule(rule: Rule) -> None:
    """What a single field's type cannot tell. Raises PromotionInvalid with a pointer to the field at fault."""
    _check_words(rule)
    _check_benefit(rule)
    _check_conditions(rule)
    for name in ("per_guest", "total", "per_day"):
        _between(getattr(rule.limits, name), 0, MAX_COUNT, f"/limits/{name}")
    _between(rule.priority, 1, 1_000, "/priority")


def _check_words(rule: Rule) -> None:
    if not 2 <= len(rule.name.strip()) <= LONGEST_NAME:
        raise PromotionInvalid("The name has 2 to 80 letters", pointer="/name")
    for text, pointer in (
        (rule.name_en, "/name_en"),
        (rule.group, "/group"),
        (rule.benefit.gift, "/benefit/gift"),
        (rule.benefit.gift_en, "/benefit/gift_en"),
    ):
        if len(text) > LONGEST_NAME:
            raise PromotionInvalid("At most 80 letters", pointer=pointer)


def _check_benefit(rule: Rule) -> None:
    benefit = rule.benefit
    given = frozenset(name for name in _BENEFITS if getattr(benefit, name) not in (0, "", None))
    if given not in _GIVES[rule.kind]:
        names = ", ".join(sorted(name for each in _GIVES[rule.kind] for name in each))
        raise PromotionInvalid(f"This kind gives exactly one of: {names}", pointer="/benefit")
    _between(benefit.percent, 0, _PERCENT, "/benefit/percent")
    for name in ("amount", "points", "most", "gift_cost"):
        _between(getattr(benefit, name), 0, MAX_MONEY, f"/benefit/{name}")
    _between(benefit.price or 0, 0, MAX_MONEY, "/benefit/price")
    _between(benefit.stamps, 0, MAX_STAMPS, "/benefit/stamps")
    if benefit.factor:
        _between(benefit.factor, _PERCENT + 1, MAX_FACTOR, "/benefit/factor")
    if benefit.buy:
        _between(benefit.buy, 2, MAX_CUPS, "/benefit/buy")
        _between(benefit.pay, 1, benefit.buy - 1, "/benefit/pay")


def _check_conditions(rule: Rule) -> None:
    when = rule.conditions
    if rule.kind == "spend-get" and not when.min_amount:
        raise PromotionInvalid("Say how much is to be spent", pointer="/conditions/min_amount")
    if rule.kind == "combo" and len(when.items) < 2:
        raise PromotionInvalid("A combo is at least two things", pointer="/conditions/items")
    _between(when.min_amount, 0, MAX_MONEY, "/conditions/min_amount")
    if len(when.items) > MAX_ITEMS or not all(0 < len(item.strip()) <= LONGEST_NAME for item in when.items):
        raise PromotionInvalid("At most 50 things of 1 to 80 letters", pointer="/conditions/items")
    _check_time(when)


def _check_time(when: Conditions) -> None:
    for name in ("from_at", "until_at"):
        moment = getattr(when, name)
        if moment is not None and moment.tzinfo is None:
            raise PromotionInvalid("A moment needs a time zone", pointer=f"/conditions/{name}")
    if when.from_at and when.until_at and when.until_at <= when.from_at:
        raise PromotionInvalid("It ends after it begins", pointer="/conditions/until_at")
    if (when.from_time is None) != (when.until_time is None) or (when.from_time and when.from_time == when.until_time):
        raise PromotionInvalid("Hours have a beginning and another end", pointer="/conditions/until_time")
    if not all(1 <= day <= 7 for day in when.weekdays):
        raise PromotionInvalid("Monday is 1, Sunday is 7", pointer="/conditions/weekdays")


def _between(value: int, least: int, most: int, pointer: str) -> None:
    if not least <= value <= most:
        raise PromotionInvalid(f"From {least} to {most}", pointer=pointer)
