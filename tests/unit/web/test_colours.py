"""WCAG 2.1 AA: every pair of colours that meet as text and ground has 4.5:1, every edge of a control 3:1, in both themes."""

import re
from itertools import product
from pathlib import Path

import pytest

from services.web.api.assets import STATIC

CSS = STATIC / "css"
GROUNDS = ("paper", "surface")
SEGMENTS = ("segment-new", "segment-active", "segment-leaving", "segment-rare", "segment-sleeping")
TEXT_PAIRS = [
    *product(("ink", "muted", "accent", "good", "warn", "bad", *SEGMENTS), GROUNDS),
    *product(("ink", "muted", "accent"), ("sunken", "accent-soft")),
    ("on-accent", "accent"), ("on-accent", "accent-strong"),
    ("ink", "good-soft"), ("muted", "good-soft"), ("good", "good-soft"), ("segment-active", "good-soft"), ("accent", "good-soft"),
    ("warn", "warn-soft"), ("ink", "bad-soft"), ("bad", "bad-soft"),
    *(("on-segment", segment) for segment in SEGMENTS),
]  # fmt: skip
EDGE_PAIRS = [*product(("edge", "accent"), (*GROUNDS, "sunken"))]


def themes() -> dict[str, dict[str, str]]:
    light, _, rest = (CSS / "tokens.css").read_text(encoding="utf-8").partition("@media (prefers-color-scheme: dark)")
    found = [dict(re.findall(r"--([\w-]+): (#[0-9A-Fa-f]{6});", part)) for part in (light, rest)]
    return {"light": found[0], "dark": found[1]}


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_can_be_read(theme: str, text: str, ground: str) -> None:
    tokens = themes()[theme]
    assert contrast(tokens[text], tokens[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGE_PAIRS)
def test_edges_of_controls_can_be_seen(theme: str, edge: str, ground: str) -> None:
    tokens = themes()[theme]
    assert contrast(tokens[edge], tokens[ground]) >= 3


def test_both_themes_have_the_same_roles() -> None:
    found = themes()
    assert found["light"].keys() == found["dark"].keys()


@pytest.mark.parametrize(
    "sheet", sorted(path for path in CSS.glob("*.css") if path.name not in {"tokens.css", "docs.css"})
)
def test_colours_are_defined_once(sheet: Path) -> None:
    text = sheet.read_text(encoding="utf-8")
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;\s,)])|rgba?\(|hsla?\(", text) == []
    assert set(re.findall(r"var\(--([\w-]+)\)", text)) <= defined()


def defined() -> set[str]:
    return set(re.findall(r"--([\w-]+):", (CSS / "tokens.css").read_text(encoding="utf-8")))


def test_charts_name_the_roles_of_their_colours_rightly() -> None:
    """What the definition of a chart says in the light theme's colours is turned into the dark theme's by these."""
    roles = dict(re.findall(r'"(#[0-9A-F]{6})": "([\w-]+)"', (STATIC / "js/chart.js").read_text(encoding="utf-8")))
    light = themes()["light"]
    of_the_charts_own = {"#D9C6B6", "#F3E9E0"}  # the day before beside the day; the emptiest field of a table
    shared = {role: found for found, role in roles.items() if found not in of_the_charts_own}
    assert len(shared) > 8
    assert {role: light[role] for role in shared} == shared
    assert set(roles.values()) <= light.keys()
