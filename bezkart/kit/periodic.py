"""Work that is done again and again beside everything else a process does."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

log = structlog.get_logger(__name__)

Work = Callable[[], Coroutine[Any, Any, object]]


async def again_and_again(name: str, work: Work, *, seconds: float, first_after: float | None = None) -> None:
    """Run `work`, called `name` in the log, and anew `seconds` after its end, until cancelled. What it raises is logged and stops nothing.

    Each time in a task of its own: a lost connection to the broker may end as a cancellation that nobody asked for.
    """
    await asyncio.sleep(seconds if first_after is None else first_after)
    while True:
        attempt = asyncio.create_task(work())
        try:
            await asyncio.wait([attempt])
        finally:
            attempt.cancel()
        failure = asyncio.CancelledError() if attempt.cancelled() else attempt.exception()
        if failure is not None:
            log.warning("periodic_work_failed", work=name, error=repr(failure))
        await asyncio.sleep(seconds)
