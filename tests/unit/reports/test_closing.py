"""When the shop closes: its zone, nights on which the clock changes, and closing after midnight."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bezkart.kernel.calendar import ShopCalendar
from services.reports.domain.closing import Closing, parse_clock
from services.reports.domain.errors import PeriodInvalid
from services.reports.domain.period import period_of
from services.reports.store.shops import Shop

NEW_YORK = ShopCalendar("America/New_York")
ZONES = ("Europe/Moscow", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Chatham")
MOMENTS = st.datetimes(
    datetime.fromisoformat("2020-01-01"), datetime.fromisoformat("2035-01-01"), timezones=st.just(UTC)
)


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def test_a_time_before_noon_closes_the_day_before() -> None:
    bar = Closing(ShopCalendar("Europe/Moscow"), time(1, 30))
    assert bar.of(date(2026, 11, 21)) == at(2026, 11, 21, 22, 30)
    assert bar.day_closed_at(at(2026, 11, 21, 22, 30)) == date(2026, 11, 21)
    assert bar.day_closed_at(at(2026, 11, 21, 22, 29)) == date(2026, 11, 20)


def test_the_night_the_clock_changes() -> None:
    night = Closing(NEW_YORK, time(2, 30))
    assert night.of(date(2026, 3, 7)) == at(2026, 3, 8, 7, 30)  # half past two does not exist: half past three
    assert night.of(date(2026, 10, 31)) == at(2026, 11, 1, 7, 30)
    twice = Closing(NEW_YORK, time(1, 30))
    assert twice.of(date(2026, 10, 31)) == at(2026, 11, 1, 5, 30)  # the first of two
    assert twice.day_closed_at(at(2026, 11, 1, 6, 30)) == date(2026, 10, 31)


@given(MOMENTS, st.sampled_from(ZONES), st.times())
def test_every_day_closes_once_and_in_order(moment: datetime, zone: str, clock: time) -> None:
    closing = Closing(ShopCalendar(zone), clock.replace(second=0, microsecond=0))
    day = closing.day_closed_at(moment)
    assert closing.of(day) <= moment < closing.of(day + timedelta(days=1))


@given(MOMENTS, st.sampled_from(ZONES), st.times(), st.times())
def test_a_day_is_planned_once_whatever_the_owner_changes(
    moment: datetime, zone: str, before: time, after: time
) -> None:
    shop = Shop("demo", entry=1, timezone=zone, closing_time=before.replace(second=0, microsecond=0))
    reported = shop.closing.day_closed_at(moment)
    moved = Shop("demo", entry=1, timezone=zone, closing_time=after.replace(second=0, microsecond=0), reported=reported)
    due = moved.planned(moment).due
    assert due is not None
    assert due > moment
    assert moved.closing.day_closed_at(due) > reported


def test_no_report_is_planned_where_none_is_wanted_or_nothing_is_known() -> None:
    now = at(2026, 11, 22, 10)
    assert Shop("demo").planned(now).due is None
    assert Shop("demo", entry=1, daily_report=False).planned(now).due is None
    assert Shop("demo", entry=1, timezone="Asia/Vladivostok").planned(now).due == at(2026, 11, 22, 11)


def test_periods() -> None:
    today = date(2026, 11, 22)
    assert period_of(None, None, today).first == date(2026, 10, 24)
    assert len(period_of(None, None, today).days) == 30
    for first, last in ((today, date(2026, 11, 1)), (date(2024, 1, 1), today), (None, date.min)):
        with pytest.raises(PeriodInvalid):
            period_of(first, last, today)
    assert parse_clock("09:05") == time(9, 5)
