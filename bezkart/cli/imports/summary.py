"""What an import found and did, for people and for programs."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Final

from bezkart.cli.imports.reading import Item, Reading
from bezkart.cli.imports.running import Outcome
from bezkart.cli.imports.table import Table

_DELIMITERS: Final = {",": "comma", ";": "semicolon", "\t": "tab", " ": "whitespace"}


@dataclass(frozen=True, slots=True)
class Summary:
    """`rows` = `good` + `anonymous` + `rejected`. `recorded` and `known` count purchases; both are 0 on a dry run.

    `first` and `last` are moments in UTC (RFC 3339).
    """

    shop: str
    file: str
    dry_run: bool
    rows: int
    good: int
    anonymous: int
    rejected: int
    guests: int
    guests_created: int
    recorded: int
    known: int
    first: datetime | None
    last: datetime | None
    date_forms: tuple[str, ...]
    warnings: tuple[str, ...]
    rejects_file: str | None


def summed_up(
    reading: Reading[Item],
    outcome: Outcome,
    *,
    moments: Sequence[datetime],
    shop: str,
    file: Path,
    rejects_file: Path,
    dry_run: bool,
) -> Summary:
    """`moments` are those of the good rows."""
    rejected = len(reading.rejects) + len(outcome.refused)
    return Summary(
        shop=shop,
        file=str(file),
        dry_run=dry_run,
        rows=reading.rows,
        good=len(reading.good) - len(outcome.refused),
        anonymous=reading.anonymous,
        rejected=rejected,
        guests=len({item.visitor for item in reading.good}),
        guests_created=outcome.guests_created,
        recorded=outcome.recorded,
        known=outcome.known,
        first=min(moments, default=None),
        last=max(moments, default=None),
        date_forms=reading.date_forms,
        warnings=reading.warnings,
        rejects_file=str(rejects_file) if rejected else None,
    )


def print_summary(summary: Summary, table: Table, zone: tzinfo, *, as_json: bool) -> None:
    """The result goes to stdout, warnings to stderr."""
    for warning in summary.warnings:
        print(warning, file=sys.stderr)
    if as_json:
        print(json.dumps(asdict(summary), ensure_ascii=False, default=datetime.isoformat))
    else:
        print("\n".join(_lines(summary, table, zone)))


def _lines(summary: Summary, table: Table, zone: tzinfo) -> list[str]:
    header = "with header" if table.columns else "no header"
    lines = [
        f"{summary.file}: {_DELIMITERS[table.delimiter]}, {header}, dates {' and '.join(summary.date_forms) or 'none'}",
        f"rows {summary.rows}: good {summary.good}, anonymous {summary.anonymous} (left out), rejected {summary.rejected}",
    ]
    if summary.first and summary.last:
        days = f"{summary.first.astimezone(zone):%Y-%m-%d} to {summary.last.astimezone(zone):%Y-%m-%d} ({zone})"
        lines.append(f"guests {summary.guests}, {days}")
    if summary.dry_run:
        lines.append("A dry run: nothing was sent.")
    else:
        lines.append(
            f"Shop {summary.shop}: {summary.guests_created} guests are new, {summary.recorded} purchases are recorded, "
            f"{summary.known} were known already."
        )
    if summary.rejects_file:
        lines.append(f"The rejected rows, with line and reason: {summary.rejects_file}")
    return lines
