"""Ten thousand purchases while every process is killed again and again: nothing lost, nothing twice."""

import asyncio
import random
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final

import pytest

from bezkart.kit import faults
from bezkart.local import Stack
from tests.chaos.report import Report
from tests.chaos.victims import RECOVERY_SECONDS, Victims, until
from tests.e2e.cafe import Cafe, new_number
from tests.storm import Promises, Storm, reckon

PURCHASES: Final = 10_000
KILLS: Final = 50
GUESTS: Final = 250
MORE: Final = 500
FAULTS: Final = {
    "before-write": 0.0004,
    "after-write": 0.0004,
    "after-publish": 0.002,
    "after-confirm": 0.002,
    "before-clear": 0.004,
    "before-ack": 0.003,
}
"""The chance of dying at each passage: some seven deaths a point. Events travel and are acknowledged in batches."""
SERVICES: Final = (
    "purchases",
    "purchases-consumer",
    "segments-consumer",
    "identity",
    "segments-worker",
    "feedback",
    "bot",
)
STORES: Final = ("rabbitmq", "mongo", "redis")
_STRUCK: Final = re.compile(r'"event": "fault_struck", "point": "([a-z-]+)"')


@contextmanager
def _armed(stack: Stack) -> Iterator[None]:
    """All processes anew, with every fault point armed."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("BEZKART_FAULTS", ",".join(f"{point}:{chance}" for point, chance in FAULTS.items()))
        stack.down()
        stack.up()
    yield
    stack.down()
    stack.up()


async def _kill_while(storm: Storm, victims: Victims, report: Report) -> None:
    """Fifty processes at random moments, each kind at least five times."""
    fate = random.Random(20261121)
    names = list((SERVICES + STORES) * (KILLS // len(SERVICES + STORES)) + SERVICES[:2])
    fate.shuffle(names)
    moments = sorted(fate.uniform(0.01, 0.97) * PURCHASES for _ in names)
    async with asyncio.TaskGroup() as group:
        for moment, name in zip(moments, names, strict=True):
            await storm.reaches(int(moment))
            await victims.ready(name)
            group.create_task(_kill_one(name, victims, report))


async def _kill_one(name: str, victims: Victims, report: Report) -> None:
    report.done(f"kill -9 {name}", recovered=await victims.restart(name))


def _struck(stack: Stack) -> Counter[str]:
    """How often each fault point was the end of a process."""
    return Counter(
        point for log in stack.logs.glob("*.log*") for point in _STRUCK.findall(log.read_text(errors="replace"))
    )


async def _through_the_storm(storm: Storm, victims: Victims, report: Report) -> float:
    """The seconds it took."""
    began = monotonic()
    async with asyncio.TaskGroup() as group:
        group.create_task(storm.run())
        group.create_task(_kill_while(storm, victims, report))
    return monotonic() - began


async def _settled(stack: Stack, shop: str, promises: Promises) -> float:
    """Seconds until outboxes are empty and the databases say what was promised."""
    wrong: list[str] = []

    async def settled() -> bool:
        wrong[:] = reckon(stack.stores.mongo_url, shop, promises)
        return not wrong

    try:
        return await until(settled, "accounts, ledger and segments are what was promised", RECOVERY_SECONDS)
    except AssertionError as late:
        raise AssertionError("\n".join(wrong[:20])) from late


@pytest.mark.timeout(1200)  # on a machine with other work; alone it takes some four minutes
async def test_nothing_is_lost_and_nothing_is_twice(cafe: Cafe, stack: Stack, victims: Victims, report: Report) -> None:
    guests = [cafe.register(new_number(), f"Гость {each}") for each in range(GUESTS)]
    before = _struck(stack)
    with _armed(stack):
        storm = Storm(stack.gateway, cafe.barista, guests, purchases=PURCHASES, seed=7)
        stormy = await _through_the_storm(storm, victims, report)
        while set(_struck(stack) - before) != set(faults.POINTS):  # chance left one out
            storm.goes_on(MORE)
            await storm.run()
        await victims.all_ready()
        quiet = await _settled(stack, cafe.slug, storm.promises)
        struck = _struck(stack) - before
    _tell(report, storm.promises, struck, stormy=stormy, quiet=quiet)
    assert len(storm.promises.cups) >= PURCHASES
    assert storm.promises.undone


def _tell(report: Report, promises: Promises, struck: Counter[str], *, stormy: float, quiet: float) -> None:
    for point in faults.POINTS:
        report.deeds[f"dies at {point}"].times = struck[point]
    report.counted("purchases under all of this", times=len(promises.cups), lost=0, twice=0)
    report.counted("undo's among them", times=len(promises.undone), lost=0, twice=0)
    report.done("outboxes empty, everything counted", recovered=quiet)
    report.remarks.append(
        f"storm: {stormy:.0f} s, {promises.retries} requests sent again, {promises.sign_ins} sign-ins, "
        f"longest wait for an answer {promises.longest_wait:.1f} s"
    )
