"""What was done to the system, and what became of it: the table at the end of `make chaos`."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

_HEAD = ("what was done", "times", "lost", "twice", "back after, s: median", "longest")


@dataclass
class Deed:
    """One kind of harm; `lost` and `twice` are None where nothing was counted."""

    times: int = 0
    lost: int | None = None
    twice: int | None = None
    recoveries: list[float] = field(default_factory=list)

    def cells(self) -> tuple[str, ...]:
        ordered = sorted(self.recoveries)
        median = f"{ordered[len(ordered) // 2]:.1f}" if ordered else ""
        longest = f"{ordered[-1]:.1f}" if ordered else ""
        counted = ("" if number is None else str(number) for number in (self.lost, self.twice))
        return (str(self.times), *counted, median, longest)


@dataclass
class Report:
    """Filled by the tests of one run."""

    deeds: dict[str, Deed] = field(default_factory=lambda: defaultdict(Deed))
    remarks: list[str] = field(default_factory=list)

    def done(self, what: str, *, recovered: float | None = None) -> None:
        """Once more; `recovered` is the time in seconds until the system did its work again."""
        deed = self.deeds[what]
        deed.times += 1
        if recovered is not None:
            deed.recoveries.append(recovered)

    def counted(self, what: str, *, times: int, lost: int, twice: int) -> None:
        deed = self.deeds[what]
        deed.times, deed.lost, deed.twice = times, lost, twice

    def lines(self) -> list[str]:
        rows = [_HEAD, *((what, *deed.cells()) for what, deed in self.deeds.items())]
        widths = [max(len(row[place]) for row in rows) for place in range(len(_HEAD))]
        return [_aligned(row, widths) for row in rows] + [f"* {remark}" for remark in self.remarks]


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *numbers = (
        cell.ljust(width) if place == 0 else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join((first, *numbers))
