"""The real files of the issue are read as an independent program reads them."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bezkart.cli.imports.mapping import parse_map
from bezkart.cli.imports.reading import PURCHASE_FIELDS, Dates, Purchase, Reading, open_table, read_purchases
from bezkart.cli.imports.source import read_lines
from tests.reckoning import cdnow, coffee_sales, real_file, reckon

COFFEE = "guest=card,at=datetime,amount=money,item=coffee_name"
DEV = "coffee_sales/dev_until_2024-10-31.csv"
VARIANT = "coffee_sales/index_1_Imadittyaa.csv"
CDNOW = "cdnow/CDNOW_sample.txt"


def read(name: str, mapping: str, zone: ZoneInfo) -> Reading[Purchase]:
    wanted = parse_map(mapping, known=PURCHASE_FIELDS, needed=(("guest", "phone"), ("at",)))
    table, places = open_table(read_lines(real_file(name)), wanted, delimiter=None, headless=False)
    return read_purchases(table.rows(), places, Dates(zone, None, datetime(2026, 11, 1, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("name", "mapping", "zone", "program", "counts"),
    [
        (DEV, COFFEE, "Europe/Kiev", coffee_sales, (2175, 89)),
        (VARIANT, COFFEE, "Europe/Kiev", coffee_sales, (3636, 89)),
        (CDNOW, "guest=1,at=3,amount=5", "America/New_York", cdnow, (6919, 0)),
    ],
)
def test_guests_and_days_are_those_an_independent_program_finds(
    name: str, mapping: str, zone: str, program: Callable[[Path], Iterator[tuple[str, date]]], counts: tuple[int, int]
) -> None:
    reading = read(name, mapping, ZoneInfo(zone))
    assert (reading.rows, reading.anonymous) == counts
    assert (reading.rejects, reading.warnings) == ([], ())
    found = Counter((each.visitor.card, each.at.astimezone(ZoneInfo(zone)).date()) for each in reading.good)
    assert found == Counter(program(real_file(name)))


def test_the_published_numbers_of_the_coffee_machine() -> None:
    assert reckon(coffee_sales(real_file(DEV)), date(2024, 10, 31)) == {
        "total": 844,
        "new": 69,
        "active": 34,
        "leaving": 23,
        "rare": 221,
        "sleeping": 497,
    }
