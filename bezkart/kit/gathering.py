"""Calls that come while others are on their way travel together: one round trip for many, none waits for company.

What group commit is to a database's log, this is to its driver: under load most of a call's cost is the round trip's, not
the document's. An idle process sends every call at once and alone.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")

TRIPS_AT_ONCE: Final = 2  # one is prepared and read here while the store works on the other
ITEMS_A_TRIP: Final = 64


class Gathering(Generic[Item, Answer]):
    """`carry` takes items together and answers each in turn, with an exception where that one failed; what it raises fails all."""

    def __init__(self, carry: Callable[[Sequence[Item]], Awaitable[Sequence[Answer | Exception]]]) -> None:
        self._carry = carry
        self._waiting: deque[tuple[Item, asyncio.Future[Answer]]] = deque()
        self._trips: set[asyncio.Task[None]] = set()

    async def __call__(self, item: Item) -> Answer:
        """The answer to this item. A caller who gives up does not stop the trip."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if len(self._trips) < TRIPS_AT_ONCE:
            trip = asyncio.create_task(self._travel())
            self._trips.add(trip)
            trip.add_done_callback(self._trips.discard)
        return await future

    async def _travel(self) -> None:
        while self._waiting:
            taken = [self._waiting.popleft() for _ in range(min(ITEMS_A_TRIP, len(self._waiting)))]
            try:
                answers: Sequence[Answer | Exception] = await self._carry([item for item, _ in taken])
            except Exception as error:  # whatever it is, it belongs to those who wait
                answers = [error] * len(taken)
            for (_, future), answer in zip(taken, answers, strict=True):
                if future.done():
                    continue
                if isinstance(answer, Exception):
                    future.set_exception(answer)
                else:
                    future.set_result(answer)
