"""Delimiters, headers, quotes, and what is broken about them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bezkart.cli.failures import BadUsage
from bezkart.cli.imports.mapping import find_places, parse_map
from bezkart.cli.imports.reading import PURCHASE_FIELDS, open_table
from bezkart.cli.imports.source import read_lines
from bezkart.cli.imports.table import Reject, Row, Table, delimiter_named, sniff

HEADER = "date,datetime,card,money"


def rows(text: str, *, delimiter: str = ",", headed: bool = True) -> list[Row | Reject]:
    return list(Table(text.split("\n"), delimiter=delimiter, headed=headed).rows())


def fields(text: str, *, delimiter: str = ",", headed: bool = True) -> list[list[str] | str]:
    found = rows(text, delimiter=delimiter, headed=headed)
    return [list(row.fields) if isinstance(row, Row) else row.reason for row in found]


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("card,at,sum\nA,2024-03-01 10:00,1.5\nB,2024-03-01 10:00,2", ","),
        ("card;at;sum\nA;2024-03-01 10:00;1,5\nB;2024-03-01 10:00;2,5", ";"),
        ("card\tat\tsum\nA, B\t2024-03-01 10:00\t1,5", "\t"),
        ("card at sum\nA 2024-03-01 1.5", " "),
        ('"card","at","sum"\n"A;B","2024;03;01","1"', ","),
        ("card,at,sum\nA;1,2024,1\nbroken\nB;2,2024,2\nC;1,1,1", ","),
    ],
)
def test_the_delimiter_is_found(text: str, delimiter: str) -> None:
    assert sniff(text.split("\n"), ["card", "at"]) == delimiter


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        (" 00004 0001 19970101  2   29.33\n 00004 0001 19970118  2   29.73", " "),
        ("1;20240101 10:00;1,5\n2;20240101 10:00;2,5", ";"),
        ("1,2024-01-01 10:00,Latte\n2,2024-01-01 10:00,Hot Chocolate", ","),
        ("1\t2024-01-01 10:00\tLatte", "\t"),
    ],
)
def test_the_delimiter_is_found_without_a_header(text: str, delimiter: str) -> None:
    assert sniff(text.split("\n"), ["1", "2"]) == delimiter


def test_one_column_needs_no_delimiter() -> None:
    assert sniff(["phone", "8 923 123 45 67", "8 923 123 45 68"], ["phone"]) == ","


def test_excels_own_hint_is_followed() -> None:
    lines = ["sep=;", "card;at", "A,B;2024-03-01"]
    assert sniff(lines, ["card", "at"]) == ";"
    assert [row.line for row in Table(lines, delimiter=";", headed=True).rows()] == [3]


def test_quotes_hold_delimiters_quotes_and_line_ends() -> None:
    text = f'{HEADER}\n1,2,"a,b","say ""hi"""\n\n1,2,"two\nlines",x\n1,2,5" cup,x'
    assert fields(text) == [["1", "2", "a,b", 'say "hi"'], ["1", "2", "two\nlines", "x"], ["1", "2", '5" cup', "x"]]
    assert [row.line for row in rows(text)] == [2, 4, 6]


def test_an_unclosed_quote_costs_its_own_line_only() -> None:
    text = f'{HEADER}\n1,2,"A,3\n1,2,B,3\n1,2,"C,3\n1,2,D,3'
    assert fields(text) == [
        "a quote is not closed",
        ["1", "2", "B", "3"],
        "a quote is not closed",
        ["1", "2", "D", "3"],
    ]


def test_a_quote_closed_by_another_line_s_does_not_swallow_rows() -> None:
    text = f'{HEADER}\n1,2,"A,3\n1,2,B,3\n1,2,"C",3\n1,2,D,3'
    assert [row.line for row in rows(text) if isinstance(row, Row)] == [3, 4, 5]


@pytest.mark.parametrize("line", ["1,2,3", "1,2,3,4,5", "1", "1;2;3;4"])
def test_ragged_rows_are_rejected_with_both_numbers(line: str) -> None:
    assert fields(f"{HEADER}\n{line}") == [f"{len(line.split(','))} fields where 4 are expected"]


def test_a_delimiter_at_the_end_of_lines_is_no_field() -> None:
    assert len(fields(f"{HEADER},\n1,2,3,4,\n1,2,3,4\n1,2,3,4, ,")) == 3
    assert not any(isinstance(row, Reject) for row in rows(f"{HEADER},\n1,2,3,4,\n1,2,3,4\n1,2,3,4, ,"))


def test_nul_bytes_are_rejected_by_line() -> None:
    assert fields(f"{HEADER}\n1,2,\0,4\n1,2,3,4") == ["the line has NUL bytes", ["1", "2", "3", "4"]]


def test_a_header_with_a_broken_quote_is_refused() -> None:
    with pytest.raises(BadUsage, match="header"):
        rows('card,"at\nA,1')


def test_whitespace_with_quotes() -> None:
    assert fields('7 "Hot Chocolate" 38.7\n8 Latte 1', delimiter=" ", headed=False) == [
        ["7", "Hot Chocolate", "38.7"],
        ["8", "Latte", "1"],
    ]


@pytest.mark.parametrize("name", ["comma", ",", "Tab", "\\t", "\t", "semicolon", "whitespace", " "])
def test_delimiters_have_names(name: str) -> None:
    assert delimiter_named(name) in "\t;, "


def test_other_delimiters_are_refused() -> None:
    with pytest.raises(BadUsage, match="--delimiter"):
        delimiter_named("pipe")


def opened(
    text: str, mapping: str, *, delimiter: str | None = None, headless: bool = False
) -> tuple[Table, dict[str, object]]:
    wanted = parse_map(mapping, known=PURCHASE_FIELDS, needed=(("guest", "phone"), ("at",)))
    table, places = open_table(text.split("\n"), wanted, delimiter=delimiter, headless=headless)
    return table, dict(places.by_field)


def test_names_mean_a_header_and_numbers_mean_none() -> None:
    assert opened("card,at\nA,1", "guest=card,at=at")[0].columns == ("card", "at")
    table, places = opened("A,20240101\nB,20240101", "guest=1,at=2")
    assert table.columns == ()
    assert places == {"guest": (0,), "at": (1,)}
    assert opened("1,2\nA,20240101", "guest=1,at=2")[0].columns == ("1", "2")
    assert opened("1,2\nA,20240101", "guest=1,at=2", headless=True)[0].columns == ()


def test_a_date_and_a_time_column_are_joined() -> None:
    _, places = opened("card,date,time\nA,2024-01-01,10:00", "guest=card,at=date+time")
    assert places["at"] == (1, 2)


def test_names_are_found_whatever_their_case_and_a_number_names_a_doubtful_column() -> None:
    assert opened("Card,AT\nA,1", "guest=card,at=at")[1] == {"guest": (0,), "at": (1,)}
    with pytest.raises(BadUsage, match=r"twice \(columns 1 and 3\)"):
        opened("card,at,card\nA,1,B", "guest=card,at=at")
    assert opened("card,at,card\nA,1,B", "guest=3,at=at")[1]["guest"] == (2,)


def test_a_missing_column_names_those_there_are() -> None:
    with pytest.raises(BadUsage, match="no column 'kard'; its columns are 'card', 'at'"):
        opened("card,at\nA,1", "guest=kard,at=at")
    with pytest.raises(BadUsage, match="no column '7'; its columns are 1 to 2"):
        opened("A,20240101\nB,20240101", "guest=7,at=2")
    with pytest.raises(BadUsage, match="numbers from 1"):
        opened("card,at\nA,1", "guest=card,at=at", headless=True)


@pytest.mark.parametrize(
    "mapping", ["", "guest", "guest=", "=card", "guest=a", "at=a", "guest=a,at=b,guest=c", "who=a,at=b"]
)
def test_a_map_that_says_too_little_or_too_much_is_refused(mapping: str) -> None:
    with pytest.raises(BadUsage, match="--map"):
        parse_map(mapping, known=PURCHASE_FIELDS, needed=(("guest", "phone"), ("at",)))


def test_numbers_are_looked_up_within_the_width() -> None:
    with pytest.raises(BadUsage):
        find_places({"guest": "0"}, columns=(), width=3)


def test_lines_of_all_systems_and_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b"\xef\xbb\xbfcard,at\r\nA,1\rB,2\nC,\xe2\x80\xa83")
    assert read_lines(file) == ["card,at", "A,1", "B,2", "C,\u20283"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n\n", "is empty"),
        ("card,at\r\nГость,1".encode("cp1251"), "line 2"),
        ("card,at".encode("utf-16"), "UTF-16"),
    ],
)
def test_what_is_no_text_in_utf8_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(content)
    with pytest.raises(BadUsage, match=said):
        read_lines(file)


def test_a_missing_file_and_a_directory_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadUsage, match="no file"):
        read_lines(tmp_path / "none.csv")
    with pytest.raises(BadUsage, match="directory"):
        read_lines(tmp_path)


@given(st.text(alphabet='ab",; \t\n\0', max_size=60), st.sampled_from(",;\t "), st.booleans())
def test_no_text_breaks_the_reader(text: str, delimiter: str, headed: bool) -> None:
    if not text.strip():
        return
    lines = text.split("\n")
    try:
        found = list(Table(lines, delimiter=delimiter, headed=headed).rows())
    except BadUsage:
        return
    assert all(1 <= row.line <= len(lines) and lines[row.line - 1] == row.text for row in found)
    assert [row.line for row in found] == sorted({row.line for row in found})
    assert sniff(lines, ["1"]) in ",;\t "
