"""`bezkart import purchases` and `bezkart import guests`: their options. What they do is in `job.py`."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Bring guests and purchase history from CSV files.", no_args_is_help=True)

Shop = Annotated[str, typer.Argument(metavar="SHOP", help="The shop's short name.")]
File = Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file in UTF-8.")]
Zone = Annotated[str | None, typer.Option("--tz", help="Time zone of the file's local times. The shop's if not given.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Read and check everything, send nothing.")]
DateFormat = Annotated[str | None, typer.Option("--date-format", help="As in strptime: '%d.%m.%Y %H:%M'.")]
Rejects = Annotated[
    Path | None,
    typer.Option("--rejects", help="Where bad rows go. FILE.rejects.csv in the current directory if not given."),
]
Delimiter = Annotated[
    str | None, typer.Option("--delimiter", help="comma, semicolon, tab or whitespace. Found by itself if not given.")
]
NoHeader = Annotated[bool, typer.Option("--no-header", help="The first line is data; columns are numbers from 1.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")]
PurchaseMap = Annotated[
    str,
    typer.Option("--map", help="guest=COLUMN,at=COLUMN and, if there, phone, amount, item, cups. date+time joins two."),
]
GuestMap = Annotated[
    str, typer.Option("--map", help="card=COLUMN or phone=COLUMN or both, and, if there, name, registered.")
]


@app.command("purchases")
def purchases(
    *,
    shop: Shop,
    file: File,
    mapping: PurchaseMap,
    tz: Zone = None,
    dry_run: DryRun = False,
    date_format: DateFormat = None,
    rejects: Rejects = None,
    delimiter: Delimiter = None,
    no_header: NoHeader = False,
    as_json: AsJson = False,
) -> None:
    """Import a purchase history: one row = one purchase. Run it again and nothing doubles; stopped, it completes."""
    from bezkart.cli.imports.job import PURCHASES, Request, carry_out

    request = Request(shop, file, mapping, tz, dry_run, date_format, rejects, delimiter, no_header, as_json)
    carry_out(request, PURCHASES)


@app.command("guests")
def guests(
    *,
    shop: Shop,
    file: File,
    mapping: GuestMap,
    tz: Zone = None,
    dry_run: DryRun = False,
    date_format: DateFormat = None,
    rejects: Rejects = None,
    delimiter: Delimiter = None,
    no_header: NoHeader = False,
    as_json: AsJson = False,
) -> None:
    """Import a list of guests: cards, phone numbers, names, dates of registration. Known guests are not doubled."""
    from bezkart.cli.imports.job import GUESTS, Request, carry_out

    request = Request(shop, file, mapping, tz, dry_run, date_format, rejects, delimiter, no_header, as_json)
    carry_out(request, GUESTS)
