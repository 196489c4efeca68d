"""The words of messages: placeholders, plurals, optional parts. Pure.

`{name}` is a value. `{left:чашка|чашки|чашек}` is the form that fits the number `left` (Russian has three forms, English two).
`[…]` is left out when a value in it is missing, empty or 0. `{{`, `}}`, `[[`, `]]` are the signs themselves.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from babel import Locale

from services.notifications.domain.errors import TemplateInvalid, ValueMissing

LANGUAGES: Final = ("ru", "en")
FORMS: Final = {"ru": ("one", "few", "many"), "en": ("one", "other")}
LONGEST: Final = 4096
LONGEST_SMS: Final = 201
"""Three parts of 67 characters: what a message that may go by SMS is allowed to cost."""

Values = Mapping[str, str | int]
_TOKEN: Final = re.compile(r"\{\{|\}\}|\[\[|\]\]|\{([a-z_]+)(?::([^{}\[\]]*))?\}|([\[\]{}])")


@dataclass(frozen=True, slots=True)
class Template:
    """Words for one occasion. `samples` are its values with examples as long as they get; `required` must be used and given.

    A guest may switch a `topic` off. What is not `in_inbox` goes by the channels it was ordered for and is kept nowhere else.
    """

    name: str
    samples: Values
    texts: Mapping[str, str]
    required: frozenset[str] = frozenset()
    secret: bool = False
    by_sms: bool = False
    topic: str = ""
    in_inbox: bool = True


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a parsed text: literal words, or a value (with plural `forms`); `optional` is the number of its bracket, if any."""

    text: str = ""
    value: str | None = None
    forms: tuple[str, ...] = ()
    optional: int | None = None


def parse(text: str) -> tuple[Piece, ...]:
    """Raises TemplateInvalid."""
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


def check(template: Template, language: str, text: str) -> None:
    """Whether an owner's text can be used: everything that could go wrong at sending does so here. Raises TemplateInvalid."""
    pieces = parse(text)
    used = {each.value for each in pieces if each.value}
    for name in sorted(used - template.samples.keys()):
        raise TemplateInvalid(f"there is no value {{{name}}} here, only {_listed(template.samples)}", pointer="/texts")
    always = {each.value for each in pieces if each.optional is None}
    for name in sorted(template.required - always):
        raise TemplateInvalid(f"{{{name}}} has to be in the text", pointer="/texts")
    for name in _ill_formed(pieces, template, language):
        raise TemplateInvalid(
            f"{{{name}:…}} needs {len(FORMS[language])} forms of a word after a number", pointer="/texts"
        )
    length = len(render(text, template.samples, language))
    longest = LONGEST_SMS if template.by_sms else LONGEST
    if not 0 < length <= longest:
        raise TemplateInvalid(
            f"{length} characters with the longest values, 1 to {longest} are possible", pointer="/texts"
        )


def _say(piece: Piece, values: Values, language: str) -> str:
    if piece.value is None:
        return piece.text
    value = values.get(piece.value)
    if value is None:
        raise ValueMissing(piece.value)
    if not piece.forms:
        return str(value)
    form = Locale(language).plural_form(int(value))
    forms = dict(zip(FORMS[language], piece.forms, strict=False))
    return forms.get(form, piece.forms[-1])


def _ill_formed(pieces: tuple[Piece, ...], template: Template, language: str) -> Iterator[str]:
    for each in pieces:
        if each.value and each.forms:
            counted = isinstance(template.samples[each.value], int)
            if not counted or len(each.forms) != len(FORMS[language]):
                yield each.value


def _listed(values: Values) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(values)) or "no values at all"
