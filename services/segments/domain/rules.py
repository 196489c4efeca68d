"""The five segments (F20): total and disjoint. Days are days of the shop's calendar."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bezkart.kernel.errors import DomainError, Kind


class Segment(StrEnum):
    """In the order they are shown everywhere."""

    NEW = "new"
    ACTIVE = "active"
    LEAVING = "leaving"
    RARE = "rare"
    SLEEPING = "sleeping"


class ThresholdsContradict(DomainError):
    kind = Kind.INVALID
    slug = "thresholds-contradict"
    title = "A guest must be able to become sleeping later than new or active"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """A shop's settings. New: up to `new_days` after registration. Active: `regular_purchases` or more and the last one at most
    `active_days` ago. Sleeping: nothing for more than `sleeping_days`. Raises ThresholdsContradict.
    """

    new_days: int = 14
    active_days: int = 14
    sleeping_days: int = 60
    regular_purchases: int = 4

    def __post_init__(self) -> None:
        if self.sleeping_days <= max(self.new_days, self.active_days):
            raise ThresholdsContradict(pointer="/sleeping_days")


@dataclass(frozen=True, slots=True)
class Visits:
    """What the rules look at: `purchases` so far, the day of the last one (None if none), the day of registration."""

    registered: date
    purchases: int = 0
    last: date | None = None

    @property
    def last_sign(self) -> date:
        """The day from which silence is counted."""
        return self.last or self.registered


def classify(visits: Visits, today: date, thresholds: Thresholds) -> Segment:
    """The segment on `today`, which is not before any day of `visits`."""
    silence = (today - visits.last_sign).days
    if silence > thresholds.sleeping_days:
        return Segment.SLEEPING
    if visits.purchases >= thresholds.regular_purchases:
        return Segment.ACTIVE if silence <= thresholds.active_days else Segment.LEAVING
    if (today - visits.registered).days <= thresholds.new_days:
        return Segment.NEW
    return Segment.RARE


def next_move(visits: Visits, today: date, thresholds: Thresholds) -> date | None:
    """The first day after `today` on which the segment changes if nothing is bought; None if it never does."""
    current = classify(visits, today, thresholds)
    turns = (
        visits.registered + timedelta(days=thresholds.new_days + 1),
        visits.last_sign + timedelta(days=thresholds.active_days + 1),
        visits.last_sign + timedelta(days=thresholds.sleeping_days + 1),
    )
    ahead = sorted(turn for turn in turns if turn > today)
    return next((turn for turn in ahead if classify(visits, turn, thresholds) is not current), None)
