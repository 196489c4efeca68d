"""The five segments (F20) against the published rules, and the properties that must hold whatever the thresholds."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.segments.domain.rules import Segment, Thresholds, ThresholdsContradict, Visits, classify, next_move

TODAY = date(2026, 11, 21)
DEFAULT = Thresholds()

thresholds = st.builds(
    lambda new, active, more, regular: Thresholds(new, active, max(new, active) + more, regular),
    st.integers(1, 40),
    st.integers(1, 40),
    st.integers(1, 60),
    st.integers(1, 8),
)


@st.composite
def visits(draw: st.DrawFn) -> Visits:
    registered = TODAY - timedelta(days=draw(st.integers(0, 150)))
    purchases = draw(st.integers(0, 8))
    last = None
    if purchases:
        last = draw(st.dates(registered, TODAY))
    return Visits(registered, purchases, last)


def published(visits: Visits, today: date) -> set[Segment]:
    """The rules as they were published; they leave two holes, where the set is empty."""
    silence = (today - (visits.last or visits.registered)).days
    since = (today - visits.registered).days
    n = visits.purchases
    fits = set()
    if n <= 2 and since <= 14:
        fits.add(Segment.NEW)
    if n >= 4 and silence <= 14:
        fits.add(Segment.ACTIVE)
    if n >= 4 and 14 < silence <= 60:
        fits.add(Segment.LEAVING)
    if 1 <= n <= 3 and 14 < silence <= 60 and since > 14:
        fits.add(Segment.RARE)
    if silence > 60:
        fits.add(Segment.SLEEPING)
    return fits


@given(visits())
def test_equal_to_the_published_rules_where_these_speak(guest: Visits) -> None:
    spoken = published(guest, TODAY)
    assert len(spoken) <= 1
    if spoken:
        assert {classify(guest, TODAY, DEFAULT)} == spoken


@pytest.mark.parametrize(
    ("n", "since", "silence", "segment"),
    [
        (0, 0, 0, Segment.NEW),
        (3, 14, 0, Segment.NEW),
        (3, 15, 0, Segment.RARE),
        (4, 0, 0, Segment.ACTIVE),
        (4, 100, 14, Segment.ACTIVE),
        (4, 100, 15, Segment.LEAVING),
        (4, 100, 60, Segment.LEAVING),
        (4, 100, 61, Segment.SLEEPING),
        (1, 100, 60, Segment.RARE),
        (1, 100, 61, Segment.SLEEPING),
        (0, 15, 15, Segment.RARE),
        (0, 61, 61, Segment.SLEEPING),
    ],
)
def test_borders(n: int, since: int, silence: int, segment: Segment) -> None:
    last = TODAY - timedelta(days=silence) if n else None
    assert classify(Visits(TODAY - timedelta(days=since), n, last), TODAY, DEFAULT) is segment


@given(visits(), thresholds)
def test_total_and_one_at_a_time(guest: Visits, limits: Thresholds) -> None:
    assert classify(guest, TODAY, limits) in set(Segment)


@given(visits(), thresholds)
def test_monotone_in_time(guest: Visits, limits: Thresholds) -> None:
    """Without purchases a guest only ever gets further away, and no segment comes back."""
    path = [classify(guest, TODAY + timedelta(days=day), limits) for day in range(200)]
    turns = [path[0]] + [later for earlier, later in itertools.pairwise(path) if later is not earlier]
    assert len(turns) == len(set(turns))
    assert path[-1] is Segment.SLEEPING


@given(visits(), thresholds)
def test_next_move_is_the_first_day_of_another_segment(guest: Visits, limits: Thresholds) -> None:
    now = classify(guest, TODAY, limits)
    moves_on = next_move(guest, TODAY, limits)
    days = (TODAY + timedelta(days=each) for each in range(1, 300))
    assert moves_on == next((day for day in days if classify(guest, day, limits) is not now), None)


@given(visits())
def test_a_purchase_never_makes_a_guest_sleep(guest: Visits) -> None:
    after = Visits(guest.registered, guest.purchases + 1, TODAY)
    assert classify(after, TODAY, DEFAULT) is not Segment.SLEEPING


def test_contradicting_thresholds_are_refused() -> None:
    with pytest.raises(ThresholdsContradict):
        Thresholds(new_days=30, sleeping_days=30)
