"""How many guests each segment has, from those who went from one to another day by day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

SEGMENTS: Final = ("new", "active", "leaving", "rare", "sleeping")
WON_BACK_FROM: Final = ("leaving", "rare")

Moves = Mapping[tuple[str | None, str | None], int]
Step = Literal["win-back", "wake", "invite"]
_STEPS: Final[tuple[tuple[Step, str], ...]] = (("win-back", "leaving"), ("wake", "sleeping"), ("invite", "rare"))


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do next, and for how many guests of which segment."""

    kind: Step
    segment: str
    guests: int


def counted(moves: Iterable[Moves]) -> dict[str, int]:
    """Guests in each segment after all these moves, from the very first."""
    counts = dict.fromkeys(SEGMENTS, 0)
    for each in moves:
        for (previous, following), guests in each.items():
            if previous in counts:
                counts[previous] -= guests
            if following in counts:
                counts[following] += guests
    return counts


def won_back(moves: Iterable[Moves]) -> int:
    """Guests who became active again out of leaving or rare: the main goal."""
    return sum(each.get((segment, "active"), 0) for each in moves for segment in WON_BACK_FROM)


def flow(moves: Iterable[Moves]) -> dict[tuple[str | None, str | None], int]:
    """All moves together."""
    total: dict[tuple[str | None, str | None], int] = {}
    for each in moves:
        for way, guests in each.items():
            total[way] = total.get(way, 0) + guests
    return total


def next_step(counts: Mapping[str, int]) -> NextStep | None:
    """Whom to reach first: who leaves is won back most easily."""
    for kind, segment in _STEPS:
        if counts[segment]:
            return NextStep(kind, segment, counts[segment])
    return None
