"""What segments learns from events that come twice, late and in any order is the same in the end."""

from datetime import date, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from services.segments.domain.guest import AccountChange, SegmentedGuest, move_between
from services.segments.domain.picture import Census
from services.segments.domain.rules import Segment, Thresholds, Visits, classify

START = date(2026, 1, 1)
LIMITS = Thresholds()

steps = st.lists(st.tuples(st.booleans(), st.integers(0, 200)), max_size=12)


def history(plan: list[tuple[bool, int]]) -> list[AccountChange]:
    """A plan of (undo?, day) as the versions of an account; an undo takes back the latest purchase."""
    days: list[date] = []
    changes: list[AccountChange] = []
    for undo, offset in plan:
        if undo and days:
            delta = (days.pop(), -1)
        else:
            days.append(START + timedelta(days=offset))
            delta = (days[-1], 1)
        changes.append(AccountChange(len(changes) + 1, (delta,), len(days), max(days, default=None)))
    return changes


def learned(changes: list[AccountChange]) -> SegmentedGuest:
    guest = SegmentedGuest("g_1").learn_profile(1, START)
    for change in changes:
        guest = guest.learn_account(change)
    return guest


@given(steps, st.randoms(use_true_random=False))
def test_twice_and_shuffled_is_the_same(plan: list[tuple[bool, int]], random: Random) -> None:
    changes = history(plan)
    shuffled = [*changes, *changes, *changes]
    random.shuffle(shuffled)
    assert learned(shuffled) == learned(changes)


@given(steps)
def test_history_and_state_agree(plan: list[tuple[bool, int]]) -> None:
    guest = learned(history(plan))
    assert sum(guest.days.values()) == guest.purchases
    assert max(guest.days, default=None) == guest.last
    assert guest.applied_ahead == frozenset()


@given(steps, st.integers(0, 400))
def test_the_picture_of_a_day_counts_only_what_had_happened(plan: list[tuple[bool, int]], offset: int) -> None:
    guest = learned(history(plan))
    day = START + timedelta(days=offset)
    past = [each for each, count in guest.days.items() for _ in range(count) if each <= day]
    assert guest.visits_by(day) == Visits(START, len(past), max(past, default=None))


def test_an_older_profile_changes_nothing() -> None:
    guest = SegmentedGuest("g_1").learn_profile(2, START)
    assert guest.learn_profile(1, START - timedelta(days=9)) is guest


def test_purchases_alone_put_nobody_into_a_segment() -> None:
    guest = SegmentedGuest("g_1").learn_account(AccountChange(1, ((START, 1),), 1, START))
    assert guest.classify(START, LIMITS).segment is None
    known = guest.learn_profile(1, START).classify(START, LIMITS)
    assert known.segment is Segment.NEW
    move = move_between(guest, known)
    assert move is not None
    assert (move.previous, move.next) == (None, Segment.NEW)


def test_erased_learns_nothing_any_more() -> None:
    erased = learned(history([(False, 1)])).erase()
    assert erased.learn_profile(9, START) is erased
    assert erased.learn_account(AccountChange(9, (), 1, START)) is erased
    assert erased.classify(START, LIMITS).segment is None


def test_a_clock_behind_the_events_does_not_look_back() -> None:
    guest = learned(history([(False, 10)]))
    assert guest.classify(START, LIMITS).since == START + timedelta(days=10)


def person(registered: int, *days: int) -> SegmentedGuest:
    return learned(history([(False, day) for day in days])).learn_profile(2, START + timedelta(days=registered))


def test_census_of_two_days() -> None:
    end = START + timedelta(days=107)
    start = end - timedelta(days=7)
    census = Census([start, end], LIMITS)
    census.add(person(0, 1, 2, 3, 70, 105))  # was leaving, is active
    census.add(person(0, 1, 80))  # rare both days
    census.add(person(103))  # registered in between
    census.add(person(0))  # sleeping both days
    census.add(person(200))  # not there yet
    first, last = census.sizes()
    assert first.segments == {"new": 0, "active": 0, "leaving": 1, "rare": 1, "sleeping": 1}
    assert last.segments == {"new": 1, "active": 1, "leaving": 0, "rare": 1, "sleeping": 1}
    assert (first.total, last.total) == (3, 4)
    assert [(flow.origin, flow.target, flow.guests) for flow in census.flows()] == [
        (None, "new", 1),
        ("leaving", "active", 1),
        ("rare", "rare", 1),
        ("sleeping", "sleeping", 1),
    ]
    won = census.won_back()
    assert (won.guests, won.of, won.share) == (1, 2, 0.5)


@given(st.lists(steps, max_size=6), st.integers(0, 300), st.integers(0, 60))
def test_flows_add_up_to_the_sizes(plans: list[list[tuple[bool, int]]], offset: int, later: int) -> None:
    start = START + timedelta(days=offset)
    end = start + timedelta(days=later)
    census = Census([start, end], LIMITS)
    for plan in plans:
        census.add(learned(history(plan)))
    first, last = census.sizes()
    for segment in Segment:
        assert sum(flow.guests for flow in census.flows() if flow.origin is segment) == first.segments[segment]
        assert sum(flow.guests for flow in census.flows() if flow.target is segment) == last.segments[segment]
    if plans:
        visits = learned(history(plans[0])).visits_by(end)
        assert visits
        assert last.segments[classify(visits, end, LIMITS)] >= 1
