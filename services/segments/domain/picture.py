"""The owner's picture (F22): sizes on a day, two days beside each other, and who moved from where to where. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.segments.domain.guest import SegmentedGuest
from services.segments.domain.rules import Segment, Thresholds, classify


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many guests each segment has on `day`; every segment is named, empty ones with 0."""

    day: date
    segments: dict[Segment, int]

    @property
    def total(self) -> int:
        return sum(self.segments.values())


@dataclass(frozen=True, slots=True)
class Flow:
    """So many guests were in `origin` on the first day (None: not registered yet) and are in `target` on the second."""

    origin: Segment | None
    target: Segment
    guests: int


@dataclass(frozen=True, slots=True)
class WonBack:
    """Of the guests that were leaving or rare, how many are active now: the main goal."""

    guests: int
    of: int

    @property
    def share(self) -> float:
        return self.guests / self.of if self.of else 0.0


class Census:
    """Counts guests on several days in one pass over them."""

    def __init__(self, days: Sequence[date], thresholds: Thresholds) -> None:
        self._days = tuple(days)
        self._thresholds = thresholds
        self._paths: Counter[tuple[Segment | None, ...]] = Counter()

    def add(self, guest: SegmentedGuest) -> None:
        """Count one more guest."""
        path = tuple(self._segment(guest, day) for day in self._days)
        if any(path):
            self._paths[path] += 1

    def sizes(self) -> list[Sizes]:
        """The segments on each of the days."""
        return [sizes(day, self._on(place)) for place, day in enumerate(self._days)]

    def flows(self) -> list[Flow]:
        """From the first day to the last one, in the order of segments; guests without a segment at the end are left out."""
        moved: Counter[tuple[Segment | None, Segment]] = Counter()
        for path, guests in self._paths.items():
            if path[-1] is not None:
                moved[path[0], path[-1]] += guests
        order: list[Segment | None] = [None, *Segment]
        flows = [Flow(origin, target, guests) for (origin, target), guests in moved.items()]
        return sorted(flows, key=lambda flow: (order.index(flow.origin), order.index(flow.target)))

    def won_back(self) -> WonBack:
        """From leaving and rare to active."""
        at_risk = {Segment.LEAVING, Segment.RARE}
        start = sum(guests for path, guests in self._paths.items() if path[0] in at_risk)
        back = sum(guests for path, guests in self._paths.items() if path[0] in at_risk and path[-1] is Segment.ACTIVE)
        return WonBack(back, start)

    def _on(self, place: int) -> Counter[Segment]:
        counted: Counter[Segment] = Counter()
        for path, guests in self._paths.items():
            if segment := path[place]:
                counted[segment] += guests
        return counted

    def _segment(self, guest: SegmentedGuest, day: date) -> Segment | None:
        visits = guest.visits_by(day)
        return classify(visits, day, self._thresholds) if visits else None


def sizes(day: date, counted: Counter[Segment]) -> Sizes:
    """Sizes with every segment named."""
    return Sizes(day, {segment: counted[segment] for segment in Segment})
