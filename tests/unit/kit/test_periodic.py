"""Periodic work goes on whatever it raises, and ends when it is told to."""

import asyncio

from bezkart.kit.periodic import again_and_again


async def test_neither_a_fault_nor_a_stray_cancellation_ends_it() -> None:
    times = 0
    enough = asyncio.Event()

    async def work() -> None:
        nonlocal times
        times += 1
        if times == 1:
            raise RuntimeError("a fault")
        if times == 2:
            raise asyncio.CancelledError
        enough.set()

    task = asyncio.create_task(again_and_again("test", work, seconds=0))
    await asyncio.wait_for(enough.wait(), 2)
    task.cancel()
    await asyncio.wait([task], timeout=2)
    assert task.cancelled()


async def test_its_end_is_the_end_of_what_is_under_way() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    task = asyncio.create_task(again_and_again("test", work, seconds=0))
    await begun.wait()
    task.cancel()
    await asyncio.wait_for(ended.wait(), 2)
