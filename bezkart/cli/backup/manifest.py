"""`manifest.json`: what a backup holds, so that damage is found before anything is restored."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from bezkart.cli.failures import BadUsage

NAME: Final = "manifest.json"


@dataclass(frozen=True, slots=True)
class Part:
    """One collection: its file is `<database>/<collection>.bson`."""

    database: str
    collection: str
    documents: int
    sha256: str

    def file(self, folder: Path) -> Path:
        return folder / self.database / f"{self.collection}.bson"

    def metadata(self, folder: Path) -> Path:
        return folder / self.database / f"{self.collection}.metadata.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """`made_at` in UTC; `namespace` goes before the name of every database."""

    made_at: str
    namespace: str
    parts: tuple[Part, ...]

    @property
    def documents(self) -> int:
        return sum(part.documents for part in self.parts)

    def write(self, folder: Path) -> None:
        """Last of all: a folder without it is no backup."""
        text = json.dumps(asdict(self), indent=1, ensure_ascii=False)
        (folder / NAME).write_text(text + "\n", encoding="utf-8")


def read(folder: Path) -> Manifest:
    """The manifest of a backup whose files are as they were written. Raises BadUsage."""
    try:
        known = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadUsage(f"{folder} is no backup: it has no {NAME}.") from None
    parts = tuple(Part(**each) for each in known["parts"])
    for part in parts:
        if not part.file(folder).exists() or digest(part.file(folder)) != part.sha256:
            raise BadUsage(f"The backup is damaged: {part.file(folder)} is not what was written.")
    return Manifest(known["made_at"], known["namespace"], parts)


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
