"""Dates and times as tills write them, into moments in UTC.

A date's shape says which form it has: `2024-03-01`, `20240301`, `1.3.2024` are clear by themselves. `3/1/2024` and
`3-1-2024` are not: whether month or day comes first is decided over the whole column, by values that cannot be a month.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Final

from bezkart.cli.failures import BadUsage
from bezkart.cli.imports.table import BadValue

_YEAR_FIRST: Final = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)", re.ASCII)
_COMPACT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})(?!\d)", re.ASCII)
_YEAR_LAST: Final = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?!\d)", re.ASCII)
_TIME: Final = re.compile(
    r"(?:T|\s+)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:\s*([AaPp])[Mm])?(?:\s*(Z|z|[+-]\d{2}(?::?\d{2})?))?",
    re.ASCII,
)
_FIRST_YEAR: Final = 1970
_EXAMPLE: Final = "%d.%m.%Y %H:%M"


@dataclass(frozen=True, slots=True)
class DateReader:
    """Reads one column. `zone` is for times that bring no offset of their own.

    A time that a clock change leaves out or repeats is read as before the change (fold 0): every run reads it alike.
    """

    zone: tzinfo
    month_first: frozenset[str] = frozenset({"/"})
    pattern: str | None = None

    def moment(self, text: str) -> datetime:
        """The moment in UTC. Raises BadValue."""
        local = self._by_pattern(text, self.pattern) if self.pattern else self._by_shape(text)
        if local.year < _FIRST_YEAR:
            raise BadValue(f"the year {local.year} is too long ago: {text!r}")
        try:
            return local.astimezone(UTC)
        except OverflowError:
            raise BadValue(f"not a date: {text!r}") from None

    def _by_pattern(self, text: str, pattern: str) -> datetime:
        try:
            if "%z" in pattern:
                return datetime.strptime(text, pattern).astimezone(UTC)
            return datetime.strptime(text, pattern).replace(tzinfo=self.zone)
        except (ValueError, OverflowError):
            raise BadValue(f"not a date of the form {pattern}: {text!r}") from None

    def _by_shape(self, text: str) -> datetime:
        if found := _YEAR_FIRST.match(text):
            year, _, month, day = found.groups()
        elif found := _COMPACT.match(text):
            year, month, day = found.groups()
        elif found := _YEAR_LAST.match(text):
            day, separator, month, year = found.groups()
            if separator in self.month_first:
                day, month = month, day
        else:
            raise BadValue(f"not a date: {text!r}")
        try:
            clock = _clock(text, found.end(), self.zone)
            return datetime.combine(date(_whole_year(year), int(month), int(day)), clock)
        except ValueError:
            raise BadValue(f"there is no such date or time: {text!r}") from None


def _whole_year(digits: str) -> int:
    year = int(digits)
    if len(digits) == 4:
        return year
    return 1900 + year if year >= _FIRST_YEAR % 100 else 2000 + year


def _clock(text: str, start: int, zone: tzinfo) -> time:
    if start == len(text):
        return time(tzinfo=zone)
    found = _TIME.fullmatch(text, start)
    if found is None:
        raise ValueError(text)
    hour, minute, second, fraction, half, offset = found.groups()
    return time(
        _hour(int(hour), half),
        int(minute),
        int(second or 0),
        int(fraction[:6].ljust(6, "0")) if fraction else 0,
        tzinfo=_zone_of(offset) if offset else zone,
    )


def _hour(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(hour)
    return hour % 12 + (12 if half in "Pp" else 0)


def _zone_of(offset: str) -> timezone:
    if offset in "Zz":
        return UTC
    digits = offset[1:].replace(":", "")
    away = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return timezone(-away if offset[0] == "-" else away)


@dataclass(frozen=True, slots=True)
class Decision:
    """How a column's dates are read, what forms it has (most frequent first), and what had to be guessed."""

    reader: DateReader
    forms: tuple[str, ...]
    warnings: tuple[str, ...]


def by_pattern(pattern: str, zone: tzinfo) -> Decision:
    """The owner of the file says the form, in strptime's letters. Raises BadUsage."""
    try:
        sample = datetime(2024, 2, 29, 23, 58, 59, tzinfo=UTC)
        back = datetime.strptime(sample.strftime(pattern), pattern).astimezone(UTC)
    except ValueError as error:
        raise BadUsage(f"--date-format {pattern!r} is not usable ({error}); an example: {_EXAMPLE!r}.") from None
    if abs(back - sample) > timedelta(days=2):
        raise BadUsage(f"--date-format {pattern!r} does not say year, month and day; an example: {_EXAMPLE!r}.")
    return Decision(DateReader(zone, pattern=pattern), (pattern,), ())


def by_column(texts: Iterable[str], zone: tzinfo) -> Decision:
    """Decide the forms of a column from its values, always the same way for the same values."""
    shapes: Counter[str] = Counter()
    beyond: Counter[tuple[str, bool]] = Counter()
    for text in texts:
        if _YEAR_FIRST.match(text):
            shapes["YYYY-MM-DD"] += 1
        elif _COMPACT.match(text):
            shapes["YYYYMMDD"] += 1
        elif found := _YEAR_LAST.match(text):
            shapes[found[2]] += 1
            beyond[found[2], True] += int(found[3]) > 12
            beyond[found[2], False] += int(found[1]) > 12
    month_first = {
        "/": _month_first("/", beyond, otherwise=True),
        "-": _month_first("-", beyond, otherwise=False),
        ".": False,
    }
    reader = DateReader(zone, month_first=frozenset(separator for separator, first in month_first.items() if first))
    name = _namer(month_first)
    warnings = tuple(
        f"Nothing in the file tells month from day in dates such as 3{separator}4{separator}2024: "
        f"taken as {name(separator)}; --date-format says otherwise."
        for separator in "/-"
        if shapes[separator] and not beyond[separator, True] and not beyond[separator, False]
    )
    return Decision(reader, tuple(name(shape) for shape, _ in shapes.most_common()), warnings)


def _month_first(separator: str, beyond: Counter[tuple[str, bool]], *, otherwise: bool) -> bool:
    month, day = beyond[separator, True], beyond[separator, False]
    return otherwise if month == day else month > day


def _namer(month_first: dict[str, bool]) -> Callable[[str], str]:
    def name(shape: str) -> str:
        if shape not in month_first:
            return shape
        return shape.join(("M", "D", "YYYY") if month_first[shape] else ("D", "M", "YYYY"))

    return name
