"""Columns of dates, from tills of all kinds, into moments."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bezkart.cli.failures import BadUsage
from bezkart.cli.imports.dates import by_column, by_pattern
from bezkart.cli.imports.table import BadValue

KYIV = ZoneInfo("Europe/Kiev")

# A clock's hour that comes twice is written down without saying which of the two it was: text has no fold.
MOMENTS = st.datetimes(
    min_value=datetime.fromisoformat("1971-01-01"), max_value=datetime.fromisoformat("2037-12-31")
).map(lambda at: at.replace(fold=0))


def read(text: str, *others: str, zone: ZoneInfo = KYIV) -> datetime:
    return by_column([text, *others], zone).reader.moment(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-03-01 10:15:50.520", "2024-03-01T08:15:50.520+00:00"),
        ("2024-03-01 10:15:50,520", "2024-03-01T08:15:50.520+00:00"),
        ("2024-03-01T10:15:50.520123789", "2024-03-01T08:15:50.520123+00:00"),
        ("2024-03-01 10:15", "2024-03-01T08:15+00:00"),
        ("2024-3-1 9:05", "2024-03-01T07:05+00:00"),
        ("2024/03/01 10:15", "2024-03-01T08:15+00:00"),
        ("2024-03-01", "2024-02-29T22:00+00:00"),
        ("2024-07-01T10:00:00Z", "2024-07-01T10:00+00:00"),
        ("2024-07-01T10:00:00+05:30", "2024-07-01T04:30+00:00"),
        ("2024-07-01 10:00:00 -0300", "2024-07-01T13:00+00:00"),
        ("2024-07-01 10:00+03", "2024-07-01T07:00+00:00"),
        ("19970101", "1996-12-31T22:00+00:00"),
        ("20240701 10:30", "2024-07-01T07:30+00:00"),
        ("3/14/2024 8:05", "2024-03-14T06:05+00:00"),
        ("3/14/24 8:05", "2024-03-14T06:05+00:00"),
        ("3/14/2024 8:05 PM", "2024-03-14T18:05+00:00"),
        ("3/14/2024 12:05:09am", "2024-03-13T22:05:09+00:00"),
        ("14/3/2024 8:05", "2024-03-14T06:05+00:00"),
        ("1.3.2024 8:05", "2024-03-01T06:05+00:00"),
        ("01.03.2024 08:05:07", "2024-03-01T06:05:07+00:00"),
        ("14-3-2024", "2024-03-13T22:00+00:00"),
    ],
)
def test_known_forms(text: str, expected: str) -> None:
    assert read(text) == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    "text",
    [
        "", "yesterday", "2024-02-30", "2024-13-01", "13/13/2024", "2024-03-01 25:00", "2024-03-01 10:60", "2024-03-01 10",
        "2024-03-01x", "2024-03/01", "202403", "202403011", "0001-01-01", "1.3.2024 13:00 PM", "2024-03-01 10:15 +99:00",
        "٢٠٢٤-٠٣-٠١", "9999-12-31 23:59 -23:00",
    ],
)  # fmt: skip
def test_what_is_no_date_is_refused_with_its_text(text: str) -> None:
    with pytest.raises(BadValue, match=r"date|year"):
        read(text)


def test_month_and_day_are_told_apart_by_the_whole_column() -> None:
    assert read("3/4/2024", "3/14/2024").astimezone(KYIV).month == 3
    assert read("3/4/2024", "14/3/2024").astimezone(KYIV).month == 4
    assert read("3-4-2024", "3-14-2024").astimezone(KYIV).month == 3


def test_an_unclear_column_is_read_month_first_and_says_so() -> None:
    decision = by_column(["3/4/2024", "5/6/2024"], KYIV)
    assert decision.reader.moment("3/4/2024").astimezone(KYIV).month == 3
    assert decision.forms == ("M/D/YYYY",)
    assert "taken as M/D/YYYY" in decision.warnings[0]


def test_a_clear_column_warns_of_nothing() -> None:
    assert by_column(["3/4/2024", "3/14/2024", "2024-03-04", "20240304", "4.3.2024"], KYIV).warnings == ()


def test_a_stray_row_of_another_clear_form_is_read_too() -> None:
    decision = by_column(["12/14/2024 8:27"] * 3 + ["2024-12-14 13:19:07.033"], KYIV)
    assert decision.forms == ("M/D/YYYY", "YYYY-MM-DD")
    assert decision.reader.moment("2024-12-14 13:19:07.033") == datetime(2024, 12, 14, 11, 19, 7, 33000, tzinfo=UTC)


def test_the_minority_of_a_contradicting_column_is_refused() -> None:
    reader = by_column(["3/14/2024", "3/15/2024", "16/3/2024"], KYIV).reader
    with pytest.raises(BadValue):
        reader.moment("16/3/2024")


def test_a_pattern_overrides_the_guess() -> None:
    assert by_pattern("%d/%m/%Y %H.%M", KYIV).reader.moment("3/4/2024 10.30") == datetime(2024, 4, 3, 7, 30, tzinfo=UTC)
    assert by_pattern("%Y%m%d %H%M%S %z", KYIV).reader.moment("20240403 103000 +0000").hour == 10
    with pytest.raises(BadValue, match="%d/%m/%Y"):
        by_pattern("%d/%m/%Y", KYIV).reader.moment("2024-04-03")


@pytest.mark.parametrize("pattern", ["DD.MM.YYYY", "%d.%m", "%Q", "%H:%M", "100%", ""])
def test_a_pattern_that_is_none_is_refused(pattern: str) -> None:
    with pytest.raises(BadUsage, match="--date-format"):
        by_pattern(pattern, KYIV)


def test_clock_changes_are_read_the_same_way_every_time() -> None:
    """Kyiv: 2024-03-31 03:00 → 04:00; 2024-10-27 04:00 → 03:00. Both are read as before the change."""
    assert read("2024-03-31 03:30") == datetime(2024, 3, 31, 1, 30, tzinfo=UTC)
    assert read("2024-10-27 03:30") == datetime(2024, 10, 27, 0, 30, tzinfo=UTC)


@given(MOMENTS, st.sampled_from(["UTC", "Europe/Kiev", "America/New_York", "Asia/Kathmandu"]))
def test_iso_comes_back_exactly(local: datetime, zone: str) -> None:
    expected = local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    for text in (local.isoformat(), local.isoformat(" "), f"{local:%Y%m%d} {local.time().isoformat()}"):
        assert read(text, zone=ZoneInfo(zone)) == expected


@example(datetime.fromisoformat("1995-09-24 02:00"))
@given(MOMENTS.map(lambda at: at.replace(second=0, microsecond=0)))
def test_dotted_and_slashed_come_back_exactly(local: datetime) -> None:
    at = local.replace(tzinfo=KYIV).astimezone(UTC)
    assert read(f"{local.day}.{local.month}.{local.year} {local:%H:%M}") == at
    assert read(f"{local.month}/{local.day}/{local.year} {local:%H:%M}", "1/31/2024") == at
    assert read(f"{local.month}/{local.day}/{local.year} {local:%I:%M %p}", "1/31/2024") == at


@given(MOMENTS, st.integers(-14 * 60, 14 * 60))
def test_an_offset_of_its_own_wins_over_the_zone(local: datetime, minutes: int) -> None:
    sign, away = ("-" if minutes < 0 else "+"), abs(minutes)
    text = f"{local.isoformat()}{sign}{away // 60:02}:{away % 60:02}"
    assert read(text) == (local - timedelta(minutes=minutes)).replace(tzinfo=UTC)


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_a_plain_refusal(text: str) -> None:
    try:
        assert read(text).tzinfo is UTC
    except BadValue:
        return
