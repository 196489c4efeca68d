"""A promotion's life (F31): off or on, ended at last; purchases applies what is active. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Final, Literal, Self

from bezkart.kernel.errors import DomainError, Kind
from bezkart.kernel.promotion import PromotionInvalid, Rule, check_rule
from services.campaigns.domain.errors import DateInPast

State = Literal["active", "paused", "ended"]
Phase = Literal["off", "later", "now", "over"]
PLAN_REQUIRED: Final = "plan-required"
MOST_PROMOTIONS: Final = 200


class PromotionNotFound(DomainError):
    kind = Kind.NOT_FOUND
    slug = "promotion-not-found"
    title = "There is no such promotion"


class PromotionEnded(DomainError):
    """What guests were promised is over; a new promotion can promise it again."""

    kind = Kind.CONFLICT
    slug = "promotion-ended"
    title = "The promotion has ended"


class PromotionStarted(DomainError):
    """Guests know it: it can be ended, not unmade."""

    kind = Kind.CONFLICT
    slug = "promotion-started"
    title = "The promotion has been in force; end it instead"


class PromotionChangedMeanwhile(DomainError):
    kind = Kind.CONFLICT
    slug = "promotion-changed"
    title = "The promotion was changed meanwhile; look at it again"


class TooManyPromotions(DomainError):
    kind = Kind.CONFLICT
    slug = "too-many-promotions"
    title = "There are many promotions already; end or delete one first"


@dataclass(frozen=True, slots=True)
class Promotion:
    """`version` counts its changes from 1. `reason` says why it was paused by somebody else than the owner.

    `started_at` is when it was first put in force. A deleted one is only a mark: purchases has heard of it.
    """

    id: str
    rule: Rule
    created_at: datetime
    created_by: str
    version: int = 0
    state: State = "paused"
    reason: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    deleted: bool = False

    def change(self, rule: Rule, now: datetime) -> Self:
        """Other conditions from now on. Raises PromotionEnded, PromotionInvalid, DateInPast."""
        self._check_alive()
        if self.started_at and rule.kind != self.rule.kind:
            raise PromotionInvalid("What guests know keeps its kind", pointer="/rule/kind")
        checked(rule, now)
        return replace(self, rule=rule)

    def resume(self, now: datetime) -> Self:
        """In force, at once or when its days come. Raises PromotionEnded, DateInPast."""
        self._check_alive()
        checked(self.rule, now)
        return replace(self, state="active", reason="", started_at=self.started_at or now)

    def pause(self, reason: str = "") -> Self:
        """Raises PromotionEnded."""
        self._check_alive()
        return replace(self, state="paused", reason=reason)

    def end(self, now: datetime) -> Self:
        """For good. Repeating it changes nothing."""
        return self if self.state == "ended" else replace(self, state="ended", reason="", ended_at=now)

    def delete(self, now: datetime) -> Self:
        """Raises PromotionStarted."""
        if self.started_at:
            raise PromotionStarted
        return replace(self.end(now), deleted=True)

    def phase(self, now: datetime) -> Phase:
        """Whether guests can have it now."""
        when = self.rule.conditions
        if self.state == "ended" or (when.until_at and when.until_at <= now):
            return "over"
        if self.state == "paused":
            return "off"
        return "later" if when.from_at and when.from_at > now else "now"

    def _check_alive(self) -> None:
        if self.state == "ended":
            raise PromotionEnded


def checked(rule: Rule, now: datetime) -> Rule:
    """A rule that can be kept. Raises PromotionInvalid, DateInPast."""
    try:
        check_rule(rule)
    except PromotionInvalid as invalid:
        raise PromotionInvalid(invalid.detail, pointer=f"/rule{invalid.pointer}") from None
    if rule.conditions.until_at and rule.conditions.until_at <= now:
        raise DateInPast(pointer="/rule/conditions/until_at")
    return rule


def adding_up(promotion: Promotion, others: Iterable[Promotion], now: datetime) -> tuple[Promotion, ...]:
    """Those that take money off the same bill at the same time, as no stacking group keeps them apart: is that meant?"""
    if not _takes_money(promotion.rule) or promotion.phase(now) == "over":
        return ()
    return tuple(
        other
        for other in others
        if other.id != promotion.id
        and other.phase(now) in {"now", "later"}
        and _takes_money(other.rule)
        and _together(promotion.rule, other.rule)
    )


def _takes_money(rule: Rule) -> bool:
    benefit = rule.benefit
    return bool(benefit.percent or benefit.amount or benefit.buy or benefit.price is not None)


def _together(one: Rule, other: Rule) -> bool:
    """Whether one purchase can get both."""
    if one.group and one.group == other.group:
        return False
    mine, theirs = one.conditions, other.conditions
    for ours, others in ((mine.segments, theirs.segments), (mine.weekdays, theirs.weekdays)):
        if ours and others and not set(map(str, ours)) & set(map(str, others)):
            return False
    if mine.until_at and theirs.from_at and mine.until_at <= theirs.from_at:
        return False
    if theirs.until_at and mine.from_at and theirs.until_at <= mine.from_at:
        return False
    return _hours_meet(one, other)


def _hours_meet(one: Rule, other: Rule) -> bool:
    return any(a < d and c < b for a, b in _spans(one) for c, d in _spans(other))


def _spans(rule: Rule) -> list[tuple[float, float]]:
    """The hours as parts of one day; what goes past midnight are two."""
    start, end = rule.conditions.from_time, rule.conditions.until_time
    if start is None or end is None:
        return [(0, 24)]
    first, last = _hours(start), _hours(end) or 24
    return [(first, last)] if first < last else [(first, 24), (0, last)]


def _hours(clock: time) -> float:
    return clock.hour + clock.minute / 60 + clock.second / 3600
