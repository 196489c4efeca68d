"""Finds and ends what a stack left behind when its supervisor was killed."""

import os
import signal
from contextlib import suppress
from typing import Any

from bezkart.local import procfs
from bezkart.local.plan import STACK_ID

_KILL_SECONDS = 5.0


def find(document: dict[str, Any], stack_id: str) -> dict[int, int]:
    """{pid: started} of processes that belong to this stack and to no other.

    Known by the stack's id in their environment; or by pid and start time as recorded; or as members of the process
    group such a process leads (nginx overwrites its environment, and its workers outlive a killed master).
    """
    recorded = {entry["pid"]: entry["started"] for entry in document.get("processes", []) if entry.get("pid")}
    mark = f"{STACK_ID}={stack_id}".encode()
    found = {}
    for process in procfs.living():
        if process.pid == os.getpid():
            continue
        of_ours = recorded.get(process.pid) == process.started
        # A group's number is not given to a new process as long as the group has members.
        led_by_ours = process.group in recorded and process.started >= (recorded[process.group] or 0)
        if of_ours or (led_by_ours and not _is_new_leader(process, recorded)) or _is_marked(process.pid, mark):
            found[process.pid] = process.started
    return found


def _is_new_leader(process: procfs.Process, recorded: dict[int, int]) -> bool:
    leader = procfs.look_up(process.group)
    return leader is not None and leader.started != recorded[process.group]


def _is_marked(pid: int, mark: bytes) -> bool:
    return mark in procfs.environment(pid).split(b"\0")


def end(processes: dict[int, int], *, seconds: float = 12.0) -> None:
    """SIGTERM to the processes {pid: started}, and SIGKILL to those that are still there after so many seconds."""
    _send(processes, signal.SIGTERM)
    left = procfs.wait_gone(processes, seconds=seconds)
    _send(left, signal.SIGKILL)
    procfs.wait_gone(left, seconds=_KILL_SECONDS)


def _send(processes: dict[int, int], number: signal.Signals) -> None:
    for pid, started in processes.items():
        if procfs.is_same(pid, started):
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, number)
