"""The words people read, in Russian and English: files of phrases, read once, for pages, the bot and the browser."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, get_args

from babel import Locale

Language = Literal["ru", "en"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
DEFAULT: Final[Language] = "ru"

Phrase = str | Mapping[str, str]


def language_of(wish: str | None) -> Language:
    """The language asked for, if there is one; else Russian."""
    return wish if wish in LANGUAGES else DEFAULT


@dataclass(frozen=True, slots=True)
class Words:
    """One language's phrases by key. A phrase is a text, or its plural forms by CLDR category."""

    language: Language
    phrases: Mapping[str, Phrase]

    def __call__(self, key: str, **values: Any) -> str:
        """The phrase with `{name}` replaced; plural forms are chosen by the value `n`."""
        phrase = self.phrases[key]
        text = phrase if isinstance(phrase, str) else phrase[self._form(values["n"])]
        return text.format(**values)

    def starting(self, *sections: str) -> dict[str, Phrase]:
        """What a page sends to the browser: the phrases of its sections (`terminal` holds `terminal.find`)."""
        return {key: phrase for key, phrase in self.phrases.items() if key.partition(".")[0] in sections}

    def _form(self, number: int) -> str:
        return str(Locale.parse(self.language).plural_form(number))


class Glossary:
    """All phrases. The file maps key → language → phrase."""

    def __init__(self, path: Path) -> None:
        entries = json.loads(path.read_text(encoding="utf-8"))
        self._words = {
            language: Words(language, {key: entry[language] for key, entry in entries.items()})
            for language in LANGUAGES
        }

    def words(self, language: Language) -> Words:
        return self._words[language]
