"""One import from file to summary: read everything, write the rejects, send, wait until the segments have counted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Generic

from bezkart.cli.address import find_address
from bezkart.cli.client import Gateway, ShopSession
from bezkart.cli.failures import BadUsage
from bezkart.cli.imports.mapping import Places, parse_map
from bezkart.cli.imports.reading import (
    GUEST_FIELDS,
    PURCHASE_FIELDS,
    Dates,
    Guest,
    Item,
    Purchase,
    Reading,
    open_table,
    read_guests,
    read_purchases,
)
from bezkart.cli.imports.rejects import rejects_path, write_rejects
from bezkart.cli.imports.running import Import, Outcome, wait_until_counted
from bezkart.cli.imports.source import read_lines
from bezkart.cli.imports.summary import print_summary, summed_up
from bezkart.cli.imports.table import Reject, Row, delimiter_named
from bezkart.cli.showing import Steps
from bezkart.cli.zones import zone_named


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line asks for."""

    shop: str
    file: Path
    mapping: str
    tz: str | None
    dry_run: bool
    date_format: str | None
    rejects: Path | None
    delimiter: str | None
    headless: bool
    as_json: bool


@dataclass(frozen=True, slots=True)
class Kind(Generic[Item]):
    """What differs between a purchase history and a guest list. Of each tuple in `needed` one field must be mapped."""

    fields: tuple[str, ...]
    needed: tuple[tuple[str, ...], ...]
    read: Callable[[Sequence[Row | Reject], Places, Dates], Reading[Item]]
    send: Callable[[Import, Sequence[Item], datetime, Steps], None]
    moment: Callable[[Item], datetime | None]


def carry_out(request: Request, kind: Kind[Item]) -> None:
    """A file that cannot be used sends nothing. Raises BadUsage, Unreachable, Refused."""
    wanted = parse_map(request.mapping, known=kind.fields, needed=kind.needed)
    rejects_file = rejects_path(request.file, request.rejects)
    lines = read_lines(request.file)
    delimiter = delimiter_named(request.delimiter) if request.delimiter else None
    table, places = open_table(lines, wanted, delimiter=delimiter, headless=request.headless)
    zone = zone_named(request.tz) if request.tz else None
    with Gateway(find_address()) as gateway, Steps() as show:
        session = gateway.open_shop(request.shop)
        dates = Dates(zone or zone_named(session.shop["timezone"]), request.date_format, datetime.now(UTC))
        rows = list(show.count("Reading", table.rows(), len(lines)))
        reading: Reading[Item] = kind.read(rows, places, dates)
        if reading.rejects:
            write_rejects(rejects_file, reading.rejects)
        _refuse_if_nothing_fits(reading, rejects_file)
        outcome: Outcome = Outcome() if request.dry_run else _send(session, reading, kind, dates.now, show)
    if outcome.refused:
        write_rejects(rejects_file, [*reading.rejects, *outcome.refused])
    summary = summed_up(
        reading,
        outcome,
        moments=[at for item in reading.good if (at := kind.moment(item)) is not None],
        shop=request.shop,
        file=request.file,
        rejects_file=rejects_file,
        dry_run=request.dry_run,
    )
    print_summary(summary, table, dates.zone, as_json=request.as_json)


def _refuse_if_nothing_fits(reading: Reading[Item], rejects_file: Path) -> None:
    if reading.rejects and not reading.good and not reading.anonymous:
        first = reading.rejects[0]
        raise BadUsage(
            f"None of the {reading.rows} rows can be used; line {first.line}: {first.reason}. All of them: {rejects_file}"
        )


def _send(session: ShopSession, reading: Reading[Item], kind: Kind[Item], now: datetime, show: Steps) -> Outcome:
    work = Import(session)
    if reading.good:
        kind.send(work, reading.good, now, show)
        wait_until_counted(session, progress=show.level("Counted in segments"))
    return work.outcome


def _send_purchases(work: Import, purchases: Sequence[Purchase], _: datetime, show: Steps) -> None:
    guests = show.step("Guests", len({purchase.visitor for purchase in purchases}))
    work.purchases(purchases, registered=guests, advance=show.step("Purchases", len(purchases)))


def _send_guests(work: Import, guests: Sequence[Guest], now: datetime, show: Steps) -> None:
    work.guests(guests, now=now, advance=show.step("Guests", len(guests)))


PURCHASES: Final[Kind[Purchase]] = Kind(
    fields=PURCHASE_FIELDS,
    needed=(("guest", "phone"), ("at",)),
    read=read_purchases,
    send=_send_purchases,
    moment=lambda purchase: purchase.at,
)
GUESTS: Final[Kind[Guest]] = Kind(
    fields=GUEST_FIELDS,
    needed=(("card", "phone"),),
    read=read_guests,
    send=_send_guests,
    moment=lambda guest: guest.registered_at,
)
