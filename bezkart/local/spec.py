"""One process of the stack, as the supervisor needs to know it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

from bezkart.local.health import Check


class Stage(IntEnum):
    """Stages stop in this order, each only when the one before is gone."""

    SERVICE = 1
    GATEWAY = 2
    STORE = 3


@dataclass(frozen=True, slots=True)
class Spec:
    """`environment` is complete: nothing else reaches the process. `after` names the processes that must be ready first."""

    name: str
    stage: Stage
    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)
    folder: Path
    healthy: Check
    port: int | None = None
    after: frozenset[str] = frozenset()
    prepare: Check | None = None
    """Brings a fresh server into service; called until it is true, before `healthy` counts."""
