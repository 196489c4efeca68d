"""The words of messages: a template, and what is refused before a shop's own text takes its place. Pure.

The syntax is `bezkart.kernel.wording`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from bezkart.kernel.wording import FORMS, Piece, TemplateInvalid, Values, parse, render

LONGEST: Final = 4096
LONGEST_SMS: Final = 201
"""Three parts of 67 characters: what a message that may go by SMS is allowed to cost."""


@dataclass(frozen=True, slots=True)
class Template:
    """Words for one occasion. `samples` are its values with examples as long as they get; `required` must be used and given.

    A guest may switch a `topic` off. What is not `in_inbox` goes by the channels it was ordered for and is kept nowhere else.
    `own_words`: the text comes with the order, in the value `text`, and has these placeholders.
    """

    name: str
    samples: Values
    texts: Mapping[str, str]
    required: frozenset[str] = frozenset()
    secret: bool = False
    by_sms: bool = False
    topic: str = ""
    in_inbox: bool = True
    own_words: bool = False


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
        raise TemplateInvalid(f"{{{name}:…}} needs {FORMS[language]} forms of a word after a number", pointer="/texts")
    length = len(render(text, template.samples, language))
    longest = LONGEST_SMS if template.by_sms else LONGEST
    if not 0 < length <= longest:
        raise TemplateInvalid(
            f"{length} characters with the longest values, 1 to {longest} are possible", pointer="/texts"
        )


def _ill_formed(pieces: tuple[Piece, ...], template: Template, language: str) -> Iterator[str]:
    for each in pieces:
        if each.value and each.forms:
            counted = isinstance(template.samples[each.value], int)
            if not counted or len(each.forms) != FORMS[language]:
                yield each.value


def _listed(values: Values) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(values)) or "no values at all"
