"""Shows the logs of a stack."""

import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path


def known_logs(folder: Path) -> list[str]:
    """The processes that have written something."""
    return sorted(path.stem for path in folder.glob("*.log"))


def show(folder: Path, names: Sequence[str], *, lines: int, follow: bool) -> None:
    """Print the last lines of each; `follow` goes on until Ctrl-C."""
    files = [str(folder / f"{name}.log") for name in names]
    with suppress(KeyboardInterrupt):
        subprocess.run(["tail", "-n", str(lines), *(["-F"] if follow else []), "--", *files], check=False)
