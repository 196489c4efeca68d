from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bezkart.kernel.calendar import ShopCalendar, UnknownTimeZone
from bezkart.kernel.ids import GuestIds, derived_id, new_id
from bezkart.kernel.masking import mask_phone, mask_text

# Hypothesis wants naive bounds and adds the zone itself.
EARLIEST, LATEST = (datetime(year, 1, 1, tzinfo=UTC).replace(tzinfo=None) for year in (2000, 2040))
ZONES = ("Europe/Moscow", "Asia/Vladivostok", "Europe/Kiev", "America/New_York", "Africa/Cairo", "Pacific/Apia")


@given(st.text(min_size=1), st.text(min_size=1))
def test_guest_id_is_recognised_in_its_shop_only(shop: str, other: str) -> None:
    ids = GuestIds("k" * 40)
    guest_id = ids.issue(shop)
    assert ids.recognises(shop, guest_id)
    assert ids.recognises(other, guest_id) == (other == shop)
    assert not GuestIds("x" * 40).recognises(shop, guest_id)


@given(st.text())
def test_an_invented_guest_id_is_refused_not_raised(text: str) -> None:
    assert not GuestIds("k" * 40).recognises("demo", text)
    assert not GuestIds("k" * 40).recognises("demo", "g_" + text)


@given(st.text(min_size=1))
def test_a_guest_id_has_one_spelling(shop: str) -> None:
    ids = GuestIds("k" * 40)
    guest_id = ids.issue(shop)
    others = {guest_id.upper(), "g_" + guest_id[2:].upper(), guest_id.replace("s", "ſ"), guest_id + "=", guest_id[2:]}
    assert not any(ids.recognises(shop, other) for other in others - {guest_id})


def test_ids_differ_and_derived_ones_repeat() -> None:
    assert new_id("s") != new_id("s")
    assert derived_id("p", "a", "b") == derived_id("p", "a", "b") != derived_id("p", "ab", "")


@given(
    st.datetimes(timezones=st.just(UTC), min_value=EARLIEST, max_value=LATEST),
    st.sampled_from(ZONES),
)
def test_a_moment_lies_between_the_midnights_of_its_day(moment: datetime, zone: str) -> None:
    calendar = ShopCalendar(zone)
    day = calendar.day(moment)
    assert calendar.midnight(day) <= moment < calendar.end(day)


def test_days_follow_the_shop_not_the_server() -> None:
    evening = datetime(2026, 11, 21, 22, 30, tzinfo=UTC)
    assert ShopCalendar("Asia/Vladivostok").day(evening) == date(2026, 11, 22)
    assert ShopCalendar("Europe/Moscow").day(evening) == date(2026, 11, 22)
    assert ShopCalendar("UTC").day(evening) == date(2026, 11, 21)


def test_the_night_the_clock_goes_back_has_25_hours() -> None:
    calendar = ShopCalendar("Europe/Kiev")
    night = date(2024, 10, 27)
    assert calendar.end(night) - calendar.midnight(night) == timedelta(hours=25)


def test_what_the_clock_jumps_over_comes_later_and_what_comes_twice_is_the_first() -> None:
    calendar = ShopCalendar("America/New_York")
    jumped = calendar.at(date(2026, 3, 8), time(2, 30))
    assert (jumped, calendar.wall(jumped).time()) == (datetime(2026, 3, 8, 7, 30, tzinfo=UTC), time(3, 30))
    assert calendar.at(date(2026, 11, 1), time(1, 30)) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert ShopCalendar("Asia/Vladivostok").at(date(2026, 11, 22), time(21)) == datetime(2026, 11, 22, 11, tzinfo=UTC)


def test_unknown_time_zone_is_a_typed_error() -> None:
    with pytest.raises(UnknownTimeZone):
        ShopCalendar("Mars/Olympus")


def test_masks() -> None:
    assert mask_phone("+79130008323", country_code="7") == "+7 ••• •••-83-23"
    assert mask_text("call +79130008323 or 89130008323") == "call ••• or •••"
    assert mask_text("p_79130008323 stays an id") == "p_79130008323 stays an id"
