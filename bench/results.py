"""What a benchmark found, for programs (one JSON object a line) and for people (a table)."""

import json
from dataclasses import asdict, dataclass
from typing import Literal

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Result:
    """`bar` is the figure to reach (None: only told), `better` on which side of it is good."""

    name: str
    value: float
    unit: str
    bar: float | None = None
    better: Literal["higher", "lower"] = "higher"

    @property
    def ok(self) -> bool:
        if self.bar is None:
            return True
        return self.value >= self.bar if self.better == "higher" else self.value <= self.bar

    def line(self) -> str:
        """`{"name", "value", "unit", "bar", "better", "ok"}`"""
        return json.dumps({**asdict(self), "value": round(self.value, 4), "ok": self.ok}, ensure_ascii=False)


def show(results: list[Result]) -> None:
    """The table for people."""
    table = Table("Measured", "Value", "Unit", "Bar", "")
    for result in results:
        sign = "≥" if result.better == "higher" else "≤"
        bar = f"{sign} {result.bar:g}" if result.bar is not None else ""
        verdict = "" if result.bar is None else "[green]ok[/]" if result.ok else "[red]not ok[/]"
        table.add_row(
            result.name,
            f"{result.value:,.3g}" if result.value < 100 else f"{result.value:,.0f}",
            result.unit,
            bar,
            verdict,
        )
    Console(stderr=True).print(table)
