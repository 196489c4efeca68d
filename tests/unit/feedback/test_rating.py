"""Asked, given, expired; the last answer within the hour wins."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.feedback.domain.errors import RatingExpired
from services.feedback.domain.guest import Visit
from services.feedback.domain.rating import CHANGEABLE, OPEN, Rating

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ASKED = Rating.about(Visit("p_1", NOON, "s_1"), rating_id="r_1", guest_id="g", segment="new", now=NOON)


def test_stars_are_given_within_a_day() -> None:
    rated = ASKED.give(4, "вкусно", NOON + timedelta(hours=23))
    assert (rated.state, rated.stars, rated.comment, rated.due) == ("given", 4, "вкусно", None)
    with pytest.raises(RatingExpired):
        ASKED.give(4, None, NOON + OPEN)
    with pytest.raises(RatingExpired):
        replace(ASKED, state="expired", due=None).give(4, None, NOON)


def test_a_button_pressed_twice_or_a_week_later_is_the_same_rating() -> None:
    rated = ASKED.give(2, "холодный", NOON)
    assert rated.give(2, "холодный", NOON) is rated
    assert rated.give(2, None, NOON + timedelta(days=7)) is rated
    with pytest.raises(RatingExpired):
        rated.give(3, None, NOON + timedelta(days=7))


def test_stars_without_words_leave_the_words() -> None:
    assert ASKED.give(2, "холодный", NOON).give(5, None, NOON + timedelta(minutes=5)).comment == "холодный"
    assert ASKED.give(2, "холодный", NOON).give(5, "", NOON + timedelta(minutes=5)).comment == ""


@pytest.mark.parametrize(("stars", "low"), [(1, True), (3, True), (4, False), (5, False)])
def test_three_and_less_are_low(stars: int, *, low: bool) -> None:
    assert ASKED.give(stars, None, NOON).is_low is low


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 180)), min_size=1, max_size=20))
def test_the_last_within_the_hour_of_the_first_wins(answers: list[tuple[int, int]]) -> None:
    ordered = sorted(answers, key=lambda answer: answer[1])
    first = ordered[0][1]
    rating = ASKED
    for stars, minute in ordered:
        try:
            rating = rating.give(stars, None, NOON + timedelta(minutes=minute))
        except RatingExpired:
            assert minute - first >= CHANGEABLE.total_seconds() / 60
    in_time = [stars for stars, minute in ordered if minute - first < CHANGEABLE.total_seconds() / 60]
    assert rating.stars == in_time[-1]
    assert rating.given_at == NOON + timedelta(minutes=first)
