"""Ratings in figures: by day, barista and segment; CSAT is the share of 4 and 5 (F50)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar

STARS: Final = (1, 2, 3, 4, 5)
SATISFIED: Final = 4

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Cell:
    """`count` ratings that are alike."""

    day: date
    staff_id: str
    segment: str | None
    stars: int
    count: int


@dataclass(frozen=True, slots=True)
class Figures:
    """`average` (two decimals) and `csat` (percent, one decimal) are None without ratings; `stars` counts 1 to 5."""

    ratings: int
    average: float | None
    csat: float | None
    stars: tuple[int, ...]


def figures(cells: Iterable[Cell]) -> Figures:
    """What the cells come to."""
    counted = dict.fromkeys(STARS, 0)
    for cell in cells:
        counted[cell.stars] += cell.count
    total = sum(counted.values())
    if not total:
        return Figures(0, None, None, tuple(counted.values()))
    average = sum(stars * count for stars, count in counted.items()) / total
    satisfied = sum(count for stars, count in counted.items() if stars >= SATISFIED)
    return Figures(total, round(average, 2), round(100 * satisfied / total, 1), tuple(counted.values()))


def figures_by(key: Callable[[Cell], Key], cells: Iterable[Cell]) -> dict[Key, Figures]:
    """Figures of each group, in the order in which the groups first appear."""
    groups: dict[Key, list[Cell]] = {}
    for cell in cells:
        groups.setdefault(key(cell), []).append(cell)
    return {name: figures(group) for name, group in groups.items()}
