"""Words: plurals in two languages, optional parts, and everything that is refused at saving."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bezkart.kernel.wording import LANGUAGES, TemplateInvalid, ValueMissing, render, used
from services.notifications.domain.catalogue import CATALOGUE, GIFT_CODE, RECEIPT
from services.notifications.domain.digest import digest
from services.notifications.domain.templates import Template, check

CUPS = "{left} {left:чашка|чашки|чашек}"


@pytest.mark.parametrize(
    ("left", "said"),
    [(1, "1 чашка"), (2, "2 чашки"), (5, "5 чашек"), (11, "11 чашек"), (21, "21 чашка"), (104, "104 чашки")],
)
def test_russian_plurals(left: int, said: str) -> None:
    assert render(CUPS, {"left": left}, "ru") == said


@pytest.mark.parametrize(("left", "said"), [(1, "1 cup"), (0, "0 cups"), (2, "2 cups"), (21, "21 cups")])
def test_english_plurals(left: int, said: str) -> None:
    assert render("{left} {left:cup|cups}", {"left": left}, "en") == said


def test_an_optional_part_needs_its_values() -> None:
    text = "Спасибо![ Баллов: {points}.][ Ждёт {gifts}: {gift}.]"
    assert render(text, {"points": 5}, "ru") == "Спасибо! Баллов: 5."
    assert render(text, {"points": 0, "gifts": 1, "gift": "раф"}, "ru") == "Спасибо! Ждёт 1: раф."
    assert render("{{{code}}} [[x]]", {"code": 1}, "ru") == "{1} [x]"


def test_a_value_given_in_the_language_is_taken_in_it() -> None:
    values = {"gift": "капучино", "gift_en": "cappuccino"}
    assert render("{gift}", values, "ru") == "капучино"
    assert render("{gift}", values, "en") == "cappuccino"


def test_a_value_is_never_read_as_a_template() -> None:
    assert render("{text}", {"text": "{code} [x] {{"}, "ru") == "{code} [x] {{"


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(ValueMissing):
        render("{code}", {}, "ru")


@pytest.mark.parametrize("name", CATALOGUE)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_we_bring_pass_our_own_check(name: str, language: str) -> None:
    check(CATALOGUE[name], language, CATALOGUE[name].texts[language])


@pytest.mark.parametrize(
    ("template", "text", "why"),
    [
        (GIFT_CODE, "Код у бариста", "code"),
        (GIFT_CODE, "[Код {code}]", "code"),
        (GIFT_CODE, "{code} {name}", "no value {name}"),
        (GIFT_CODE, "{code} {minutes:минуту|минуты}", "3 forms"),
        (GIFT_CODE, "{code} {gift:раф|рафа|рафов}", "after a number"),
        (GIFT_CODE, "{code} {", "single {"),
        (GIFT_CODE, "{code} [", "not closed"),
        (GIFT_CODE, "{code} [[ ]", "single ]"),
        (GIFT_CODE, "{code} " + "щ" * 200, "1 to 201"),
        (RECEIPT, "   ", "0 characters"),
        (RECEIPT, "щ" * 4097, "4097"),
    ],
)
def test_what_is_refused_at_saving(template: Template, text: str, why: str) -> None:
    with pytest.raises(TemplateInvalid) as refused:
        check(template, "ru", text)
    assert why in str(refused.value)


@given(st.text(max_size=80), st.sampled_from(LANGUAGES))
def test_what_is_saved_can_be_sent(text: str, language: str) -> None:
    """Whatever an owner writes: it is refused, or it renders with every value there is and with the required ones alone."""
    words = text + " {code}"
    try:
        check(GIFT_CODE, language, words)
    except TemplateInvalid:
        return
    assert str(GIFT_CODE.samples["code"]) in render(words, GIFT_CODE.samples, language)
    assert "1" in render(words, {**GIFT_CODE.samples, "code": 1}, language)


def test_a_digest_says_the_newest_first_and_nothing_twice() -> None:
    said = digest(["a", "b", "b", *"cdefg"], "ru")
    assert [line for line in said.split("\n\n") if line.startswith("•")] == ["• g", "• f", "• e", "• d", "• c"]
    assert said.endswith("сообщениях.")
    assert "b" not in digest(["a"], "en").split("\n\n")[1]


def test_the_number_of_forms_tells_the_language_of_a_text() -> None:
    """A mailing is written once and read by everybody."""
    assert render("{points} {points:балл|балла|баллов}", {"points": 21}, "en") == "21 балл"
    assert render("{points} {points:point|points}", {"points": 21}, "ru") == "21 points"


def test_the_values_of_a_text() -> None:
    assert used("{name}[, ещё {left}]") == {"name", "left"}
    assert used("{name}[, ещё {left}]", always=True) == {"name"}
