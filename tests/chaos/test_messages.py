"""A mailing and codes while everything that carries them is killed: none lost, and no more repeated than was in flight."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Final

import httpx
import pytest

from bench.asking import asking
from bezkart.local import Stack
from services.notifications.settings import NotificationsSettings
from services.notifications.usecases.deliver import LARGEST_SLICE, SLICES_AT_ONCE
from services.notifications.usecases.enqueue import CHUNK
from services.notifications.usecases.record import GROUP
from tests.chaos.mailing import Mailing, make_guests, standins
from tests.chaos.report import Report
from tests.chaos.victims import Victims, until
from tests.e2e.cafe import Cafe

MESSAGES: Final = 50_000
URGENT_EVERY: Final = 50
GUESTS: Final = 200
KILLS: Final = 10
WORKERS: Final = ("notifications-bulk", "notifications-urgent")
VICTIMS: Final = (*WORKERS, "notifications-consumer", "rabbitmq")
PROGRESS_SECONDS: Final = 180.0
"""Until the next moment is reached: a start of the broker, and leases of 60 s that a killed worker leaves."""
SETTLE_SECONDS: Final = 300.0
"""A lease of 60 s, and two minutes until somebody looks for a bulk message whose task was lost with its process."""
NO_LIMITS: Final = {"BEZKART_TELEGRAM_PER_SECOND": "1000000", "BEZKART_TELEGRAM_SECONDS_PER_CHAT": "0"}


def in_flight(worker: str) -> int:
    """Messages that a worker may have sent without a result on record: calls under way, and results on their way to the store.

    Each chunk in hand has two slices of calls at once; its recorder writes up to four groups while as many gather.
    """
    tasks = NotificationsSettings.model_fields["urgent_tasks" if worker.endswith("urgent") else "bulk_tasks"].default
    chunk = CHUNK["urgent" if worker.endswith("urgent") else "bulk"]
    return int(tasks) * min(chunk, SLICES_AT_ONCE * LARGEST_SLICE + 2 * 4 * GROUP)


@contextmanager
def _without_limits(stack: Stack) -> Iterator[None]:
    """All processes anew, with paces that no provider sets: fifty thousand at 30 a second would take half an hour."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in NO_LIMITS.items():
            environment.setenv(name, value)
        stack.down()
        stack.up()
    httpx.patch(f"{standins(stack)}/control/all", json={"limits": False}, trust_env=False).raise_for_status()
    yield
    stack.down()
    stack.up()


def _fates() -> list[tuple[int, str]]:
    """Who is killed when so many have arrived."""
    fate = random.Random(20261122)
    names = list(VICTIMS * KILLS)
    fate.shuffle(names)
    return list(zip(sorted(int(fate.uniform(0.01, 0.97) * MESSAGES) for _ in names), names, strict=True))


async def _kill_along(mailing: Mailing, victims: Victims, report: Report) -> None:
    """They may be away together."""
    async with asyncio.TaskGroup() as group:
        for moment, name in _fates():
            mailing.allow(moment)
            await mailing.reaches(moment, PROGRESS_SECONDS)
            await victims.ready(name)
            group.create_task(_kill_one(name, victims, report))
    mailing.allow(MESSAGES)


async def _kill_one(name: str, victims: Victims, report: Report) -> None:
    if name in WORKERS:
        _has_no_children(victims.look(name)["pid"])
    report.done(f"kill -9 {name} during a mailing", recovered=await victims.restart(name))


def _has_no_children(pid: int) -> None:
    """A worker is one process with a pool of threads (ADR 0009); had it children, they would be victims as well."""
    children = [child for task in Path(f"/proc/{pid}/task").glob("*/children") for child in task.read_text().split()]
    assert not children, f"the worker {pid} has children"


@pytest.mark.timeout(2400)  # on a machine with other work
async def test_a_mailing_under_fire(cafe: Cafe, stack: Stack, victims: Victims, report: Report) -> None:
    with _without_limits(stack):
        guests = await make_guests(stack, cafe, GUESTS)
        mailing = Mailing(stack, cafe, guests, count=MESSAGES, urgent_every=URGENT_EVERY)
        began = monotonic()
        async with asking(stack.stores, cafe.slug, service="chaos") as asker, asyncio.TaskGroup() as group:
            group.create_task(mailing.ask(asker))
            group.create_task(_kill_along(mailing, victims, report))
        stormy = monotonic() - began
        await victims.all_ready()
        try:
            quiet = await until(mailing.settled, "every message is settled and no outbox holds one", SETTLE_SECONDS)
        except AssertionError as error:
            error.add_note(mailing.unsettled)
            raise
        found = await mailing.counted()
        await mailing.leaves()
    allowed = KILLS * sum(in_flight(worker) for worker in WORKERS)
    report.counted("messages under all of this", times=MESSAGES, lost=len(found.lost), twice=found.repeated)
    report.done("outboxes empty, every message settled", recovered=quiet)
    report.remarks.append(
        f"mailing: {stormy:.0f} s, {found.repeated} repeated of at most {allowed} in flight, {found.by_web} by the guest's page"
    )
    assert not found.lost, found.lost[:20]
    assert not found.unexplained, found.unexplained[:20]
    assert found.repeated <= allowed
