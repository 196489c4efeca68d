"""Progress on stderr: bars where somebody watches, nothing where not; stdout stays for results."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

Item = TypeVar("Item")


class Steps:
    """Named steps of a long command, each with its own bar; the bars stay on the screen until the `with` ends."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        columns = (TextColumn("{task.description:<22}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._progress = Progress(*columns, console=console, disable=not console.is_terminal, refresh_per_second=5)

    def __enter__(self) -> Steps:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def step(self, name: str, total: int) -> Callable[[int], None]:
        """A new bar; call the result with how much more is done. Safe from several threads."""
        task = self._progress.add_task(name, total=total)
        return lambda more: self._progress.advance(task, more)

    def level(self, name: str) -> Callable[[int, int], None]:
        """A new bar that is told (done, total) as they change."""
        task = self._progress.add_task(name, total=None)
        return lambda done, total: self._progress.update(task, completed=min(done, total), total=total)

    def count(self, name: str, items: Iterable[Item], total: int, *, every: int = 500) -> Iterator[Item]:
        """The same items, counted on a new bar now and then."""
        advance = self.step(name, total)
        since = 0
        for item in items:
            yield item
            since += 1
            if since == every:
                advance(since)
                since = 0
        advance(since)
