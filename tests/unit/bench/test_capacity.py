"""What shops need grows with what they sell, and the page shows what the formula gives."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.capacity import SHOPS, Assumptions, Measured, measured, need, table

PAGE = Path(__file__).parents[3] / "docs" / "capacity.md"
FOUND = Measured(purchases_a_second=223.0, memory_mb=1830.0)


def line(name: str, value: float) -> str:
    return json.dumps({"name": name, "value": value, "unit": "", "bar": None, "better": "higher", "ok": True})


def test_the_page_shows_what_the_formula_gives() -> None:
    assert table(need(shops, FOUND, Assumptions()) for shops in SHOPS) in PAGE.read_text(encoding="utf-8")


def test_the_figures_come_from_the_bench() -> None:
    lines = [
        "some log",
        line("floor: bare route, one majority write", 600.0),
        line("purchase path ÷ floor, all keeping up, gateway", 0.5),
        line("memory of the whole stack", 1800.0),
    ]
    assert measured(lines) == Measured(300.0, 1800.0)
    with pytest.raises(SystemExit, match="memory of the whole stack"):
        measured(lines[:-1])


@given(st.integers(1, 20_000), st.floats(1.0, 2_000.0), st.floats(0.1, 1.0))
def test_there_is_room_at_the_peak(shops: int, purchases: float, busy: float) -> None:
    shop = Assumptions(purchases_a_day=purchases, busy=busy)
    found = need(shops, FOUND, shop)
    carried = found.cores / 2 * FOUND.purchases_a_second
    assert found.purchases_a_second <= carried * busy + 1e-6
    assert found.cores >= 2
    twice = need(shops * 2, FOUND, shop)
    assert twice.cores >= found.cores
    assert twice.memory_gb > found.memory_gb
    assert found.mongo_clusters * shop.files_a_mongod >= shops * shop.files_a_shop
