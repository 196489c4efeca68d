"""How a process with stores and a broker lives: its background work starts with it and is drained before it ends."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any

import structlog
from fastapi import FastAPI

from bezkart.kit.bus.consumer import Consumer
from bezkart.kit.bus.publisher import OutboxPublisher
from bezkart.kit.invariants import Invariants
from bezkart.kit.periodic import again_and_again

log = structlog.get_logger(__name__)

DRAIN_SECONDS = 20
FIRST_MEASURE_SECONDS = 15  # by then the broker knows its queues
INVARIANT_SECONDS = 300


def lifespan(
    *,
    publisher: OutboxPublisher | None = None,
    consumer: Consumer[Any] | None = None,
    invariants: Invariants | None = None,
    background: Sequence[Callable[[], Coroutine[Any, Any, None]]] = (),
    closing: Callable[[], Awaitable[None]],
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """A FastAPI lifespan that runs the publisher and the consumer beside the requests, and measures `invariants` from time to time.

    `background` is other work without which the process is of no use; it runs until it is cancelled.
    At the end the consumer finishes its batches, the publisher empties its hands, and `closing` closes the stores.
    """

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        stopping = asyncio.Event()
        publishing = _vital(publisher.run(), stopping) if publisher else None
        consuming = _vital(consumer.run(), stopping) if consumer else None
        others = [_vital(work(), stopping) for work in background]
        measuring = asyncio.create_task(_measured(invariants)) if invariants else None
        log.info("process_started")
        try:
            yield
        finally:
            stopping.set()
        if measuring:
            measuring.cancel()
        if consumer and consuming:
            consumer.stop()
            await _ended(consuming)
        for work in others:
            work.cancel()
            await _ended(work)
        if publisher and publishing:
            with suppress(TimeoutError):
                await publisher.drain()
            publishing.cancel()
            await _ended(publishing)
        await closing()
        log.info("process_stopped")

    return life


async def _measured(invariants: Invariants) -> None:
    await again_and_again(
        "invariants", invariants.measure, seconds=INVARIANT_SECONDS, first_after=FIRST_MEASURE_SECONDS
    )


def _vital(work: Coroutine[Any, Any, None], stopping: asyncio.Event) -> "asyncio.Task[None]":
    """Work without which the process is of no use: when it ends before its time, the process ends and is started anew."""

    def died(task: "asyncio.Task[None]") -> None:
        if not stopping.is_set():
            log.critical("background_work_died", exc_info=None if task.cancelled() else task.exception())
            signal.raise_signal(signal.SIGTERM)

    task = asyncio.create_task(work)
    task.add_done_callback(died)
    return task


async def _ended(task: "asyncio.Task[None]") -> None:
    with suppress(asyncio.CancelledError, TimeoutError):
        await asyncio.wait_for(task, DRAIN_SECONDS)
