"""Calls that share a trip: each gets its own answer, none waits without need, and one's failure is nobody else's."""

import asyncio
from collections.abc import Sequence

import pytest

from bezkart.kit.gathering import ITEMS_A_TRIP, TRIPS_AT_ONCE, Gathering


class Carrier:
    """Doubles numbers; odd ones fail, and everything does while `broken`. A trip ends when `gate` opens."""

    def __init__(self) -> None:
        self.trips: list[list[int]] = []
        self.gate = asyncio.Event()
        self.broken = False

    async def __call__(self, numbers: Sequence[int]) -> list[int | Exception]:
        self.trips.append(list(numbers))
        await self.gate.wait()
        if self.broken:
            raise ConnectionError("away")
        return [ValueError(str(number)) if number % 2 else number * 2 for number in numbers]


@pytest.fixture
def carrier() -> Carrier:
    return Carrier()


async def test_whoever_comes_meanwhile_travels_together(carrier: Carrier) -> None:
    ask = Gathering(carrier)
    asked = []
    for number in range(0, 200, 2):
        asked.append(asyncio.create_task(ask(number)))
        await asyncio.sleep(0)
    assert len(carrier.trips) == TRIPS_AT_ONCE
    carrier.gate.set()
    assert await asyncio.gather(*asked) == list(range(0, 400, 4))
    assert max(map(len, carrier.trips)) == ITEMS_A_TRIP
    assert sum(map(len, carrier.trips)) == 100


async def test_an_idle_one_sends_at_once_and_alone(carrier: Carrier) -> None:
    carrier.gate.set()
    ask = Gathering(carrier)
    assert [await ask(number) for number in (2, 4, 6)] == [4, 8, 12]
    assert carrier.trips == [[2], [4], [6]]


async def test_the_failure_of_one_is_his_own(carrier: Carrier) -> None:
    carrier.gate.set()
    ask = Gathering(carrier)
    answers = await asyncio.gather(*(ask(number) for number in (2, 3, 4)), return_exceptions=True)
    assert [answers[0], str(answers[1]), answers[2]] == [4, "3", 8]


async def test_a_lost_trip_fails_all_who_were_on_it_and_no_later_one(carrier: Carrier) -> None:
    carrier.broken = True
    carrier.gate.set()
    ask = Gathering(carrier)
    answers = await asyncio.gather(ask(2), ask(4), return_exceptions=True)
    assert [type(answer) for answer in answers] == [ConnectionError, ConnectionError]
    carrier.broken = False
    assert await ask(6) == 12


async def test_who_gives_up_stops_nobody_else(carrier: Carrier) -> None:
    ask = Gathering(carrier)
    impatient, patient = asyncio.create_task(ask(2)), asyncio.create_task(ask(4))
    await asyncio.sleep(0)
    impatient.cancel()
    carrier.gate.set()
    assert await patient == 8
    assert impatient.cancelled()
