"""The simulated café of the demo."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import phonenumbers
import pytest

from bezkart.cli.simulation import ANNA_PHONE, GIFTS_OF_ANNA, SHARED_LAST4, STAMPS_OF_ANNA, SimulatedGuest, simulate
from tests.reckoning import SEGMENTS, segment_of

MOSCOW = ZoneInfo("Europe/Moscow")
ENDS = [
    datetime(2026, 11, 21, 20, 13, tzinfo=UTC),
    datetime(2026, 11, 21, 0, 5, tzinfo=UTC),
    datetime(2027, 3, 7, 21, 30, tzinfo=UTC),
]


def counts(guests: list[SimulatedGuest], day: date) -> Counter[str]:
    return Counter(
        segment_of([visit.at.astimezone(MOSCOW).date() for visit in guest.visits], registered, day)
        for guest in guests
        if (registered := guest.registered_at.astimezone(MOSCOW).date()) <= day
    )


def test_the_same_seed_gives_the_same_history() -> None:
    assert simulate(ENDS[0], MOSCOW) == simulate(ENDS[0], MOSCOW)
    assert simulate(ENDS[0], MOSCOW) != simulate(ENDS[0], MOSCOW, seed=1)


@pytest.mark.parametrize("end", ENDS)
def test_all_segments_are_there_today_and_differ_from_a_week_ago(end: datetime) -> None:
    guests, today = simulate(end, MOSCOW), end.astimezone(MOSCOW).date()
    now, before = counts(guests, today), counts(guests, today - timedelta(days=7))
    assert all(now[name] >= 40 and before[name] >= 20 for name in SEGMENTS)
    assert sum(abs(now[name] - before[name]) for name in SEGMENTS) >= 40
    assert 550 <= len(guests) <= 650


@pytest.mark.parametrize("end", ENDS)
def test_nothing_happens_after_the_end_or_before_the_registration(end: datetime) -> None:
    for guest in simulate(end, MOSCOW):
        moments = [visit.at for visit in guest.visits]
        assert moments == sorted(moments)
        assert guest.registered_at <= moments[0] <= moments[-1] <= end
        assert moments[0] > end - timedelta(days=183)


@pytest.mark.parametrize("end", ENDS)
def test_anna_has_a_gift_and_is_one_purchase_from_active(end: datetime) -> None:
    guests, today = simulate(end, MOSCOW), end.astimezone(MOSCOW).date()
    (anna,) = [guest for guest in guests if guest.phone.endswith("8323")]
    assert (anna.phone, anna.name) == (ANNA_PHONE, "Анна")
    assert divmod(sum(visit.cups for visit in anna.visits), 6) == (GIFTS_OF_ANNA, STAMPS_OF_ANNA)
    days = [visit.at.astimezone(MOSCOW).date() for visit in anna.visits]
    registered = anna.registered_at.astimezone(MOSCOW).date()
    assert [segment_of(days, registered, today - timedelta(days=ago)) for ago in (7, 0)] == ["rare", "rare"]
    assert segment_of([*days, today], registered, today) == "active"


@pytest.mark.parametrize("end", ENDS)
def test_two_guests_share_the_digits_that_the_demo_tells(end: datetime) -> None:
    assert len([guest for guest in simulate(end, MOSCOW) if guest.phone.endswith(SHARED_LAST4)]) == 2


def test_the_numbers_are_valid_ones_that_nobody_has() -> None:
    phones = {guest.phone for guest in simulate(ENDS[0], MOSCOW)}
    assert len(phones) == 600
    for phone in phones:
        assert phone.startswith("+7974")
        assert phonenumbers.is_valid_number(phonenumbers.parse(phone))
