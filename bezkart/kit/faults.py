"""Named points of a purchase's life where a chaos test lets the process die as if its power were cut.

Never in production: `Settings` refuses `BEZKART_FAULTS` there. Where it is empty, a point costs one look at an empty table.
"""

import asyncio
import os
import signal
from collections.abc import Mapping
from random import SystemRandom
from typing import Final

POINTS: Final = (
    "before-write",
    "after-write",
    "after-publish",
    "after-confirm",
    "before-clear",
    "before-ack",
)
ON_THE_WIRE_SECONDS: Final = 0.001  # by then a publish is written, and a quorum queue has not yet confirmed it

_armed: dict[str, float] = {}
_chance = SystemRandom()


def parse(text: str) -> Mapping[str, float]:
    """`before-ack:0.01,after-write:0.002` as probabilities. Raises ValueError."""
    chances = {name: float(chance) for name, _, chance in (each.partition(":") for each in text.split(",") if each)}
    if unknown := set(chances) - set(POINTS):
        raise ValueError(f"no such fault point: {', '.join(sorted(unknown))}")
    return chances


def arm(text: str) -> None:
    """From now on this process dies at the points of `text`, each with its probability; an empty text disarms all."""
    _armed.clear()
    _armed.update(parse(text))


def strike(point: str) -> None:
    """The process is at `point`: it dies here, or nothing happens."""
    if _armed and _chance.random() < _armed.get(point, 0.0):
        _die(point)


def strike_soon(point: str) -> None:
    """The same for a point that is reached while the caller waits."""
    if _armed and _chance.random() < _armed.get(point, 0.0):
        asyncio.get_running_loop().call_later(ON_THE_WIRE_SECONDS, _die, point)


def _die(point: str) -> None:
    os.write(2, b'{"event": "fault_struck", "point": "%s"}\n' % point.encode())
    os.kill(os.getpid(), signal.SIGKILL)
