"""How a process with stores and a broker lives: its background work starts with it and is drained before it ends."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any

import structlog
from fastapi import FastAPI

from bezkart.kit.bus.consumer import Consumer
from bezkart.kit.bus.publisher import OutboxPublisher

log = structlog.get_logger(__name__)

DRAIN_SECONDS = 20


def lifespan(
    *,
    publisher: OutboxPublisher | None = None,
    consumer: Consumer[Any] | None = None,
    closing: Callable[[], Awaitable[None]],
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """A FastAPI lifespan that runs the publisher and the consumer beside the requests.

    At the end the consumer finishes its batches, the publisher empties its hands, and `closing` closes the stores.
    """

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        publishing = asyncio.create_task(publisher.run()) if publisher else None
        consuming = asyncio.create_task(consumer.run()) if consumer else None
        log.info("process_started")
        yield
        if consumer and consuming:
            consumer.stop()
            await _ended(consuming)
        if publisher and publishing:
            with suppress(TimeoutError):
                await publisher.drain()
            publishing.cancel()
            await _ended(publishing)
        await closing()
        log.info("process_stopped")

    return life


async def _ended(task: "asyncio.Task[None]") -> None:
    with suppress(asyncio.CancelledError, TimeoutError):
        await asyncio.wait_for(task, DRAIN_SECONDS)
