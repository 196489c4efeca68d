"""Amounts of money, exactly."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bezkart.cli.imports.amounts import minor_units
from bezkart.cli.imports.table import BadValue

MINOR = st.integers(min_value=0, max_value=10**10)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("38.7", 3870),
        ("38,70", 3870),
        ("  29.33", 2933),
        ("40", 4000),
        ("0", 0),
        ("0,05", 5),
        ("38.7000", 3870),
        ("12.", 1200),
        ("1 234,50", 123450),
        ("1\u00a0234,50 ₽", 123450),
        ("1\u202f234\u202f567,5", 123456750),
        ("1'234.50", 123450),
        ("1,234.50", 123450),
        ("1.234,50", 123450),
        ("1,234,567", 123456700),
        ("1234567", 123456700),
        ("$5.25", 525),
        ("5,25 руб.", 525),
        ("250р", 25000),
        ("UAH 38.70", 3870),
    ],
)
def test_known_forms(text: str, expected: int) -> None:
    assert minor_units(text) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("-5.00", "negative"),
        ("−5", "negative"),
        ("- 5,00 ₽", "negative"),
        ("(5.00)", "negative"),
        ("1.005", "thousands or decimals"),
        ("1,234", "thousands or decimals"),
        ("1234.005", "more than two decimals"),
        ("38.70000001", "more than two decimals"),
        ("", "not an amount"),
        ("free", "not an amount"),
        ("1.2.3", "not an amount"),
        ("1 23", "not an amount"),
        (".5", "not an amount"),
        ("1e3", "not an amount"),
        ("٣٨", "not an amount"),
        ("NaN", "not an amount"),
        ("1" * 13, "too large"),
    ],
)
def test_the_rest_is_refused_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(BadValue, match=reason):
        minor_units(text)


@given(MINOR)
def test_two_decimals_come_back_exactly(minor: int) -> None:
    plain = str(Decimal(minor).scaleb(-2).quantize(Decimal("0.01")))
    assert minor_units(plain) == minor
    assert minor_units(plain.replace(".", ",")) == minor


@given(MINOR.filter(lambda minor: minor >= 100_000))
def test_grouped_thousands_come_back_exactly(minor: int) -> None:
    english = f"{Decimal(minor).scaleb(-2):,.2f}"
    assert minor_units(english) == minor
    for gap in (" ", "\u00a0", "\u202f"):
        assert minor_units(english.replace(",", gap).replace(".", ",")) == minor


@given(st.text(max_size=20))
def test_any_text_is_an_amount_or_a_plain_refusal(text: str) -> None:
    try:
        assert minor_units(text) >= 0
    except BadValue:
        return
