"""What a campaign says and gives to one guest. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from bezkart.kernel.wording import TemplateInvalid, ValueMissing, parse, render, used

PLACEHOLDERS: Final = ("name", "stamps_left", "points", "gift")
LONGEST: Final = 2000
_OF_MODE: Final = {"stamps": frozenset({"points"}), "points": frozenset({"stamps_left"}), "both": frozenset[str]()}
"""What a shop of that mode has no value for."""
_NAMELESS: Final = {"ru": "гость", "en": "guest"}


@dataclass(frozen=True, slots=True)
class PointsOffer:
    """Points, in minor units, that expire after `valid_days`."""

    points: int
    valid_days: int
    kind: Literal["points"] = "points"


@dataclass(frozen=True, slots=True)
class CouponOffer:
    """A personal coupon of a promotion."""

    promotion_id: str
    valid_days: int
    kind: Literal["coupon"] = "coupon"


Offer = PointsOffer | CouponOffer


@dataclass(frozen=True, slots=True)
class Text:
    """One of the texts that are tried against each other: `a`, `b`."""

    variant: str
    text: str


@dataclass(frozen=True, slots=True)
class Message:
    """All that is needed to address a guest. After `ends_at` nothing is said any more."""

    texts: tuple[Text, ...]
    fallback_name: str = ""
    offer: Offer | None = None
    holdout_percent: int = 10
    ends_at: datetime | None = None

    @property
    def variants(self) -> tuple[str, ...]:
        return tuple(each.variant for each in self.texts)

    def text_of(self, variant: str) -> str:
        return next(each.text for each in self.texts if each.variant == variant)

    @property
    def gift_cost(self) -> int | None:
        """What the gift of one message may cost the shop at most, in minor units; None when nobody knows."""
        match self.offer:
            case None:
                return 0
            case PointsOffer(points=points):
                return points
            case CouponOffer():
                return None


def check_text(text: str, *, mode: str, pointer: str) -> None:
    """Everything that could go wrong at sending is refused at saving. Raises TemplateInvalid with `pointer`."""
    try:
        parse(text)
    except TemplateInvalid as error:
        raise TemplateInvalid(error.detail, pointer=pointer) from None
    for name in sorted(used(text) - set(PLACEHOLDERS)):
        known = ", ".join(f"{{{each}}}" for each in PLACEHOLDERS)
        raise TemplateInvalid(f"there is no value {{{name}}} here, only {known}", pointer=pointer)
    for name in sorted(used(text, always=True) & _OF_MODE.get(mode, frozenset())):
        raise TemplateInvalid(f"the shop's program has no {{{name}}}: no guest could be told", pointer=pointer)
    counted = {each.value for each in parse(text) if each.forms}
    for name in sorted(each for each in counted if each and each not in {"stamps_left", "points"}):
        raise TemplateInvalid(f"{{{name}}} is no number and takes no forms of a word", pointer=pointer)
    try:
        said = render(text, sample(), "ru")
    except ValueMissing as error:
        raise TemplateInvalid(f"there is no value {{{error.detail}}}", pointer=pointer) from None
    if not 0 < len(said) <= LONGEST:
        raise TemplateInvalid(f"{len(said)} characters, 1 to {LONGEST} are possible", pointer=pointer)


def sample() -> Mapping[str, str | int]:
    """Values as a guest may have them."""
    return {"name": "Анна", "stamps_left": 2, "points": 120, "gift": "капучино"}


def nameless(fallback: str, language: str) -> str:
    """How a guest is addressed whose name nobody knows."""
    return fallback or _NAMELESS[language]
