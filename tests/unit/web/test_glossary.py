"""The one glossary: complete in both languages, all of it used, nothing used that is not there."""

import json
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from bezkart.kit.auth import Role
from bezkart.kit.glossary import Glossary, Phrase, language_of
from services.web.app import WORDS
from tests.unit.web.conftest import TokenFor, Web

SERVICE = WORDS.parent.parent
ENTRIES: dict[str, dict[str, Phrase]] = json.loads(WORDS.read_text(encoding="utf-8"))
FORMS = {"ru": {"one", "few", "many", "other"}, "en": {"one", "other"}}
# Keys that are put together from a part and a value: a problem's slug, a role, a segment, a tier, a channel.
COMPOSED = (
    "problem.",
    "guest_problem.",
    "role.",
    "segment.",
    "segments.rule_",
    "tier.",
    "tier_to.",
    "channels.about_",
    "channels.urgency_",
    "today.step_",
    "plan.",
    "offers.kind_",
    "offers.about_",
    "offers.put_",
    "mailings.state_",
    "mailings.excluded_",
    "mailings.channel_",
    "mailings.ready_",
    "mailings.reason_",
    "mailings.schedule_",
    "mailings.weekday_",
    "effect.enough_",
    "effect.variant_",
    "triggers.event_",
    "promo.why_",
    "promotions.kind_",
    "promotions.gives_",
    "promotions.phase_",
    "promotions.weekday_",
)


def texts(phrase: Phrase) -> Iterator[str]:
    yield from [phrase] if isinstance(phrase, str) else phrase.values()


def names(phrase: Phrase) -> set[str]:
    return {name for text in texts(phrase) for _, name, _, _ in string.Formatter().parse(text) if name}


def sources() -> Iterator[Path]:
    for folder in ("templates", "static/js", "api"):
        yield from (path for path in (SERVICE / folder).rglob("*") if path.suffix in {".html", ".js", ".py"})


@pytest.mark.parametrize("key", ENTRIES)
def test_both_languages_say_the_same_with_the_same_values(key: str) -> None:
    entry = ENTRIES[key]
    assert set(entry) == {"ru", "en"}
    assert names(entry["ru"]) == names(entry["en"])
    for language, phrase in entry.items():
        assert all(text.strip() for text in texts(phrase))
        if not isinstance(phrase, str):
            assert set(phrase) == FORMS[language]


def test_russian_is_russian_and_english_is_english() -> None:
    for key, entry in ENTRIES.items():
        assert not re.search("[а-яё]", " ".join(texts(entry["en"])), re.IGNORECASE), key


def test_all_words_used_exist_and_all_that_exist_are_used() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in sources())
    used = set(re.findall(r"[\"']([a-z_]+\.[a-z_]+(?:-[a-z-]+)?)[\"']", code))
    sections = {key.partition(".")[0] for key in ENTRIES}
    words = {key for key in used if key.partition(".")[0] in sections and not key.endswith((".html", ".js", "_"))}
    assert words - ENTRIES.keys() == set()
    assert {key for key in ENTRIES.keys() - used if not key.startswith(COMPOSED)} == set()


@pytest.mark.parametrize(
    ("address", "folder"),
    [
        ("/terminal", "terminal"),
        ("/owner", "today"),
        ("/owner/segments", "segments"),
        ("/owner/mailings", "mailings"),
        ("/owner/mailings", "offers"),
        ("/owner/mailings", "effect"),
        ("/owner/triggers", "triggers"),
        ("/owner/promotions", "promotions"),
        ("/owner/effect", "effect"),
        ("/owner/reports", "reports"),
        ("/owner/staff", "staff"),
        ("/g/demo", "guest"),
    ],
)
def test_a_page_gets_all_the_words_that_its_modules_say(
    web: Web, signed_in: TokenFor, address: str, folder: str
) -> None:
    page = web.get(address, headers=signed_in(Role.OWNER)).text
    found = re.search(r'id="words">(.*?)</script>', page, re.DOTALL)
    assert found
    sent = json.loads(found[1])["phrases"].keys()
    code = "\n".join(path.read_text(encoding="utf-8") for path in (SERVICE / "static/js" / folder).glob("*.js"))
    said = set(re.findall(r"[\"']([a-z_]+\.[a-z_]+(?:-[a-z-]+)?)[\"']", code)) & ENTRIES.keys()
    assert said - sent == set()


def test_no_technical_words_on_screen() -> None:
    forbidden = re.compile(
        r"timeout|таймаут|сервер|server|token|токен|http|json|idempot|\bid\b|ошибка \d", re.IGNORECASE
    )
    for key, entry in ENTRIES.items():
        for phrase in entry.values():
            assert not any(forbidden.search(text) for text in texts(phrase)), key


@pytest.mark.parametrize(
    ("n", "russian", "english"),
    [
        (1, "1 чашка", "1 cup"),
        (2, "2 чашки", "2 cups"),
        (5, "5 чашек", "5 cups"),
        (11, "11 чашек", "11 cups"),
        (21, "21 чашка", "21 cups"),
        (22, "22 чашки", "22 cups"),
        (0, "0 чашек", "0 cups"),
    ],
)
def test_plurals(n: int, russian: str, english: str) -> None:
    glossary = Glossary(WORDS)
    assert glossary.words("ru")("count.cups", n=n) == russian
    assert glossary.words("en")("count.cups", n=n) == english


def test_an_unknown_language_is_russian() -> None:
    assert [language_of(wish) for wish in (None, "", "de", "en")] == ["ru", "ru", "ru", "en"]
