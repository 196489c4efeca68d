"""Killing services during 1,000 purchases and starting them again loses and doubles nothing."""

import asyncio
import os
import random
import signal
import time

import pytest

from bezkart.local import Stack
from tests.e2e.cafe import Cafe, new_number
from tests.storm import Storm, reckon

PURCHASES = 1_000
SETTLED_SECONDS = 30.0
VICTIMS = ("purchases", "segments-consumer", "purchases-consumer", "segments", "purchases", "identity")


async def _kill_while(storm: Storm, stack: Stack) -> None:
    """Each victim once, at a random moment of its share of the purchases."""
    fate = random.Random(20261121)
    share = PURCHASES / (len(VICTIMS) + 1)
    for place, name in enumerate(VICTIMS, start=1):
        await storm.reaches(int(share * (place + fate.uniform(-0.4, 0.4))))
        pid = next(each["pid"] for each in stack.document["processes"] if each["name"] == name)
        os.kill(pid, signal.SIGKILL)


@pytest.mark.timeout(300)
def test_services_killed_under_a_thousand_purchases(new_cafe: Cafe, stack: Stack) -> None:
    guests = [new_cafe.register(new_number(), f"Гость {each}") for each in range(40)]
    storm = Storm(stack.gateway, new_cafe.barista, guests, purchases=PURCHASES, seed=7)

    async def both() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(storm.run())
            group.create_task(_kill_while(storm, stack))

    asyncio.run(both())
    assert len(storm.promises.cups) == PURCHASES
    assert storm.promises.retries, "nobody noticed the killing: the test proves nothing"
    until = time.monotonic() + SETTLED_SECONDS
    while wrong := reckon(stack.stores.mongo_url, new_cafe.slug, storm.promises):
        assert time.monotonic() < until, wrong
        time.sleep(0.2)
    while away := [each["name"] for each in stack.document["processes"] if each["state"] != "ready"]:
        assert time.monotonic() < until, away  # the next test finds everybody at work
        time.sleep(0.2)
