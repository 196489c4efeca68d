"""Where everything of one running stack lies. The folder is private to its owner (0700)."""

import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT_ROOT = Path(__file__).resolve().parents[2]
_LARGEST_LOG = 10_000_000  # bytes


def default_run_dir() -> Path:
    """BEZKART_RUN_DIR, else `.run` in the current folder."""
    return Path(os.environ.get("BEZKART_RUN_DIR") or ".run")


def write_private(path: Path, text: str) -> None:
    """Replace the file in one step, readable by its owner only: a reader never sees half of it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@dataclass(frozen=True, slots=True)
class RunDir:
    root: Path

    @classmethod
    def at(cls, path: Path) -> "RunDir":
        """The run directory at `path`, with its folders."""
        run_dir = cls(path.resolve())
        for folder in (run_dir.root, run_dir.logs, run_dir.conf, run_dir.data):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        run_dir.root.chmod(0o700)
        return run_dir

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def conf(self) -> Path:
        return self.root / "conf"

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def stack_file(self) -> Path:
        return self.root / "stack.json"

    @property
    def secrets_file(self) -> Path:
        return self.root / "secrets.json"

    @property
    def supervisor_lock(self) -> Path:
        return self.root / "supervisor.lock"

    def log_of(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def folder(self, name: str) -> Path:
        """A private folder for one server's own files."""
        path = self.data / name
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return path

    def read_stack(self) -> dict[str, Any]:
        """What `stack.json` says; empty when there was never a stack here."""
        try:
            document = json.loads(self.stack_file.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return document if isinstance(document, dict) else {}

    def write_stack(self, document: dict[str, Any]) -> None:
        write_private(self.stack_file, json.dumps(document, indent=2) + "\n")

    def rotate_logs(self) -> None:
        """A log that has grown large makes room for a new one; one old one is kept."""
        for log in self.logs.glob("*.log"):
            if log.stat().st_size > _LARGEST_LOG:
                log.replace(log.with_suffix(".log.1"))

    @contextmanager
    def locked(self, name: str) -> Iterator[None]:
        """Only one process at a time is inside, among all that use this run directory."""
        with (self.root / name).open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def held(path: Path) -> bool:
    """Whether a living process holds this lock file."""
    try:
        with path.open("r") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
