"""Start, stop and look at a stack: what tests, benchmarks and the command line use."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bezkart.local import leftovers, procfs, status
from bezkart.local.plan import Env, Parts
from bezkart.local.programs import ProgramMissing, find_programs
from bezkart.local.rundir import PROJECT_ROOT, RunDir, held

_START_SECONDS = 90.0
_STOP_SECONDS = 60.0
_HOPELESS = 5  # starts in vain of one process

Document = dict[str, Any]
Progress = Callable[[Document], None]
Life = Literal["detached", "attached"]


class StackError(Exception):
    """The stack cannot be started; the message is for the person at the terminal."""


@dataclass(frozen=True, slots=True)
class StoreAddresses:
    mongo_url: str
    redis_url: str
    amqp_url: str
    rabbitmq_management: str | None


class Stack:
    """The stack of one run directory. `attached` stacks end with the process that started them."""

    def __init__(self, run_dir: Path, *, env: Env = "demo", parts: Parts = "all", life: Life = "detached") -> None:
        self._run_dir = RunDir(run_dir.resolve())
        self._env = env
        self._parts = parts
        self._life = life
        self._supervisor: subprocess.Popen[bytes] | None = None

    @property
    def document(self) -> Document:
        """`stack.json` as it is now."""
        return self._run_dir.read_stack()

    @property
    def gateway(self) -> str:
        return str(self.document["gateway"])

    @property
    def ops_key(self) -> str:
        return str(self._secrets()["ops_key"])

    @property
    def stores(self) -> StoreAddresses:
        document = self.document
        return StoreAddresses(
            document["mongo_url"], document["redis_url"], document["amqp_url"], document["rabbitmq_management"]
        )

    @property
    def is_running(self) -> bool:
        return held(self._run_dir.supervisor_lock)

    def up(self, progress: Progress | None = None) -> Document:
        """Start what is not running and wait until all is ready. Harmless when it is. Raises StackError."""
        run_dir = RunDir.at(self._run_dir.root)
        with run_dir.locked("up.lock"):
            if not self.is_running:
                self._launch(run_dir)
        return self._wait_ready(progress or _ignore)

    def down(self) -> bool:
        """Stop everything, services first; false when there was nothing to stop."""
        if not self._run_dir.root.is_dir():
            return False
        with self._run_dir.locked("up.lock"):
            was_running = self.is_running
            if was_running:
                self._stop_supervisor()
            left = self._end_leftovers()
            self._note_stopped()
        return was_running or left

    def status(self) -> Document:
        """`stack.json` with what the processes say now: `healthy` and `memory_mb` of each, `memory_mb` of all."""
        document = self.document
        if not document:
            return {}
        password = self._secrets().get("redis_password", "")
        processes = status.look(document.get("processes", []), redis_password=password)
        supervisor = document.get("supervisor", {}).get("pid")
        memory = sum(process["memory_mb"] for process in processes)
        memory += procfs.memory_kb({supervisor})[supervisor] // 1024 if supervisor else 0
        return {**document, "processes": processes, "memory_mb": memory}

    @property
    def logs(self) -> Path:
        return self._run_dir.logs

    def _launch(self, run_dir: RunDir) -> None:
        try:
            find_programs()
        except ProgramMissing as error:
            raise StackError(str(error)) from None
        self._end_leftovers()
        run_dir.rotate_logs()
        self._note_stopped("starting", restarts=0)
        command = [sys.executable, "-m", "bezkart.local", str(run_dir.root), self._env, self._parts, self._life]
        with run_dir.log_of("supervisor").open("ab") as log:
            self._supervisor = subprocess.Popen(
                command, cwd=PROJECT_ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        _wait_until(lambda: self.is_running or self._has_ended(), seconds=15)

    def _wait_ready(self, progress: Progress) -> Document:
        deadline = time.monotonic() + _START_SECONDS
        restarts = {process["name"]: process["restarts"] for process in self.document.get("processes", [])}
        while time.monotonic() < deadline:
            document = self.document
            progress(document)
            if document.get("state") == "ready":
                return document
            if not self.is_running:
                raise StackError(f"The supervisor has ended.\n{self._tail('supervisor')}")
            for process in document.get("processes", []):
                if process["restarts"] - restarts.get(process["name"], 0) >= _HOPELESS:
                    raise StackError(f"{process['name']} ends again and again.\n{self._tail(process['name'])}")
            time.sleep(0.1)
        late = [process["name"] for process in self.document.get("processes", []) if process["state"] != "ready"]
        tails = "\n".join(self._tail(name) for name in late[:3])
        raise StackError(f"Not ready after {_START_SECONDS:.0f} s: {', '.join(late)}.\n{tails}")

    def _has_ended(self) -> bool:
        return self._supervisor is not None and self._supervisor.poll() is not None

    def _stop_supervisor(self) -> None:
        recorded = self.document.get("supervisor", {})
        pid, started = recorded.get("pid") or 0, recorded.get("started") or 0
        if procfs.is_same(pid, started):
            leftovers.end({pid: started}, seconds=_STOP_SECONDS)

    def _end_leftovers(self) -> bool:
        """What a supervisor left, alive or dead; by now none is running."""
        stack_id = self._secrets().get("stack_id")
        found = leftovers.find(self.document, stack_id) if stack_id else {}
        leftovers.end(found)
        if self._supervisor is not None:
            self._supervisor.wait(_STOP_SECONDS)
        return bool(found)

    def _note_stopped(self, state: str = "stopped", **changes: object) -> None:
        document = self.document
        if not document:
            return
        for process in document.get("processes", []):
            process.update(pid=None, started=None, state="stopped", **changes)
        self._run_dir.write_stack({**document, "state": state, "supervisor": {}})

    def _secrets(self) -> dict[str, str]:
        try:
            known: dict[str, str] = json.loads(self._run_dir.secrets_file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        return known

    def _tail(self, name: str, lines: int = 12) -> str:
        path = self._run_dir.log_of(name)
        text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
        return "\n".join([f"--- the end of {path}", *text.splitlines()[-lines:]])


@contextmanager
def stores(run_dir: Path) -> Iterator[StoreAddresses]:
    """MongoDB, Redis and RabbitMQ alone, as long as the block (or the process) lasts."""
    stack = Stack(run_dir, parts="stores", life="attached")
    try:
        stack.up()
        yield stack.stores
    finally:
        stack.down()


def _ignore(_: Document) -> None:
    return None


def _wait_until(condition: Callable[[], bool], *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
