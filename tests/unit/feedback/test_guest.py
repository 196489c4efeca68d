"""When a guest is asked: after the purchase, once in fourteen days, whatever order the events come in."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from services.feedback.domain.guest import KEPT, QUIET, RATEABLE, Account, Guest, Visit

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HALF_AN_HOUR = timedelta(minutes=30)


def bought(guest: Guest, number: int, at: datetime, *, undone: bool = False, version: int | None = None) -> Guest:
    visit = Visit(f"p_{number}", at, "s_undoer" if undone else f"s_{number}", undone=undone)
    return guest.learn_visits((visit,), Account(version or number, at), delay=HALF_AN_HOUR)


def test_a_purchase_is_asked_about_half_an_hour_later() -> None:
    guest = bought(Guest("g"), 1, NOON)
    assert guest.due == NOON + HALF_AN_HOUR
    assert guest.to_ask_about(NOON + HALF_AN_HOUR) == Visit("p_1", NOON, "s_1")


def test_an_undone_purchase_is_not_asked_about_but_the_one_before_is() -> None:
    guest = bought(bought(Guest("g"), 1, NOON), 2, NOON + timedelta(minutes=5))
    undone = bought(guest, 2, NOON + timedelta(minutes=5), undone=True, version=3)
    assert undone.to_ask_about(NOON + HALF_AN_HOUR) == Visit("p_1", NOON, "s_1")
    alone = bought(bought(Guest("g"), 1, NOON), 1, NOON, undone=True, version=2)
    assert alone.due is None
    assert alone.to_ask_about(NOON + HALF_AN_HOUR) is None


def test_nobody_is_asked_twice_in_fourteen_days() -> None:
    asked = bought(Guest("g"), 1, NOON).with_rating("r_1", NOON + HALF_AN_HOUR)
    soon = bought(asked, 2, NOON + timedelta(days=13))
    assert soon.due is None
    assert soon.to_ask_about(NOON + timedelta(days=13)) is None
    later = bought(soon, 3, NOON + QUIET + HALF_AN_HOUR)
    assert later.due == NOON + QUIET + HALF_AN_HOUR * 2
    assert later.to_ask_about(NOON + QUIET + HALF_AN_HOUR * 2) is not None


def test_a_purchase_told_of_a_day_late_is_not_asked_about() -> None:
    assert bought(Guest("g"), 1, NOON).to_ask_about(NOON + RATEABLE) is None


def test_news_that_came_before_change_nothing() -> None:
    asked = bought(Guest("g"), 1, NOON).with_rating("r_1", NOON + HALF_AN_HOUR)
    assert bought(asked, 1, NOON) is asked
    segmented = asked.learn_segment("active", 2)
    assert segmented.learn_segment("new", 1) is segmented


def test_an_erased_guest_learns_nothing_and_keeps_nothing() -> None:
    erased = bought(Guest("g", version=3), 1, NOON).learn_segment("active", 1).erase(NOON)
    assert erased == Guest("g", version=3, erased=True, due=erased.due)
    assert bought(erased, 2, NOON) is erased
    assert erased.learn_segment("new", 9) is erased
    assert erased.to_ask_about(NOON) is None


EVENTS = st.lists(st.tuples(st.integers(1, 6), st.integers(0, 3 * 24 * 60), st.booleans()), min_size=1, max_size=12)


@given(EVENTS, st.randoms(use_true_random=False))
def test_three_deliveries_in_any_order_give_the_same_guest(events: list[tuple[int, int, bool]], random: Random) -> None:
    """Each purchase has one moment and one version; each may be undone."""
    moments = {number: NOON + timedelta(minutes=minutes) for number, minutes, _ in events}
    told = sorted(
        {(number, False) for number, _, _ in events} | {(number, True) for number, _, undone in events if undone}
    )

    def after(order: list[tuple[int, bool]]) -> Guest:
        guest = Guest("g")
        for number, undone in order:
            guest = bought(guest, number, moments[number], undone=undone, version=2 * number + undone)
        return guest

    shuffled = told * 3
    random.shuffle(shuffled)
    expected, found = after(told), after(shuffled)
    assert found == expected
    newest = max(moments.values())
    assert all(newest - visit.at <= KEPT for visit in found.visits)


@given(st.lists(st.integers(1, 60 * 24 * 60), min_size=1, max_size=30))
def test_requests_are_never_closer_than_fourteen_days(gaps: list[int]) -> None:
    guest, at, asked = Guest("g"), NOON, []
    for number, gap in enumerate(gaps, 1):
        at += timedelta(minutes=gap)
        guest = bought(guest, number, at)
        if guest.due and guest.to_ask_about(guest.due):
            asked.append(guest.due)
            guest = guest.with_rating(f"r_{number}", guest.due)
    assert asked
    assert all(second - first >= QUIET for first, second in pairwise(asked))
