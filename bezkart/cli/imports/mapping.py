"""`--map guest=card,at=datetime`: which column of the file is which field of ours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bezkart.cli.failures import BadUsage
from bezkart.cli.imports.table import split


@dataclass(frozen=True, slots=True)
class Places:
    """Where each field of ours stands in a row: one column, or several (a date and a time) that are read as one."""

    by_field: Mapping[str, tuple[int, ...]]

    def has(self, field: str) -> bool:
        """Whether the file has this field."""
        return field in self.by_field

    def text(self, fields: Sequence[str], field: str) -> str:
        """The field's text, stripped; empty if the file does not have it."""
        places = self.by_field.get(field, ())
        if len(places) == 1:
            return fields[places[0]].strip()
        return " ".join(fields[place].strip() for place in places)


def parse_map(text: str, *, known: Sequence[str], needed: Sequence[tuple[str, ...]]) -> dict[str, str]:
    """`guest=card,at=datetime` as a dict. Of each tuple in `needed` one field must be there. Raises BadUsage."""
    wanted: dict[str, str] = {}
    for part in split(text, ","):
        field, sign, column = (piece.strip() for piece in part.partition("="))
        if not sign or not field or not column:
            raise BadUsage(f"--map: {part.strip()!r} is not FIELD=COLUMN (as in guest=card,at=datetime).")
        if field not in known:
            raise BadUsage(f"--map: there is no field {field!r}; the fields are {', '.join(known)}.")
        if field in wanted:
            raise BadUsage(f"--map: the field {field!r} stands twice.")
        wanted[field] = column
    for either in needed:
        if not any(field in wanted for field in either):
            raise BadUsage(f"--map: say which column is {' or '.join(either)}.")
    return wanted


def by_numbers(wanted: Mapping[str, str]) -> bool:
    """Whether all columns are given as numbers, so that the file may have no header."""
    return all(part.strip().isdecimal() for column in wanted.values() for part in column.split("+"))


def pieces(wanted: Mapping[str, str]) -> list[str]:
    """Every column named in the map, without the `+` between them."""
    return [part.strip() for column in wanted.values() for part in column.split("+")]


def find_places(wanted: Mapping[str, str], *, columns: Sequence[str], width: int) -> Places:
    """Look the columns up by name, else by number from 1. Raises BadUsage naming the columns there are."""
    return Places({field: _places(column, columns, width) for field, column in wanted.items()})


def _places(column: str, columns: Sequence[str], width: int) -> tuple[int, ...]:
    if "+" in column and column not in columns:
        return tuple(_place(part.strip(), columns, width) for part in column.split("+"))
    return (_place(column, columns, width),)


def _place(column: str, columns: Sequence[str], width: int) -> int:
    exact = [at for at, name in enumerate(columns) if name == column]
    same = exact or [at for at, name in enumerate(columns) if name.casefold() == column.casefold()]
    if len(same) == 1:
        return same[0]
    if len(same) > 1:
        numbers = " and ".join(str(at + 1) for at in same)
        raise BadUsage(f"The header has {column!r} twice (columns {numbers}); give the number instead.")
    if column.isdecimal() and 1 <= int(column) <= width:
        return int(column) - 1
    there = ", ".join(repr(name) for name in columns) if columns else f"1 to {width}"
    raise BadUsage(f"The file has no column {column!r}; its columns are {there}.")
