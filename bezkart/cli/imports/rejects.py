"""The rejects file: every row that was not taken, with its line in the source, the reason and the original text."""

import csv
import os
from collections.abc import Iterable
from pathlib import Path

from bezkart.cli.failures import BadUsage
from bezkart.cli.imports.table import Reject


def rejects_path(source: Path, wished: Path | None) -> Path:
    """Where rejects go: `wished`, else the current directory (the source's may be read-only). Raises BadUsage."""
    path = wished or Path(f"{source.name}.rejects.csv")
    if path.exists() and (not path.is_file() or path.samefile(source)):
        raise BadUsage(f"The rejects cannot go to {path}: name another file with --rejects.")
    return path


def write_rejects(path: Path, rejects: Iterable[Reject]) -> None:
    """Replace the file, readable for its owner only (a row may hold a phone number). Raises BadUsage."""
    try:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(opened, "w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(("line", "reason", "text"))
            for reject in sorted(rejects, key=_line):
                rows.writerow((reject.line, reject.reason, reject.text.replace("\0", "\\0")))
    except OSError as error:
        why = error.strerror or error
        raise BadUsage(f"The rejects cannot be written to {path} ({why}); name another file with --rejects.") from None


def _line(reject: Reject) -> int:
    return reject.line
