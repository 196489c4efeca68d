"""Words with placeholders, as owners write them: one syntax for everything that is said to guests. Pure.

`{name}` is a value. `{left:чашка|чашки|чашек}` is the form that fits the number `left`: three forms are Russian, two English.
`[…]` is left out when a value in it is missing, empty or 0. `{{`, `}}`, `[[`, `]]` are the signs themselves.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bezkart.kernel.errors import DomainError, Kind

LANGUAGES: Final = ("ru", "en")
FORMS: Final = {"ru": 3, "en": 2}
"""How many forms of a word a language has after a number."""

Values = Mapping[str, str | int]
_TOKEN: Final = re.compile(r"\{\{|\}\}|\[\[|\]\]|\{([a-z_]+)(?::([^{}\[\]]*))?\}|([\[\]{}])")
_KEPT: Final = 256


class TemplateInvalid(DomainError):
    """The text cannot be used: an unknown or missing placeholder, a bracket too many, too long."""

    kind = Kind.INVALID
    slug = "template-invalid"
    title = "The text of the template cannot be used"


class ValueMissing(DomainError):
    """The sender left out a value that the text needs."""

    kind = Kind.INVALID
    slug = "value-missing"
    title = "A value that the template needs is missing"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a parsed text: literal words, or a value (with plural `forms`); `optional` is the number of its bracket, if any."""

    text: str = ""
    value: str | None = None
    forms: tuple[str, ...] = ()
    optional: int | None = None


@lru_cache(maxsize=_KEPT)
def parse(text: str) -> tuple[Piece, ...]:
    """Raises TemplateInvalid. A mailing says the same text thousands of times: it is read once."""
    pieces: list[Piece] = []
    place, bracket, opened = 0, 0, False
    for found in _TOKEN.finditer(text):
        part = bracket if opened else None
        pieces.append(Piece(text[place : found.start()], optional=part))
        place = found.end()
        name, forms, sign = found.groups()
        if name:
            pieces.append(Piece(value=name, forms=tuple(forms.split("|")) if forms else (), optional=part))
        elif not sign:
            pieces.append(Piece(found.group()[0], optional=part))
        elif sign in "[]" and opened == (sign == "]"):
            opened, bracket = not opened, bracket + 1
        else:
            raise TemplateInvalid(f"a single {sign} at character {found.start() + 1}")
    if opened:
        raise TemplateInvalid("an optional part is not closed with ]")
    pieces.append(Piece(text[place:]))
    return tuple(pieces)


def used(text: str, *, always: bool = False) -> frozenset[str]:
    """The values that stand in the text; `always`: only those outside of optional parts. Raises TemplateInvalid."""
    return frozenset(each.value for each in parse(text) if each.value and not (always and each.optional is not None))


def render(text: str, values: Values, language: str) -> str:
    """A value that the sender gave in the language as well (`gift_en`) is taken in it. Raises ValueMissing, TemplateInvalid."""
    pieces = parse(text)
    suffix = f"_{language}"
    values = {**values, **{name.removesuffix(suffix): said for name, said in values.items() if name.endswith(suffix)}}
    empty = {
        each.optional for each in pieces if each.optional is not None and each.value and not values.get(each.value)
    }
    said = "".join(
        _say(each, values, language) for each in pieces if each.optional is None or each.optional not in empty
    )
    return re.sub(r"[ \t]+\n", "\n", re.sub(r" {2,}", " ", said)).strip()


def plural(number: int, forms: tuple[str, ...], language: str) -> str:
    """The form that fits; so many forms are of one language only, whatever the reader's is. With too few of them the last one."""
    written_in = next((name for name, count in FORMS.items() if count == len(forms)), language)
    place = _russian(number) if written_in == "ru" else int(number != 1)
    return forms[min(place, len(forms) - 1)]


def _say(piece: Piece, values: Values, language: str) -> str:
    if piece.value is None:
        return piece.text
    value = values.get(piece.value)
    if value is None:
        raise ValueMissing(piece.value)
    if not piece.forms:
        return str(value)
    try:
        number = int(value)
    except ValueError:
        raise TemplateInvalid(f"{{{piece.value}:…}} is no number") from None
    return plural(number, piece.forms, language)


def _russian(number: int) -> int:
    """CLDR's one, few, many."""
    tens, ones = abs(number) // 10 % 10, abs(number) % 10
    if tens == 1 or ones in {0, 5, 6, 7, 8, 9}:
        return 2
    return 0 if ones == 1 else 1
