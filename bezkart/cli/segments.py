"""`bezkart segments`: how many guests are in each of the five segments (F20)."""

import json
from datetime import date
from typing import Annotated, Any, Final

import typer

from bezkart.cli.failures import BadUsage

_WORDS: Final = {
    "new": "новички",
    "active": "активные",
    "leaving": "уходящие",
    "rare": "редкие",
    "sleeping": "спящие",
}


def segments(
    shop: Annotated[str, typer.Argument(metavar="SHOP", help="The shop's short name.")],
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="DATE", help="How it stood at the end of that day. Today if not given."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """The five segments of a shop's guests, today or as of a day (YYYY-MM-DD, by the shop's calendar)."""
    day = _day(as_of)

    from bezkart.cli.address import find_address
    from bezkart.cli.client import Gateway

    with Gateway(find_address()) as gateway:
        told = gateway.open_shop(shop).get("segments", params={"as_of": day} if day else None)
    picture = {
        "shop": shop,
        "as_of": told["as_of"],
        "total": told["total"],
        "segments": {name: told["segments"][name] for name in _WORDS},
    }
    if as_json:
        print(json.dumps(picture))
    else:
        _print_table(picture)


def _day(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise BadUsage(f"--as-of {text!r} is not a date; write it as 2024-10-31.") from None


def _print_table(picture: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{picture['shop']} · {picture['as_of']}", show_footer=True)
    table.add_column("Segment", footer="total")
    table.add_column("Сегмент", footer="всего")
    table.add_column("Guests", justify="right", footer=str(picture["total"]))
    table.add_column("Share", justify="right", footer="")
    for name, word in _WORDS.items():
        guests = picture["segments"][name]
        share = f"{guests / picture['total']:.0%}" if picture["total"] else "–"
        table.add_row(name, word, str(guests), share)
    Console().print(table)
