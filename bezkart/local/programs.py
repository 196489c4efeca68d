"""Finds the server programs on this machine."""

import os
import shutil
import sysconfig
from dataclasses import dataclass
from pathlib import Path

_ELSEWHERE = ("/usr/lib/rabbitmq/bin", "/usr/sbin", "/usr/local/sbin")


class ProgramMissing(Exception):
    """A server program that must be installed first; the message says what and how."""


@dataclass(frozen=True, slots=True)
class Programs:
    mongod: Path
    redis_server: Path
    rabbitmq_server: Path
    nginx: Path


def find_programs() -> Programs:
    """All four, or ProgramMissing naming every one that is not there."""
    wheel = Path(sysconfig.get_path("purelib")) / "fiftyone" / "db" / "bin"
    found = {
        # Debian's /usr/sbin/rabbitmq-server changes to the system's user and folders: the real one is looked up first.
        "rabbitmq-server": _find("rabbitmq-server", before=("/usr/lib/rabbitmq/bin",)),
        "mongod": _find("mongod", after=(str(wheel),)),
        "redis-server": _find("redis-server"),
        "nginx": _find("nginx"),
    }
    if missing := sorted(name for name, path in found.items() if path is None):
        raise ProgramMissing(
            f"Not installed: {', '.join(missing)}. `make demo` and `make up` install them on Debian and Ubuntu with root or "
            "sudo rights; elsewhere install them with the system's package manager."
        )
    paths = {name: path for name, path in found.items() if path is not None}
    return Programs(paths["mongod"], paths["redis-server"], paths["rabbitmq-server"], paths["nginx"])


def _find(name: str, *, before: tuple[str, ...] = (), after: tuple[str, ...] = ()) -> Path | None:
    folders = os.pathsep.join([*before, os.environ.get("PATH", os.defpath), *_ELSEWHERE, *after])
    found = shutil.which(name, path=folders)
    return Path(found) if found else None
