"""Triggers (F32): a message when something happens to a guest, once in a period. Pure.

A fact from outside makes an occasion; an occasion waits in the guest's agenda until it is due; and when it is due, what is known of the
guest then decides. So a purchase that was undone cancels nothing, and a guest who left the segment again hears nothing.
"""

from calendar import isleap
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal, Self

from bezkart.kernel.calendar import ShopCalendar
from bezkart.kernel.promotion import SegmentName
from services.campaigns.domain.agenda import Occasion
from services.campaigns.domain.manners import DROPPED_AFTER
from services.campaigns.domain.message import Message


@dataclass(frozen=True, slots=True)
class SegmentEntered:
    segment: SegmentName
    kind: Literal["segment-entered"] = "segment-entered"


@dataclass(frozen=True, slots=True)
class Registered:
    kind: Literal["registered"] = "registered"


@dataclass(frozen=True, slots=True)
class Silent:
    """No purchase for so many days; counted from the registration where there was none."""

    days: int
    kind: Literal["silent"] = "silent"


@dataclass(frozen=True, slots=True)
class NearGift:
    """So many cups are left to the gift, or fewer."""

    left: int
    kind: Literal["near-gift"] = "near-gift"


@dataclass(frozen=True, slots=True)
class LowRatingAnswered:
    """The owner answered a rating of three stars or less."""

    kind: Literal["low-rating-answered"] = "low-rating-answered"


@dataclass(frozen=True, slots=True)
class Birthday:
    days_before: int
    kind: Literal["birthday"] = "birthday"


@dataclass(frozen=True, slots=True)
class PointsExpiring:
    """Points expire in so many days; no earlier than the program warns of it."""

    days: int
    kind: Literal["points-expiring"] = "points-expiring"


On = SegmentEntered | Registered | Silent | NearGift | LowRatingAnswered | Birthday | PointsExpiring
_KINDS: Final[dict[str, type[On]]] = {
    "segment-entered": SegmentEntered,
    "registered": Registered,
    "silent": Silent,
    "near-gift": NearGift,
    "low-rating-answered": LowRatingAnswered,
    "birthday": Birthday,
    "points-expiring": PointsExpiring,
}
BY_TIME: Final = ("silent", "birthday")
"""Nobody tells of these: guests are looked through for them."""


def on_of(fields: Mapping[str, Any]) -> On:
    """What a trigger waits for, by its fields and `kind`."""
    return _KINDS[fields["kind"]](**fields)


@dataclass(frozen=True, slots=True)
class Moved:
    """The guest came into a segment."""

    segment: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Joined:
    """The guest registered, here and not in an older system."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Stamped:
    """A purchase was recorded: so many cups were left to the next gift before and after, and whether it earned one."""

    at: datetime
    left_before: int
    left: int
    earned_gift: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """The owner answered a low rating."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Warned:
    """The guest's points expire."""

    at: datetime
    expires_at: datetime


Fact = Moved | Joined | Stamped | Answered | Warned


@dataclass(frozen=True, slots=True)
class Timing:
    """When a trigger speaks: so long after, once in a period, and whether a purchase meanwhile makes it needless."""

    on: On
    delay: timedelta = timedelta(0)
    period: timedelta = timedelta(days=30)
    cancel_on_purchase: bool = False

    def occasion(self, fact: Fact) -> Occasion | None:
        """What the fact means for this trigger; None where it is another matter."""
        at = _moment(self.on, fact)
        return Occasion(fact.at, at + self.delay) if at else None

    def silent_since(self, last_seen: datetime) -> Occasion | None:
        """A guest who was here last at that moment."""
        if not isinstance(self.on, Silent):
            return None
        at = last_seen + timedelta(days=self.on.days)
        return Occasion(at, at + self.delay)

    def birthday_on(self, day: date, calendar: ShopCalendar) -> Occasion | None:
        """A guest whose birthday is on that day."""
        if not isinstance(self.on, Birthday):
            return None
        at = calendar.midnight(day - timedelta(days=self.on.days_before))
        return Occasion(at, at + self.delay)

    def needless(self, occasion_at: datetime, guest: "Known") -> str | None:
        """Why the guest need not be told any more, None if he is to be told."""
        if self.cancel_on_purchase and guest.last_purchase_at and guest.last_purchase_at > occasion_at:
            return "bought"
        return None if _holds(self.on, occasion_at, guest) else "no-longer-true"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a guest at the moment when an occasion is due; `left` cups to the next gift, None without stamps."""

    segment: str | None
    last_purchase_at: datetime | None
    left: int | None
    points: int


def _moment(on: On, fact: Fact) -> datetime | None:
    match on, fact:
        case SegmentEntered(segment=wanted), Moved(segment=entered, at=at) if wanted == entered:
            return at
        case Registered(), Joined(at=at):
            return at
        case NearGift(left=wanted), Stamped(at=at, left_before=before, left=left, earned_gift=earned):
            return at if 0 < left <= wanted and (earned or before > wanted) else None
        case LowRatingAnswered(), Answered(at=at):
            return at
        case PointsExpiring(days=days), Warned(at=at, expires_at=expires_at):
            return max(at, expires_at - timedelta(days=days))
    return None


def _holds(on: On, occasion_at: datetime, guest: Known) -> bool:
    match on:
        case SegmentEntered(segment=wanted):
            return guest.segment == wanted
        case Silent(days=days):
            return guest.last_purchase_at is None or guest.last_purchase_at + timedelta(days=days) <= occasion_at
        case NearGift(left=wanted):
            return guest.left is not None and 0 < guest.left <= wanted
        case PointsExpiring():
            return guest.points > 0
    return True


def birthdays_on(day: date) -> tuple[str, ...]:
    """Whose birthdays ("MM-DD") fall on that day; who was born on February 29th celebrates on the 28th of other years."""
    leap_child = (day.month, day.day) == (2, 28) and not isleap(day.year)
    return (f"{day:%m-%d}", "02-29") if leap_child else (f"{day:%m-%d}",)


@dataclass(frozen=True, slots=True)
class Trigger:
    """`active_since`: what happened before is no occasion; None while it is switched off.

    `due` is when guests are looked through, of those whom time alone brings. `scenario` is the ready one it was made of.
    """

    id: str
    name: str
    timing: Timing
    message: Message
    created_at: datetime
    created_by: str
    version: int = 0
    active_since: datetime | None = None
    due: datetime | None = None
    scenario: str = ""

    @property
    def state(self) -> Literal["active", "paused"]:
        return "active" if self.active_since else "paused"

    def switch(self, now: datetime, *, active: bool) -> Self:
        """Switched on anew it begins with what happens from now on."""
        if not active:
            return replace(self, active_since=None, due=None)
        looking = now if self.timing.on.kind in BY_TIME else None
        return replace(self, active_since=self.active_since or now, due=looking)

    def looked(self, following: datetime) -> Self:
        """Guests were looked through."""
        return replace(self, due=following)

    def hears(self, occasion: Occasion | None, now: datetime) -> Occasion | None:
        """The occasion, unless the trigger was off then or it is too late by now: told anew, old events move nobody."""
        if occasion is None or self.active_since is None or occasion.at < self.active_since:
            return None
        return None if occasion.due < now - DROPPED_AFTER else occasion
