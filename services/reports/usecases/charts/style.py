"""How every chart looks, and how numbers are said in it."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal

from bezkart.kit.glossary import Language, Words
from services.reports.domain.segments import SEGMENTS

Definition = dict[str, Any]

SCHEMA: Final = "https://vega.github.io/schema/vega-lite/v6.json"
INK: Final = "#2A211C"
MUTED: Final = "#6B5E55"
LINE: Final = "#E5DCD2"
ACCENT: Final = "#7B4A2B"
PALE: Final = "#D9C6B6"
SURFACE: Final = "#FFFFFF"
COLOURS: Final[Mapping[str, str]] = {
    "new": "#1F6FA3",
    "active": "#2B7A3D",
    "leaving": "#A65A00",
    "rare": "#7A4FA3",
    "sleeping": "#5F6672",
}
WIDTH: Final = 640
_GROUPING: Final = {"ru": (",", "\u00a0"), "en": (".", ",")}
_MINOR: Final = 100


def chart(words: Words, *, title: str, subtitle: str, **parts: Any) -> Definition:
    """A definition with the house's style. `title` says the finding, `subtitle` what is shown."""
    decimal, thousands = _GROUPING[words.language]
    return {
        "$schema": SCHEMA,
        "title": {"text": title, "subtitle": subtitle},
        "description": f"{title}. {subtitle}.",
        "config": {
            "background": SURFACE,
            "font": "system-ui, sans-serif",
            "padding": 16,
            "locale": {"number": {"decimal": decimal, "thousands": thousands, "grouping": [3], "currency": ["", ""]}},
            "title": {
                "anchor": "start",
                "color": INK,
                "fontSize": 18,
                "subtitleColor": MUTED,
                "subtitleFontSize": 13,
                "offset": 12,
            },
            "axis": {
                "labelColor": MUTED,
                "titleColor": MUTED,
                "titleFontWeight": "normal",
                "labelFontSize": 12,
                "titleFontSize": 12,
                "gridColor": LINE,
                "domainColor": LINE,
                "tickColor": LINE,
            },
            "legend": {"labelColor": INK, "titleColor": MUTED, "labelFontSize": 12, "titleFontWeight": "normal"},
            "view": {"stroke": None},
            "bar": {"cornerRadiusEnd": 3},
        },
        **parts,
    }


def number(value: float, language: Language) -> str:
    return format_decimal(value, format="#,##0.##", locale=language)


def changed(value: int, change: int, language: Language) -> str:
    """`40 (−3)`; without a change the number alone."""
    sign = "+" if change > 0 else "−"
    told = f" ({sign}{number(abs(change), language)})" if change else ""
    return f"{number(value, language)}{told}"


def money(minor: int, currency: str, words: Words) -> str:
    """Whole units: `21 300 руб.`. The sign of the rouble is missing in many fonts a picture may be drawn with."""
    unit = words("currency.rub") if currency == "RUB" else currency
    return f"{number(round(minor / _MINOR), words.language)}\u00a0{unit}"


def major(minor: int) -> float:
    """For an axis."""
    return minor / _MINOR


def currency_name(currency: str, words: Words) -> str:
    return words("currency.rub") if currency == "RUB" else currency


def day_name(day: date, language: Language) -> str:
    """`22 ноября`, `November 22`."""
    return format_skeleton("MMMMd", day, locale=language)


def month_name(month: date, language: Language) -> str:
    """`Ноябрь 2026`."""
    name = format_date(month, "LLLL y", locale=language)
    return name[0].upper() + name[1:]


def weekday_name(weekday: int, words: Words) -> str:
    """1 is Monday."""
    return words(f"weekday.{weekday}")


def segment_name(segment: str, words: Words) -> str:
    return words(f"segment.{segment}")


def segment_scale(words: Words) -> Definition:
    """Names and colours in the order of the house."""
    return {"domain": [segment_name(each, words) for each in SEGMENTS], "range": [COLOURS[each] for each in SEGMENTS]}


def nothing(words: Words, subtitle: str) -> Definition:
    """What a chart is when there is nothing to show."""
    return chart(
        words,
        title=words("chart.nothing"),
        subtitle=subtitle,
        data={"values": []},
        mark="bar",
        encoding={},
        width=WIDTH,
        height=40,
    )
