"""Lines into rows of fields: which delimiter, whether there is a header, and each row or why it is none."""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bezkart.cli.failures import BadUsage

WHITESPACE: Final = " "
_BY_PREFERENCE: Final = ("\t", ";", ",", WHITESPACE)
_NAMES: Final = {
    "comma": ",",
    "semicolon": ";",
    "tab": "\t",
    "\\t": "\t",
    "whitespace": WHITESPACE,
    "space": WHITESPACE,
}
_EXCEL_HINT: Final = re.compile(r'"?sep=(.)"?', re.IGNORECASE)
_WORD: Final = re.compile(r'"([^"]*)"|(\S+)')
_SAMPLE_LINES: Final = 200
_REGULAR: Final = 0.9
_LONGEST_RECORD: Final = 50
"""Physical lines a quoted field may run over; a quote that is not closed by then is a broken one."""


class BadValue(ValueError):
    """Says why a field's text is not what it should be."""


@dataclass(frozen=True, slots=True)
class Row:
    """`line` is the number of its first physical line; `text` is that line as it stands in the file."""

    line: int
    fields: Sequence[str]
    text: str


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that cannot be used, and why."""

    line: int
    reason: str
    text: str


def delimiter_named(name: str) -> str:
    """`comma`, `semicolon`, `tab`, `whitespace` or the character itself. Raises BadUsage."""
    if name in _BY_PREFERENCE:
        return name
    try:
        return _NAMES[name.strip().casefold()]
    except KeyError:
        raise BadUsage(f"--delimiter {name!r} is none of comma, semicolon, tab, whitespace.") from None


class Table:
    """A file's lines with a delimiter and, if `headed`, a first line that names the columns."""

    def __init__(self, lines: Sequence[str], *, delimiter: str, headed: bool) -> None:
        self.delimiter = delimiter
        self._lines = lines
        self._first = next((at for at, line in enumerate(lines) if line.strip()), 0)
        if _EXCEL_HINT.fullmatch(lines[self._first].strip()):
            self._first += 1
        top, after = self._record(self._first)
        if top is None and headed:
            raise BadUsage(f"The header (line {self._first + 1}) has a quote that is not closed.")
        self.columns = _column_names(top or ()) if headed else ()
        self._body = after if headed else self._first
        self.width = len(self.columns) if headed else self._usual_width()

    def rows(self) -> Iterator[Row | Reject]:
        """Every row that is not blank, in the file's order."""
        at = self._body
        while at < len(self._lines):
            text = self._lines[at]
            if not text.strip():
                at += 1
                continue
            fields, after = self._record(at)
            if fields is None:
                yield Reject(at + 1, "a quote is not closed", text)
            elif "\0" in text:
                yield Reject(at + 1, "the line has NUL bytes", text)
            elif (fault := self._misfit(fields)) is not None:
                yield Reject(at + 1, fault, text)
                after = at + 1  # a quote that swallowed its neighbours costs this line only
            else:
                yield Row(at + 1, fields, text)
            at = after

    def _misfit(self, fields: Sequence[str]) -> str | None:
        if len(fields) == self.width or (len(fields) > self.width and not any(map(str.strip, fields[self.width :]))):
            return None
        return f"{len(fields)} fields where {self.width} are expected"

    def _record(self, at: int) -> tuple[Sequence[str] | None, int]:
        """The fields of the record that begins at index `at` (None: a broken quote) and where the next one begins."""
        if at >= len(self._lines):
            return (), at
        line = self._lines[at]
        if '"' not in line:
            return split(line, self.delimiter), at + 1
        if self.delimiter == WHITESPACE:
            return split(line, self.delimiter), at + 1
        for end in range(at + 1, min(at + _LONGEST_RECORD, len(self._lines)) + 1):
            closed, fields = _quoted(self._lines[at:end], self.delimiter)
            if closed:
                return fields, end if fields is not None else at + 1
        return None, at + 1

    def _usual_width(self) -> int:
        widths: Counter[int] = Counter()
        for line in _sample(self._lines[self._first :]):
            widths[len(split(line, self.delimiter))] += 1
        return widths.most_common(1)[0][0]


def _column_names(fields: Sequence[str]) -> tuple[str, ...]:
    names = [name.strip() for name in fields]
    while names and not names[-1]:  # a delimiter at the end of every line
        names.pop()
    return tuple(names)


def _quoted(lines: Sequence[str], delimiter: str) -> tuple[bool, Sequence[str] | None]:
    """(whether the record ends here, its fields); fields are None where quotes stand as no CSV has them."""
    whole = (f"{line}\n" for line in lines)
    try:
        return True, next(csv.reader(whole, delimiter=delimiter, strict=True, skipinitialspace=True))
    except csv.Error as error:
        return "unexpected end" not in str(error), None


def split(line: str, delimiter: str) -> Sequence[str]:
    """The fields of one line, quotes taken off where they are whole."""
    if delimiter == WHITESPACE:
        return [quoted or bare for quoted, bare in _WORD.findall(line)] if '"' in line else line.split()
    if '"' in line:
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))
    return line.split(delimiter)


def sniff(lines: Sequence[str], wanted: Sequence[str]) -> str:
    """The delimiter that finds the `wanted` columns (names, or numbers from 1) and cuts most lines alike.

    Always the same for the same file.
    """
    sample = _sample(lines)
    if sample and (hint := _EXCEL_HINT.fullmatch(sample[0].strip())) and hint[1] in _BY_PREFERENCE:
        return hint[1]
    fitting = [delimiter for delimiter in _BY_PREFERENCE if _finds(split(sample[0], delimiter), wanted)]
    numbered = all(name.isdecimal() for name in wanted)
    best, best_share = ",", 0.0
    for delimiter in fitting or _BY_PREFERENCE:
        widths = Counter(len(split(line, delimiter)) for line in sample)
        width = widths.most_common(1)[0][0] if numbered else len(split(sample[0], delimiter))
        share = widths[width] / len(sample)
        if width >= 2 and share >= _REGULAR:
            return delimiter
        if width >= 2 and share > best_share:
            best, best_share = delimiter, share
    return best


def _finds(first: Sequence[str], wanted: Sequence[str]) -> bool:
    known = {name.strip().casefold() for name in first}
    return all(name.casefold() in known or (name.isdecimal() and 1 <= int(name) <= len(first)) for name in wanted)


def _sample(lines: Sequence[str]) -> list[str]:
    found: list[str] = []
    for line in lines:
        if line.strip():
            found.append(line)
            if len(found) == _SAMPLE_LINES:
                break
    return found
