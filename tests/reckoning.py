"""An independent reckoning of the segments from a CSV file: product.md's F20 and the csv module, nothing of our own code."""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

SEGMENTS = ("new", "active", "leaving", "rare", "sleeping")
_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def real_file(name: str) -> Path:
    """A file of real sales, kept beside the repository."""
    path = _DATA / name
    assert path.is_file(), f"The real data is missing: {path} (the folder `shared` belongs beside the repository)."
    return path


def segment_of(days: Sequence[date], registered: date, today: date) -> str:
    """F20 with the default settings; `days` of purchases after `today` have not happened yet."""
    past = [day for day in days if day <= today]
    n = len(past)
    d = (today - (max(past) if past else registered)).days
    r = (today - registered).days
    if d > 60:
        return "sleeping"
    if n >= 4:
        return "active" if d <= 14 else "leaving"
    return "new" if r <= 14 else "rare"


def reckon(purchases: Iterable[tuple[str, date]], today: date) -> dict[str, int]:
    """(guest, day) of every purchase → guests per segment and `total`. Registered = first purchase."""
    days: defaultdict[str, list[date]] = defaultdict(list)
    for guest, day in purchases:
        days[guest].append(day)
    counts = Counter(segment_of(theirs, min(theirs), today) for theirs in days.values() if min(theirs) <= today)
    return {"total": sum(counts.values()), **{name: counts[name] for name in SEGMENTS}}


def coffee_sales(path: Path) -> Iterator[tuple[str, date]]:
    """Rows with a card. Local days stand in the file itself: `2024-03-01 10:15:50.520` or `3/1/2024 10:15`."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            day = row["datetime"].split(" ")[0]
            if row["card"]:
                yield row["card"], date.fromisoformat(day) if "-" in day else _month_first(day)


def cdnow(path: Path) -> Iterator[tuple[str, date]]:
    """Columns: id, id in the sample, YYYYMMDD, quantity, amount."""
    with path.open(encoding="ascii") as file:
        for line in file:
            guest, _, day, _, _ = line.split()
            yield guest, date(int(day[:4]), int(day[4:6]), int(day[6:]))


def _month_first(text: str) -> date:
    return datetime.strptime(text + " +0000", "%m/%d/%Y %z").date()
