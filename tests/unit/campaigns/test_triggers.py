"""Triggers: what is an occasion, when it is over, and that nobody is told twice in a period."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bezkart.kernel.calendar import ShopCalendar
from services.campaigns.domain.agenda import Entry, GuestAgenda, Occasion
from services.campaigns.domain.trigger import (
    Answered,
    Birthday,
    Fact,
    Joined,
    Known,
    LowRatingAnswered,
    Moved,
    NearGift,
    On,
    PointsExpiring,
    Registered,
    SegmentEntered,
    Silent,
    Stamped,
    Timing,
    Warned,
    birthdays_on,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
MONTH = 30 * DAY


def stamped(before: int, left: int, *, earned: bool = False) -> Stamped:
    return Stamped(NOW, before, left, earned)


@pytest.mark.parametrize(
    ("on", "fact", "due"),
    [
        (SegmentEntered("leaving"), Moved("leaving", NOW), NOW),
        (SegmentEntered("leaving"), Moved("active", NOW), None),
        (Registered(), Joined(NOW), NOW),
        (LowRatingAnswered(), Answered(NOW), NOW),
        (NearGift(1), stamped(2, 1), NOW),
        (NearGift(1), stamped(4, 1), NOW),
        (NearGift(2), stamped(2, 1), None),
        (NearGift(1), stamped(3, 2), None),
        (NearGift(1), stamped(1, 1, earned=True), NOW),
        (NearGift(1), stamped(1, 6, earned=True), None),
        (NearGift(6), stamped(6, 0), None),
        (PointsExpiring(3), Warned(NOW, NOW + 7 * DAY), NOW + 4 * DAY),
        (PointsExpiring(30), Warned(NOW, NOW + 7 * DAY), NOW),
        (Silent(60), Moved("sleeping", NOW), None),
        (Birthday(0), Joined(NOW), None),
    ],
)
def test_what_makes_an_occasion(on: On, fact: Fact, due: datetime | None) -> None:
    occasion = Timing(on).occasion(fact)
    assert (occasion.due if occasion else None) == due
    later = Timing(on, delay=timedelta(hours=2)).occasion(fact)
    assert (later.due - timedelta(hours=2) if later else None) == due


def test_silence_and_birthdays_are_found_by_time() -> None:
    assert Timing(Silent(60)).silent_since(NOW) == Occasion(NOW + 60 * DAY, NOW + 60 * DAY)
    moscow = ShopCalendar("Europe/Moscow")
    before = Timing(Birthday(3), delay=timedelta(hours=10)).birthday_on(date(2026, 3, 8), moscow)
    assert before == Occasion(datetime(2026, 3, 4, 21, tzinfo=UTC), datetime(2026, 3, 5, 7, tzinfo=UTC))
    assert Timing(Registered()).silent_since(NOW) is None
    assert Timing(Registered()).birthday_on(date(2026, 3, 8), moscow) is None


def test_a_leap_days_child_celebrates_every_year() -> None:
    assert birthdays_on(date(2028, 2, 29)) == ("02-29",)
    assert birthdays_on(date(2028, 2, 28)) == ("02-28",)
    assert birthdays_on(date(2026, 2, 28)) == ("02-28", "02-29")
    assert birthdays_on(date(2026, 3, 8)) == ("03-08",)


def known(
    segment: str = "leaving", last: datetime | None = NOW - DAY, left: int | None = 1, points: int = 100
) -> Known:
    return Known(segment, last, left, points)


@pytest.mark.parametrize(
    ("on", "guest", "why"),
    [
        (SegmentEntered("leaving"), known(), None),
        (SegmentEntered("leaving"), known("active"), "no-longer-true"),
        (Silent(60), known(last=NOW - 60 * DAY), None),
        (Silent(60), known(last=None), None),
        (Silent(60), known(last=NOW + DAY), "no-longer-true"),
        (NearGift(1), known(left=1), None),
        (NearGift(1), known(left=6), "no-longer-true"),
        (NearGift(1), known(left=None), "no-longer-true"),
        (PointsExpiring(3), known(points=0), "no-longer-true"),
        (PointsExpiring(3), known(), None),
        (Birthday(0), known(), None),
        (Registered(), known(), None),
        (LowRatingAnswered(), known(), None),
    ],
)
def test_what_is_known_when_it_is_due_decides(on: On, guest: Known, why: str | None) -> None:
    assert Timing(on).needless(NOW, guest) == why


def test_a_purchase_cancels_where_that_was_asked_for() -> None:
    bought = known(last=NOW + timedelta(seconds=1))
    assert Timing(Registered(), cancel_on_purchase=True).needless(NOW, bought) == "bought"
    assert (
        Timing(Registered(), cancel_on_purchase=True).needless(NOW, known(last=NOW)) is None
    )  # the one that caused it
    assert Timing(Registered()).needless(NOW, bought) is None


occasions = st.integers(0, 90).map(lambda days: Occasion(NOW + days * DAY, NOW + days * DAY + timedelta(hours=1)))


@given(st.lists(occasions, min_size=1), st.randoms())
def test_facts_in_any_order_and_number_give_the_same_agenda(happened: list[Occasion], random: Random) -> None:
    shuffled = [*happened, *happened]
    random.shuffle(shuffled)
    agendas = []
    for order in (happened, shuffled):
        agenda = GuestAgenda()
        for occasion in order:
            agenda = agenda.note("t", occasion, MONTH)
        agendas.append(agenda)
    assert agendas[0] == agendas[1]
    assert agendas[0].next_due() == max(each.due for each in happened)


@given(st.lists(st.tuples(occasions, st.integers(0, 95)), min_size=1), st.integers(1, 40))
def test_nobody_is_reached_twice_in_a_period(steps: list[tuple[Occasion, int]], days: int) -> None:
    """Occasions come at any time, old ones among them; time goes on; whoever is due is reached."""
    period = days * DAY
    agenda, reached = GuestAgenda(), []
    now = NOW
    for occasion, passed in steps:
        now = max(now, NOW + passed * DAY)
        if occasion.at <= now:
            agenda = agenda.note("t", occasion, period)
        for entry in agenda.due(now):
            agenda = agenda.settled(entry, period, reached_at=now)
            reached.append(now)
    assert all(later - earlier >= period for earlier, later in pairwise(reached))


def test_who_was_not_reached_waits_for_the_next_occasion() -> None:
    first = Occasion(NOW, NOW)
    agenda = GuestAgenda().note("t", first, MONTH)
    (entry,) = agenda.due(NOW)
    agenda = agenda.settled(entry, MONTH, reached_at=None)
    assert agenda.next_due() is None
    assert agenda.note("t", first, MONTH) == agenda  # the same again is no new one
    assert agenda.note("t", Occasion(NOW + DAY, NOW + DAY), MONTH).next_due() == NOW + DAY


def test_what_came_while_the_guest_was_reached_counts_by_its_own_time() -> None:
    entry = Entry("t", NOW, NOW)
    soon = GuestAgenda((entry,)).note("t", Occasion(NOW + DAY, NOW + DAY), MONTH)
    assert soon.settled(entry, MONTH, reached_at=NOW).next_due() is None
    assert soon.settled(entry, MONTH, reached_at=None).next_due() == NOW + DAY


def test_triggers_do_not_disturb_each_other() -> None:
    agenda = GuestAgenda().note("b", Occasion(NOW, NOW + DAY), MONTH).note("a", Occasion(NOW, NOW), MONTH)
    assert [each.trigger_id for each in agenda.due(NOW)] == ["a"]
    assert agenda.settled(agenda.due(NOW)[0], MONTH, reached_at=NOW).next_due() == NOW + DAY
    assert agenda.forget("b").next_due() == NOW
