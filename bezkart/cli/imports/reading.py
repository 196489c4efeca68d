"""Rows of a file into guests and purchases, or into rejects that say why. Pure: no clock, no network."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Final, Generic, TypeVar

from bezkart.cli.failures import BadUsage
from bezkart.cli.imports.amounts import minor_units
from bezkart.cli.imports.dates import Decision, by_column, by_pattern
from bezkart.cli.imports.mapping import Places, by_numbers, find_places, pieces
from bezkart.cli.imports.table import BadValue, Reject, Row, Table, sniff, split

PURCHASE_FIELDS: Final = ("guest", "phone", "at", "amount", "item", "cups")
GUEST_FIELDS: Final = ("card", "phone", "name", "registered")
MOST_CUPS: Final = 1000
LONGEST: Final = {"card": 64, "phone": 64, "name": 60, "item": 100}
"""Characters, as the API takes them."""
_NOBODY: Final = frozenset({"", "nan", "null", "none", "n/a", "na", "<na>"})
_RUSSIAN_MOBILE: Final = re.compile(r"(?:\+?7|8)[ (-]*9\d{2}[ )-]*\d{3}[ -]*\d{2}[ -]*\d{2}", re.ASCII)
_FEW_CUPS: Final = re.compile(r"(\d{1,4})(?:[.,]0+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whom a row is about, as the old system knew him: by card, by phone, or both."""

    card: str | None
    phone: str | None


@dataclass(frozen=True, slots=True)
class Purchase:
    """One row of a purchase history; `amount` in minor units, `at` in UTC."""

    line: int
    visitor: Visitor
    at: datetime
    amount: int | None
    item: str | None
    cups: int
    text: str


@dataclass(frozen=True, slots=True)
class Guest:
    """One row of a guest list. Without a date of registration the guest is registered by the import."""

    line: int
    visitor: Visitor
    name: str | None
    registered_at: datetime | None
    text: str


Item = TypeVar("Item", Purchase, Guest)


@dataclass(slots=True)
class Reading(Generic[Item]):
    """What a file holds. `anonymous` rows name nobody: they are counted and left out."""

    rows: int = 0
    anonymous: int = 0
    good: list[Item] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    date_forms: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dates:
    """What the caller says about dates: the zone of local times, their pattern if known, and what is still future."""

    zone: tzinfo
    pattern: str | None
    now: datetime

    def decide(self, texts: Iterable[str]) -> Decision:
        """How to read a column of dates. Raises BadUsage."""
        return by_pattern(self.pattern, self.zone) if self.pattern else by_column(texts, self.zone)

    def past(self, decision: Decision, text: str) -> datetime:
        """The moment, which must have been. Raises BadValue."""
        at = decision.reader.moment(text)
        if at > self.now:
            raise BadValue(f"the date is in the future: {text!r}")
        return at


def open_table(
    lines: Sequence[str], wanted: Mapping[str, str], *, delimiter: str | None, headless: bool
) -> tuple[Table, Places]:
    """Find the delimiter, the header and the mapped columns. Raises BadUsage."""
    if headless and not by_numbers(wanted):
        raise BadUsage("--no-header: give the columns of --map as numbers from 1 (guest=1,at=3).")
    names = pieces(wanted)
    cut = delimiter or sniff(lines, names)
    headed = not headless and (not by_numbers(wanted) or _stand_in_first(lines, names, cut))
    table = Table(lines, delimiter=cut, headed=headed)
    return table, find_places(wanted, columns=table.columns, width=table.width)


def _stand_in_first(lines: Sequence[str], names: Sequence[str], delimiter: str) -> bool:
    first = next(line for line in lines if line.strip())
    return set(names) <= {name.strip() for name in split(first, delimiter)}


def read_purchases(rows: Iterable[Row | Reject], places: Places, dates: Dates) -> Reading[Purchase]:
    """Raises BadUsage (a date format that is none, phone numbers where card ids should be)."""
    reading = _read(rows, places, dates, when="at", who="guest", build=_purchase)
    cards = [purchase.visitor.card for purchase in reading.good if purchase.visitor.card]
    _refuse_phones_as_cards(cards, "guest")
    return reading


def read_guests(rows: Iterable[Row | Reject], places: Places, dates: Dates) -> Reading[Guest]:
    """Raises BadUsage (a date format that is none, phone numbers where card ids should be)."""
    reading = _read(rows, places, dates, when="registered", who="card", build=_guest)
    _refuse_phones_as_cards([guest.visitor.card for guest in reading.good if guest.visitor.card], "card")
    return reading


def _read(
    rows: Iterable[Row | Reject],
    places: Places,
    dates: Dates,
    *,
    when: str,
    who: str,
    build: Callable[[Row, Visitor, Places, Callable[[str], datetime]], Item],
) -> Reading[Item]:
    reading: Reading[Item] = Reading()
    named: list[tuple[Row, Visitor]] = []
    for row in rows:
        reading.rows += 1
        if isinstance(row, Reject):
            reading.rejects.append(row)
        elif (visitor := _visitor(row, places, who)) is None:
            reading.anonymous += 1
        else:
            named.append((row, visitor))
    decision = dates.decide(places.text(row.fields, when) for row, _ in named)
    for row, visitor in named:
        try:
            reading.good.append(build(row, visitor, places, lambda text: dates.past(decision, text)))
        except BadValue as fault:
            reading.rejects.append(Reject(row.line, str(fault), row.text))
    reading.rejects.sort(key=lambda reject: reject.line)
    reading.date_forms, reading.warnings = decision.forms, decision.warnings
    return reading


def _visitor(row: Row, places: Places, who: str) -> Visitor | None:
    card, phone = places.text(row.fields, who), places.text(row.fields, "phone")
    visitor = Visitor(_unless_nobody(card), _unless_nobody(phone))
    return visitor if visitor.card or visitor.phone else None


def _unless_nobody(text: str) -> str | None:
    return None if text.casefold() in _NOBODY else text


def _purchase(row: Row, visitor: Visitor, places: Places, moment: Callable[[str], datetime]) -> Purchase:
    at = moment(places.text(row.fields, "at"))
    amount = places.text(row.fields, "amount")
    return Purchase(
        line=row.line,
        visitor=_checked(visitor),
        at=at,
        amount=minor_units(amount) if amount.casefold() not in _NOBODY else None,
        item=_short(places.text(row.fields, "item"), "item") or None,
        cups=_cups(places.text(row.fields, "cups")) if places.has("cups") else 1,
        text=row.text,
    )


def _guest(row: Row, visitor: Visitor, places: Places, moment: Callable[[str], datetime]) -> Guest:
    registered = places.text(row.fields, "registered")
    return Guest(
        line=row.line,
        visitor=_checked(visitor),
        name=_short(places.text(row.fields, "name"), "name") or None,
        registered_at=moment(registered) if registered else None,
        text=row.text,
    )


def _checked(visitor: Visitor) -> Visitor:
    _short(visitor.card or "", "card")
    _short(visitor.phone or "", "phone")
    return visitor


def _short(text: str, name: str) -> str:
    if len(text) > LONGEST[name]:
        raise BadValue(f"the {name} is longer than {LONGEST[name]} characters")
    if not text.isprintable():
        raise BadValue(f"the {name} has characters that cannot be printed")
    return text


def _cups(text: str) -> int:
    found = _FEW_CUPS.fullmatch(text)
    if found is None or not 1 <= int(found[1]) <= MOST_CUPS:
        raise BadValue(f"cups must be a whole number from 1 to {MOST_CUPS}: {text!r}")
    return int(found[1])


def _refuse_phones_as_cards(cards: Sequence[str], name: str) -> None:
    """A phone number kept as a card id would stand unencrypted in the profile (F3)."""
    if 2 * sum(_RUSSIAN_MOBILE.fullmatch(card) is not None for card in set(cards)) > len(set(cards)):
        raise BadUsage(f"The column of {name!r} looks like phone numbers: map it as phone=…, they are kept encrypted.")
