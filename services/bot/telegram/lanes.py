"""Work in lanes: the updates of one person one after another, those of different people side by side."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

Work = Callable[[], Awaitable[None]]


class Lanes:
    """At most `at_once` at work; what waits is held in memory, so `full` says when to take no more."""

    def __init__(self, *, at_once: int, most_waiting: int) -> None:
        self._lanes: dict[int, deque[Work]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(at_once)
        self._most = most_waiting
        self._waiting = 0

    @property
    def waiting(self) -> int:
        return self._waiting

    @property
    def full(self) -> bool:
        return self._waiting >= self._most

    def put(self, lane: int, work: Work) -> None:
        """`work` must not raise."""
        self._waiting += 1
        if lane in self._lanes:
            self._lanes[lane].append(work)
            return
        self._lanes[lane] = deque([work])
        task = asyncio.create_task(self._drive(lane))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self, seconds: float) -> None:
        """Waits for what is under way."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=seconds)
        for task in self._tasks:
            task.cancel()

    async def _drive(self, lane: int) -> None:
        works = self._lanes[lane]
        try:
            while works:
                async with self._room:
                    await works[0]()
                works.popleft()
                self._waiting -= 1
        finally:
            del self._lanes[lane]
            self._waiting -= len(works)
