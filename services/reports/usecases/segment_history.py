"""How many guests each segment had, day by day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.reports.domain.segments import Moves, counted
from services.reports.usecases.collaborators import Reports
from services.reports.usecases.settle_days import settle


@dataclass(frozen=True, slots=True)
class History:
    """Who moved on which day, from the first day on, oldest first."""

    moves: Mapping[date, Moves]

    def at_end(self, day: date) -> dict[str, int]:
        """Guests in each segment when the day ended."""
        return counted(moves for moved, moves in self.moves.items() if moved <= day)

    def at_ends(self, days: Sequence[date]) -> dict[date, dict[str, int]]:
        """The same for days that follow one another, in one pass."""
        if not days:
            return {}
        counts = self.at_end(days[0])
        ends = {days[0]: counts}
        for day in days[1:]:
            change = counted([self.moves.get(day, {})])
            counts = {segment: guests + change[segment] for segment, guests in counts.items()}
            ends[day] = counts
        return ends

    def moves_of(self, first: date, last: date) -> list[Moves]:
        return [moves for day, moves in self.moves.items() if first <= day <= last]

    def known_by(self, day: date) -> bool:
        """Whether any guest had a segment by then."""
        return any(moved <= day for moved in self.moves)


async def segment_history(shop: str, until: date, service: Reports) -> History:
    """Up to the end of `until`."""
    settled = await settle(shop, service, None, until)
    found = await service.days.moves(shop, until) | {day: each.moves for day, each in settled.items() if each.moves}
    return History(dict(sorted(found.items())))
