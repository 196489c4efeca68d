"""Amounts of money as tills write them, into whole minor units. Exact: no float on the way."""

import re
from functools import lru_cache
from typing import Final

from bezkart.cli.imports.table import BadValue

_MARKS: Final = r"(?:₽|₴|₸|\$|€|£|руб\.?|р\.?|грн\.?|тг\.?|RUB|RUR|UAH|KZT|BYN|USD|EUR|GBP)"
_AMOUNT: Final = re.compile(rf"(?:{_MARKS}\s*)?(.*?)(?:\s*{_MARKS})?", re.IGNORECASE)
_PLAIN: Final = re.compile(r"(\d+)(?:[.,](\d*))?", re.ASCII)
_SPACED: Final = re.compile(r"(\d{1,3}(?:[ \u00a0\u2009\u202f']\d{3})+)(?:[.,](\d*))?", re.ASCII)
_COMMAS: Final = re.compile(r"(\d{1,3}(?:,\d{3})+)(?:\.(\d*))?", re.ASCII)
_POINTS: Final = re.compile(r"(\d{1,3}(?:\.\d{3})+)(?:,(\d*))?", re.ASCII)
_UNCLEAR: Final = re.compile(r"[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_NOT_DIGITS: Final = re.compile(r"\D+", re.ASCII)
_NEGATIVE: Final = re.compile(r"[-−–]\s*[\d.,]|\(\s*[\d.,].*\)")
_MOST: Final = 10_000_000_000
_DIGITS: Final = 12


@lru_cache(maxsize=4096)  # a till has few prices
def minor_units(text: str) -> int:
    """`38.7` → 3870, `1 234,50 ₽` → 123450. Raises BadValue (negative, more than two decimals, unclear separators)."""
    bare = _bare(text)
    if _NEGATIVE.match(bare):
        raise BadValue(f"the amount is negative: {text!r}")
    if _UNCLEAR.fullmatch(bare):
        raise BadValue(f"thousands or decimals? {text!r}")
    for form in (_PLAIN, _SPACED, _COMMAS, _POINTS):
        if found := form.fullmatch(bare):
            return _exact(found[1], found[2] or "", text)
    raise BadValue(f"not an amount: {text!r}")


def _bare(text: str) -> str:
    found = _AMOUNT.fullmatch(text.strip())
    return found[1].strip() if found else text


def _exact(whole: str, fraction: str, text: str) -> int:
    digits = _NOT_DIGITS.sub("", whole)
    decimals = fraction.rstrip("0")
    if len(decimals) > 2:
        raise BadValue(f"more than two decimals: {text!r}")
    amount = int(digits[-_DIGITS:]) * 100 + int(decimals.ljust(2, "0"))
    if amount > _MOST or len(digits) > _DIGITS:
        raise BadValue(f"the amount is too large: {text!r}")
    return amount
