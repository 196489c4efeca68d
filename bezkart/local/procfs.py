"""What Linux tells about processes, from /proc."""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_PAGE_KB = os.sysconf("SC_PAGE_SIZE") // 1024


@dataclass(frozen=True, slots=True)
class Process:
    """`started` counts clock ticks since boot: pid and `started` together never come twice until the next boot."""

    pid: int
    state: str
    parent: int
    group: int
    started: int

    @property
    def alive(self) -> bool:
        return self.state not in {"Z", "X"}


def look_up(pid: int) -> Process | None:
    """The process with this pid, or None."""
    try:
        stat = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    after_name = stat.rpartition(")")[2].split()
    return Process(
        pid=pid,
        state=after_name[0],
        parent=int(after_name[1]),
        group=int(after_name[2]),
        started=int(after_name[19]),
    )


def is_same(pid: int, started: int) -> bool:
    """Whether the process that was recorded with this start time still lives."""
    process = look_up(pid)
    return process is not None and process.started == started and process.alive


def living() -> Iterator[Process]:
    """All processes that are not zombies."""
    for entry in _PROC.iterdir():
        if entry.name.isdecimal() and (process := look_up(int(entry.name))) and process.alive:
            yield process


def environment(pid: int) -> bytes:
    """The environment the process was started with; empty when it may not be read."""
    with suppress(OSError):
        return (_PROC / str(pid) / "environ").read_bytes()
    return b""


def memory_kb(groups: set[int]) -> dict[int, int]:
    """Memory of each process group in KiB; pages shared by several processes are counted in parts (PSS)."""
    sums = dict.fromkeys(groups, 0)
    for process in living():
        if process.group in sums:
            sums[process.group] += _pss_kb(process.pid)
    return sums


def _pss_kb(pid: int) -> int:
    with suppress(OSError):
        for line in (_PROC / str(pid) / "smaps_rollup").read_text(encoding="utf-8").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    with suppress(OSError):
        return int((_PROC / str(pid) / "statm").read_text(encoding="utf-8").split()[1]) * _PAGE_KB
    return 0


def wait_gone(pids: dict[int, int], *, seconds: float) -> dict[int, int]:
    """Wait until the processes {pid: started} are gone; those that are not after `seconds` come back."""
    deadline = time.monotonic() + seconds
    left = pids
    while left and time.monotonic() < deadline:
        time.sleep(0.05)
        left = {pid: started for pid, started in left.items() if is_same(pid, started)}
    return left
