"""What a campaign brought: whose purchases count, and what may be said of the figures."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.campaigns.domain.effect import (
    HOLDOUT,
    NEEDED,
    WINDOW,
    Bought,
    Reached,
    Side,
    Target,
    interval,
    judge,
    measure,
)

SENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
DELIVERED = SENT + timedelta(hours=9)
SECOND = timedelta(seconds=1)


def got(*purchases: Bought, segment: str = "sleeping", delivered: datetime | None = DELIVERED) -> Target:
    return Target("a", SENT, segment, delivered, {str(at): each for at, each in enumerate(purchases)})


def side_of(target: Target) -> Side:
    reached = {target.side: Reached(1, int(target.delivered_at is not None))}
    return measure(reached, [target]).sides[0]


@pytest.mark.parametrize(
    ("at", "counts"),
    [(DELIVERED - SECOND, False), (DELIVERED, True), (DELIVERED + WINDOW, True), (DELIVERED + WINDOW + SECOND, False)],
)
def test_three_days_after_the_delivery_count(at: datetime, *, counts: bool) -> None:
    side = side_of(got(Bought(at, revenue=19000)))
    assert (side.bought, side.came_back, side.revenue) == ((1, 1, 19000) if counts else (0, 0, 0))


def test_who_was_held_back_counts_from_the_moment_of_sending() -> None:
    held = Target(HOLDOUT, SENT, "sleeping", None, {"p": Bought(SENT + SECOND)})
    assert (side_of(held).bought, side_of(held).came_back) == (1, 1)


def test_whom_nothing_reached_did_nothing_because_of_it() -> None:
    assert side_of(got(Bought(DELIVERED), delivered=None)).bought == 0


@pytest.mark.parametrize(
    ("segment", "back"), [("new", 0), ("active", 0), ("leaving", 1), ("rare", 1), ("sleeping", 1), (None, 0)]
)
def test_only_who_was_away_comes_back(segment: str, back: int) -> None:
    assert side_of(got(Bought(DELIVERED), segment=segment)).came_back == back


def test_two_purchases_are_one_guest_and_both_revenues() -> None:
    side = side_of(got(Bought(DELIVERED, 100, 30), Bought(DELIVERED + SECOND, 200)))
    assert (side.bought, side.revenue, side.gift_cost) == (1, 300, 30)


def test_points_cost_what_everybody_got() -> None:
    reached = {"a": Reached(3, 2), HOLDOUT: Reached(5, 0)}
    sides = measure(reached, [], points_each=1500).sides
    assert [(each.variant, each.gift_cost) for each in sides] == [("a", 4500), (HOLDOUT, 0)]


def test_an_undone_purchase_brought_nobody() -> None:
    assert side_of(got(Bought(DELIVERED, 100, undone=True), Bought(DELIVERED, 200))).revenue == 200
    assert side_of(got(Bought(DELIVERED, 100, undone=True))).came_back == 0


def side(variant: str, guests: int, bought: int) -> Side:
    return Side(variant, guests, guests, bought, bought, 0, 0)


def test_under_a_hundred_a_side_nothing_is_said() -> None:
    for got_it, held in ((NEEDED - 1, 500), (500, NEEDED - 1), (500, 0)):
        effect = judge((side("a", got_it, 50), side(HOLDOUT, held, 0)))
        assert (effect.uplift, effect.verdict) == (None, "not-enough-data")
    assert judge((side("a", 500, 50),)).verdict == "not-enough-data"


def test_from_a_hundred_on_the_difference_is_said_with_its_interval() -> None:
    effect = judge((side("a", 60, 12), side("b", 40, 8), side(HOLDOUT, NEEDED, 5)))
    assert effect.verdict == "enough"
    assert effect.uplift
    assert effect.uplift.percent_points == 15.0
    assert effect.uplift.lowest < 15 < effect.uplift.highest
    assert effect.b_over_a is None


def test_two_texts_are_compared_with_each_other() -> None:
    effect = judge((side("a", 1000, 100), side("b", 1000, 150)))
    assert effect.b_over_a
    assert effect.b_over_a.percent_points == 5.0
    assert effect.b_over_a.lowest > 0
    assert effect.verdict == "not-enough-data"  # nobody was held back


def test_delivered_are_the_side_not_those_who_were_sent_to() -> None:
    few = Side("a", 300, NEEDED - 1, 0, 10, 0, 0)
    assert judge((few, side(HOLDOUT, 200, 5))).verdict == "not-enough-data"


@pytest.mark.parametrize(
    ("one", "other", "published"),
    [
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((10, 10), (0, 20), (0.6791, 1.0)),
    ],
)
def test_the_interval_is_that_of_the_paper(
    one: tuple[int, int], other: tuple[int, int], published: tuple[float, float]
) -> None:
    """Newcombe 1998, table II, method 10."""
    assert interval(one, other) == pytest.approx(published, abs=0.00006)


@st.composite
def shares(draw: st.DrawFn) -> tuple[int, int]:
    total = draw(st.integers(1, 10_000))
    return draw(st.integers(0, total)), total


@given(shares(), shares())
def test_the_interval_holds_the_difference_and_turns_with_the_sides(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    lowest, highest = interval(one, other)
    assert -1.000001 <= lowest <= one[0] / one[1] - other[0] / other[1] <= highest <= 1.000001
    assert interval(other, one) == pytest.approx((-highest, -lowest))
