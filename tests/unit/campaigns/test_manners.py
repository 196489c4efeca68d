"""Caps, quiet hours, sides: across midnight, nights when clocks change, and other time zones (F33)."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bezkart.kernel.calendar import ShopCalendar
from services.campaigns.domain.manners import A_DAY, A_WEEK, QUIET_FROM, QUIET_UNTIL, free_at, quiet_until
from services.campaigns.domain.split import HOLDOUT, side

ZONES = (
    "Europe/Moscow",
    "Asia/Novosibirsk",
    "Asia/Kamchatka",
    "America/New_York",
    "Europe/Berlin",
    "UTC",
    "Asia/Kathmandu",
)
MOMENTS = st.datetimes(
    datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2027-12-31"), timezones=st.just(UTC)
)


@given(MOMENTS, st.sampled_from(ZONES))
def test_quiet_hours_end_at_nine_by_the_shops_clock(now: datetime, zone: str) -> None:
    calendar = ShopCalendar(zone)
    wall = calendar.wall(now)
    until = quiet_until(now, calendar)
    assert (until is not None) == (wall.time() >= QUIET_FROM or wall.time() < QUIET_UNTIL)
    if until:
        assert calendar.wall(until).time() == QUIET_UNTIL
        assert now < until <= now + timedelta(hours=13), "a night with an hour more is the longest"
        assert quiet_until(until, calendar) is None


@pytest.mark.parametrize(
    ("wall", "until"),
    [
        ("2026-11-22T20:59", None),
        ("2026-11-22T21:00", "2026-11-23T09:00"),
        ("2026-11-22T23:59", "2026-11-23T09:00"),
        ("2026-11-23T00:00", "2026-11-23T09:00"),
        ("2026-11-23T08:59", "2026-11-23T09:00"),
        ("2026-11-23T09:00", None),
    ],
)
def test_around_midnight(wall: str, until: str | None) -> None:
    calendar = ShopCalendar("Asia/Novosibirsk")
    at = datetime.fromisoformat(wall)
    found = quiet_until(calendar.at(at.date(), at.time()), calendar)
    assert (found and calendar.wall(found)) == (until and datetime.fromisoformat(until))


def test_what_would_leave_in_the_quiet_hours_is_held_before() -> None:
    calendar = ShopCalendar("Europe/Moscow")
    now = calendar.at(date(2026, 11, 22), time(20, 59, 50))
    assert quiet_until(now, calendar, ahead=timedelta(seconds=5)) is None
    held = quiet_until(now, calendar, ahead=timedelta(seconds=17))
    assert held == calendar.at(date(2026, 11, 23), QUIET_UNTIL)


@given(st.lists(st.integers(0, 40 * 24 * 60), max_size=40))
def test_never_two_in_a_day_nor_three_in_a_week(minutes: list[int]) -> None:
    """Whoever asks whenever: only who is free is reached."""
    start = datetime(2026, 3, 1, tzinfo=UTC)
    sent: list[datetime] = []
    for at in (start + timedelta(minutes=each) for each in sorted(minutes)):
        free = free_at(sent)
        if free is None or free <= at:
            sent.append(at)
    assert all(later - earlier >= A_DAY for earlier, later in pairwise(sent))
    assert all(third - first >= A_WEEK for first, third in zip(sent, sent[2:], strict=False))


def test_the_cap_is_no_stricter_than_it_says() -> None:
    first = datetime(2026, 3, 1, tzinfo=UTC)
    assert free_at([first]) == first + A_DAY
    assert free_at([first, first + timedelta(days=2)]) == first + A_WEEK
    assert free_at([first, first + timedelta(days=6, hours=12)]) == first + timedelta(days=7, hours=12)


def test_sides_are_stable_and_as_large_as_they_should_be() -> None:
    guests = [f"g_{number}" for number in range(20_000)]
    sides = [side(guest, "c_1", holdout_percent=10, variants=("a", "b")) for guest in guests]
    assert sides == [side(guest, "c_1", holdout_percent=10, variants=("a", "b")) for guest in guests]
    counted = Counter(sides)
    assert counted[HOLDOUT] == pytest.approx(2000, rel=0.1)
    assert counted["a"] == pytest.approx(counted["b"], rel=0.05)
    other = [side(guest, "c_2", holdout_percent=10, variants=("a", "b")) for guest in guests]
    both = sum(one == two == HOLDOUT for one, two in zip(sides, other, strict=True))
    assert both < 300, "who is held back of one campaign is not of all"


def test_nobody_is_held_back_of_none_percent() -> None:
    assert {side(f"g_{each}", "c", holdout_percent=0, variants=("a",)) for each in range(500)} == {"a"}
