"""Rows into purchases, guests and rejects."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bezkart.cli.failures import BadUsage
from bezkart.cli.imports.mapping import parse_map
from bezkart.cli.imports.reading import (
    GUEST_FIELDS,
    PURCHASE_FIELDS,
    Dates,
    Guest,
    Purchase,
    Reading,
    Visitor,
    open_table,
    read_guests,
    read_purchases,
)

NOW = datetime(2024, 11, 1, tzinfo=UTC)
DATES = Dates(ZoneInfo("Europe/Kiev"), None, NOW)
MAP = "guest=card,at=datetime,amount=money,item=coffee_name"
HEADER = "datetime,card,money,coffee_name\n"


def purchases(text: str, mapping: str = MAP) -> Reading[Purchase]:
    wanted = parse_map(mapping, known=PURCHASE_FIELDS, needed=(("guest", "phone"), ("at",)))
    table, places = open_table(text.split("\n"), wanted, delimiter=None, headless=False)
    return read_purchases(table.rows(), places, DATES)


def guests(text: str, mapping: str) -> Reading[Guest]:
    wanted = parse_map(mapping, known=GUEST_FIELDS, needed=(("card", "phone"),))
    table, places = open_table(text.split("\n"), wanted, delimiter=None, headless=False)
    return read_guests(table.rows(), places, DATES)


def test_a_good_row() -> None:
    reading = purchases(HEADER + "2024-03-01 10:15:50.520, A-1 ,38.7, Hot Chocolate ")
    assert reading.good == [
        Purchase(
            line=2,
            visitor=Visitor("A-1", None),
            at=datetime(2024, 3, 1, 8, 15, 50, 520000, tzinfo=UTC),
            amount=3870,
            item="Hot Chocolate",
            cups=1,
            text="2024-03-01 10:15:50.520, A-1 ,38.7, Hot Chocolate ",
        )
    ]


@pytest.mark.parametrize("nobody", ["", "  ", "nan", "NULL", "None"])
def test_a_row_without_a_guest_is_counted_and_left_out_whatever_else_it_says(nobody: str) -> None:
    reading = purchases(HEADER + f"2024-03-01 10:15,A,1,x\nbad date,{nobody},bad money,x")
    assert (reading.rows, len(reading.good), reading.anonymous, reading.rejects) == (2, 1, 1, [])


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2024-02-30 10:15,A,1,x", "no such date"),
        (",A,1,x", "not a date"),
        ("2024-11-02 10:15,A,1,x", "future"),
        ("2024-03-01 10:15,A,-1,x", "negative"),
        ("2024-03-01 10:15,A,free,x", "not an amount"),
        ("2024-03-01 10:15,A,1," + "x" * 101, "longer than 100"),
        ("2024-03-01 10:15,A\x07,1,x", "cannot be printed"),
        ("2024-03-01 10:15," + "A" * 65 + ",1,x", "longer than 64"),
        ("2024-03-01 10:15,A,1", "3 fields where 4"),
    ],
)
def test_a_bad_row_is_rejected_with_line_reason_and_text(row: str, reason: str) -> None:
    reading = purchases(HEADER + f"2024-03-01 10:15,B,1,x\n\n{row}\n2024-03-01 10:15,B,1,x")
    (reject,) = reading.rejects
    assert (reject.line, reject.text, len(reading.good)) == (4, row, 2)
    assert reason in reject.reason


def test_rejects_are_in_the_order_of_the_file() -> None:
    reading = purchases(HEADER + "bad,A,1,x\nragged\nbad,A,1,x\n2024-03-01,A,1,x")
    assert [reject.line for reject in reading.rejects] == [2, 3, 4]


def test_an_empty_amount_or_item_is_simply_not_known() -> None:
    (purchase,) = purchases(HEADER + "2024-03-01,A,,").good
    assert (purchase.amount, purchase.item) == (None, None)


@pytest.mark.parametrize(("text", "cups"), [("1", 1), ("4", 4), ("2.0", 2), ("1000", 1000)])
def test_cups(text: str, cups: int) -> None:
    assert purchases(f"A;20240101;{text}", "guest=1,at=2,cups=3").good[0].cups == cups


@pytest.mark.parametrize("text", ["0", "1001", "-1", "1.5", "x", ""])
def test_cups_that_are_none(text: str) -> None:
    reading = purchases(f"A;20240101;1\nA;20240101;{text}\nA;20240101;1", "guest=1,at=2,cups=3")
    assert [reject.line for reject in reading.rejects] == [2]


def test_a_whitespace_file_without_header() -> None:
    reading = purchases(" 00004 0001 19970101  2   29.33\n 00004 0001 19970118  2   29.73\n", "guest=1,at=3,amount=5")
    assert [(each.visitor.card, each.amount, each.cups) for each in reading.good] == [
        ("00004", 2933, 1),
        ("00004", 2973, 1),
    ]


def test_phone_numbers_are_never_taken_for_card_ids() -> None:
    text = "phone,at\n+7 913 555-83-23,2024-03-01\n89135558324,2024-03-01"
    with pytest.raises(BadUsage, match="map it as phone="):
        purchases(text, "guest=phone,at=at")
    assert purchases(text, "phone=phone,at=at").good[0].visitor == Visitor(None, "+7 913 555-83-23")
    with pytest.raises(BadUsage, match="map it as phone="):
        guests(text, "card=phone")


def test_a_guest_list() -> None:
    reading = guests(
        "card;phone;name;registered\nA;;Анна;1.3.2024\n;+7 913 555-83-23;;\n;;Nobody;1.3.2024\nB;;;31.2.2024",
        "card=card,phone=phone,name=name,registered=registered",
    )
    assert [(guest.visitor, guest.name, guest.registered_at) for guest in reading.good] == [
        (Visitor("A", None), "Анна", datetime(2024, 2, 29, 22, tzinfo=UTC)),
        (Visitor(None, "+7 913 555-83-23"), None, None),
    ]
    assert reading.anonymous == 1
    assert [reject.line for reject in reading.rejects] == [5]
