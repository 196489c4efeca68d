"""What purchases does by the clock: the sweep of accounts that are due, beside the consumer of events."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any, Final

import structlog
from fastapi import FastAPI

from services.purchases.usecases.collaborators import Purchases
from services.purchases.usecases.sweep_accounts import sweep_accounts

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[Any]]

STOP_SECONDS: Final = 5.0

log = structlog.get_logger(__name__)


def sweeping(lifespan: Lifespan, service: Purchases, *, seconds: float) -> Lifespan:
    """A lifespan that also sweeps, every so many seconds. Two processes may: whoever comes second finds nothing due."""

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        async with lifespan(app):
            stopping = asyncio.Event()
            task = asyncio.create_task(_sweep_until(stopping, service, seconds))
            try:
                yield
            finally:
                stopping.set()
                await asyncio.wait([task], timeout=STOP_SECONDS)
                task.cancel()

    return life


async def _sweep_until(stopping: asyncio.Event, service: Purchases, seconds: float) -> None:
    while not stopping.is_set():
        try:
            await sweep_accounts(service)
        except Exception as error:  # a store that is away, one account that fails: the next sweep finds what is due
            log.warning("sweep_failed", error=repr(error))
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), seconds)
