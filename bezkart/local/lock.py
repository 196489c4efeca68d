"""`python bezkart/local/lock.py identity`: the part of requirements.lock that one service needs, hashes and all.

An image gets the packages of its own extra and no others. The lock says in its comments which package wants which, so nothing
is asked of an index. Stands alone: it runs before any package is installed.
"""

import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

PROJECT = "bezkart"
_NAME = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[([^\]]*)\])?")


@dataclass(frozen=True, slots=True)
class Pin:
    """One package of the lock: its lines, and the packages that want it."""

    name: str
    text: str
    wanted_by: frozenset[str]


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def read_lock(text: str) -> dict[str, Pin]:
    pins = {}
    for block in re.split(r"\n(?=[A-Za-z0-9])", text):
        if "==" not in block.splitlines()[0]:
            continue
        name = normal(block.split("==")[0].split("[")[0])
        comments = "\n".join(line for line in block.splitlines() if line.lstrip().startswith("#"))
        wanted_by = {normal(word) for word in re.findall(r"^\s*#\s+(?:via\s+)?([A-Za-z0-9._-]+)", comments, re.M)}
        lines = [line for line in block.splitlines() if not line.lstrip().startswith("#")]
        pins[name] = Pin(name, "\n".join(lines).rstrip().rstrip("\\").rstrip(), frozenset(wanted_by - {"via"}))
    return pins


def wanted_by_extra(project: Mapping[str, object], extra: str) -> frozenset[str]:
    """The packages that the project itself names for an extra."""
    extras = project["optional-dependencies"]
    dependencies = project["dependencies"]
    assert isinstance(extras, dict)
    assert isinstance(dependencies, list)
    if extra not in extras:
        raise SystemExit(f"pyproject.toml has no extra {extra!r}; it has: {', '.join(sorted(extras))}")

    def names(extra: str) -> Iterator[str]:
        for requirement in extras[extra]:
            found = _NAME.match(requirement)
            assert found
            if normal(found[1]) == PROJECT:
                for other in found[2].split(","):
                    yield from names(other.strip())
            else:
                yield normal(found[1])

    return frozenset(names(extra)) | {normal(found[1]) for each in dependencies if (found := _NAME.match(each))}


def choose(pins: Mapping[str, Pin], wanted: frozenset[str]) -> list[Pin]:
    """`wanted` and everything that these want in turn."""
    chosen = set(wanted)
    while more := {name for name, pin in pins.items() if pin.wanted_by & chosen} - chosen:
        chosen |= more
    return [pins[name] for name in sorted(chosen)]


def main(extra: str) -> None:
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    pins = read_lock(Path("requirements.lock").read_text(encoding="utf-8"))
    for pin in choose(pins, wanted_by_extra(project, extra)):
        sys.stdout.write(f"{pin.text}\n")


if __name__ == "__main__":
    main(sys.argv[1])
