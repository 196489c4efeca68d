"""The processes of a stack as victims: found by name, killed by pid, watched until they work again."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any, Final

import httpx

from bezkart.local import Stack

PAUSE: Final = 0.05
RECOVERY_SECONDS: Final = 10.0
"""The bar: so long after a server is back everything works again."""
START_SECONDS: Final = 60.0

Condition = Callable[[], Awaitable[bool]]


async def until(condition: Condition, what: str, seconds: float = RECOVERY_SECONDS) -> float:
    """Seconds until `condition` held; fails when it did not within `seconds`."""
    began = monotonic()
    while not await condition():
        assert monotonic() - began < seconds, f"not within {seconds:.0f} s: {what}"
        await asyncio.sleep(PAUSE)
    return monotonic() - began


class Victims:
    """Every process of the stack, by the name it has in `stack.json`."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack

    async def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Send the signal as soon as the process is ready."""
        while True:
            process = await self.ready(name)
            try:
                os.kill(process["pid"], number)
            except ProcessLookupError:  # it died of something else this very moment
                await asyncio.sleep(PAUSE)
            else:
                return

    async def restart(self, name: str, number: signal.Signals = signal.SIGKILL) -> float:
        """Kill it and wait until it is ready again; the seconds it was away."""
        before = (await self.ready(name))["restarts"]
        await self.kill(name, number)
        began = monotonic()
        await self.again(name, before)
        return monotonic() - began

    async def again(self, name: str, before: int) -> None:
        """Wait until it was restarted more often than `before`, and is ready."""

        async def restarted() -> bool:
            return bool(self.look(name)["restarts"] > before)

        await until(restarted, f"{name} starts again", START_SECONDS)
        await self.ready(name)

    async def ready(self, name: str) -> dict[str, Any]:
        async def is_ready() -> bool:
            return bool(self.look(name)["state"] == "ready")

        await until(is_ready, f"{name} is ready", START_SECONDS)
        return self.look(name)

    async def all_ready(self) -> None:
        for process in self._stack.document["processes"]:
            await self.ready(process["name"])

    def look(self, name: str) -> dict[str, Any]:
        processes: list[dict[str, Any]] = self._stack.document["processes"]
        return next(each for each in processes if each["name"] == name)

    async def health(self, name: str) -> dict[str, Any]:
        """What `/health/ready` of a process says: its checks, and `status`; `away` when it does not answer."""
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=5) as http:
                answer = await http.get(f"http://127.0.0.1:{self.look(name)['port']}/health/ready")
        except httpx.TransportError:
            return {"status": "away"}
        report = dict(answer.json())
        return {"status": report["status"], **report["checks"]}
