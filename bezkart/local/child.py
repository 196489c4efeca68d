"""Runs one process: starts it when what it leans on is ready, watches it, starts it again when it dies."""

import asyncio
import ctypes
import os
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bezkart.local import health, procfs
from bezkart.local.spec import Spec

_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0
_STABLE_AFTER = 5.0  # seconds of life after which a crash counts as the first one again
_TERM_SECONDS = 15.0
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)

Report = Callable[[str], None]


def end_with_parent() -> None:
    """Called in a new process: the kernel sends it SIGTERM when its parent dies, however that happens."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def describe_exit(code: int) -> str:
    """`exit code 3` or `killed by SIGKILL`."""
    if code >= 0:
        return f"exit code {code}"
    return f"killed by {signal.Signals(-code).name}"


class Child:
    """States: waiting, starting, ready, down (between a crash and the next start), stopped."""

    def __init__(self, spec: Spec, *, log: Path, ready: Mapping[str, asyncio.Event], report: Report) -> None:
        self.spec = spec
        self.state = "waiting"
        self.restarts = 0
        self.last_exit: str | None = None
        self._log = log
        self._ready = ready
        self._report = report
        self._process: asyncio.subprocess.Process | None = None
        self._started: int | None = None
        self._since: str | None = None
        self._stopping = False

    def document(self) -> dict[str, Any]:
        """The process as `stack.json` shows it."""
        return {
            "name": self.spec.name,
            "pid": self._process.pid if self._process else None,
            "port": self.spec.port,
            "state": self.state,
            "restarts": self.restarts,
            "last_exit": self.last_exit,
            "since": self._since,
            "started": self._started,
        }

    async def run(self) -> None:
        """Until `stop`: the process is kept running."""
        for name in self.spec.after:
            await self._ready[name].wait()
        pause = _FIRST_PAUSE
        while not self._stopping:
            began = time.monotonic()
            code = await self._live_once()
            if self._stopping:
                return
            if time.monotonic() - began > _STABLE_AFTER:
                pause = _FIRST_PAUSE
            self.last_exit = f"{describe_exit(code)} at {now()}"
            self._enter("down", f"ended ({describe_exit(code)}), starts again in {pause:.1f} s")
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
            self.restarts += 1

    async def stop(self) -> None:
        """SIGTERM, then SIGKILL after 15 s, to the process; whatever is left of its group is killed."""
        self._stopping = True
        process = self._process
        if process is not None:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), _TERM_SECONDS)
            except TimeoutError:
                self._report(f"{self.spec.name}: did not stop within {_TERM_SECONDS:.0f} s, killed")
            self._kill_group(process.pid)
            await process.wait()
        self._process = None
        self._enter("stopped", "stopped")

    async def _live_once(self) -> int:
        try:
            process = await self._spawn()
        except OSError as error:
            self._report(f"{self.spec.name}: cannot be started: {error}")
            return 127
        watch = asyncio.create_task(self._become_ready())
        try:
            return await process.wait()
        finally:
            watch.cancel()
            self._kill_group(process.pid)
            if not self._stopping:
                self._process = None

    async def _spawn(self) -> asyncio.subprocess.Process:
        with self._log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *self.spec.argv,
                env=dict(self.spec.environment),
                cwd=self.spec.folder,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )
        self._process = process
        found = procfs.look_up(process.pid)
        self._started = found.started if found else None
        self._since = now()
        self._enter("starting", f"started, pid {process.pid}")
        return process

    async def _become_ready(self) -> None:
        began = time.monotonic()
        for check in (self.spec.prepare, self.spec.healthy):
            if check is not None:
                await health.until_ready(check)
        self._ready[self.spec.name].set()
        self._enter("ready", f"ready after {time.monotonic() - began:.1f} s")

    def _enter(self, state: str, message: str) -> None:
        self.state = state
        self._report(f"{self.spec.name}: {message}")

    @staticmethod
    def _kill_group(leader: int) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, signal.SIGKILL)
