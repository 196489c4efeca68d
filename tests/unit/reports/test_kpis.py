"""KPIs by hand, and by definition."""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.reports.domain.cohorts import cohorts, months_before
from services.reports.domain.figures import Figures
from services.reports.domain.kpis import CUSTOMER_DAYS, Scores, kpis, visits_in

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


def bits(guests: Iterable[int]) -> int:
    return sum(1 << guest for guest in set(guests))


DAYS = st.dictionaries(
    st.integers(min_value=-90, max_value=29).map(lambda each: FIRST + timedelta(days=each)),
    st.sets(st.integers(min_value=1, max_value=12), min_size=1).map(bits),
)


def found(buyers: dict[date, list[int]], total: Figures | None = None) -> dict[str, float | None]:
    days = {day: bits(guests) for day, guests in buyers.items()}
    measured = kpis(FIRST, LAST, total=total or Figures(), buyers=days, scores=Scores(7, 2, 10))
    return {each.name: each.value for each in measured}


def test_a_customer_is_who_bought_in_the_sixty_days_before() -> None:
    day_before, too_early = FIRST - timedelta(days=1), FIRST - timedelta(days=CUSTOMER_DAYS + 1)
    kept = found({day_before: [1, 2], FIRST - timedelta(days=60): [3], too_early: [4], LAST: [1, 5]})
    # S = {1, 2, 3}; E = {1, 2, 5}: 3 fell asleep; N = {5}
    assert kept["crr"] == 66.7
    assert found({LAST: [1]})["crr"] is None


def test_visits_are_days() -> None:
    measured = found({FIRST: [1, 2], date(2026, 11, 5): [1], date(2026, 11, 15): [1, 3]}, Figures(purchases=6))
    assert (measured["repeat-rate"], measured["frequency"]) == (33.3, 2.0)
    assert measured["days-between-visits"] == 7.0  # 4 and 10
    assert measured["nps"] == 50.0


def test_tickets_gifts_and_stars() -> None:
    total = Figures(revenue=1_001, billed=2, gifts=3, gifts_earned=4, stars=(0, 0, 1, 1, 2))
    measured = found({}, total)
    assert (measured["average-ticket"], measured["redemption-rate"], measured["csat"]) == (501, 75.0, 75.0)
    assert {name for name, value in found({}).items() if value is None} == set(measured) - {"nps"}


@given(DAYS)
def test_visits_and_retention_by_definition(buyers: dict[date, int]) -> None:
    guests = range(13)
    visits = {
        guest: sorted(day for day in buyers if buyers[day] >> guest & 1 and FIRST <= day <= LAST) for guest in guests
    }
    seen = visits_in(FIRST, LAST, buyers)
    assert seen.visits == sum(map(len, visits.values()))
    assert seen.guests == sum(bool(days) for days in visits.values())
    assert seen.repeated == sum(len(days) > 1 for days in visits.values())
    gaps = [(after - before).days for days in visits.values() for before, after in pairwise(days)]
    assert seen.days_between == sum(gaps)
    at_start = {guest for guest in guests if bought_within(guest, FIRST - timedelta(days=1), buyers)}
    at_end = {guest for guest in guests if bought_within(guest, LAST, buyers)}
    crr = kpis(FIRST, LAST, total=Figures(), buyers=buyers, scores=Scores())[0]
    assert crr.cases == len(at_start)
    if at_start:
        assert crr.value == round(100 * len(at_start & at_end) / len(at_start), 1)


def bought_within(guest: int, day: date, buyers: dict[date, int]) -> bool:
    return any(day - timedelta(days=CUSTOMER_DAYS) < each <= day and buyers[each] >> guest & 1 for each in buyers)


def test_cohorts() -> None:
    registered = {date(2026, 9, 3): bits([1, 2]), date(2026, 9, 30): bits([3])}
    buyers = {date(2026, 9, 3): bits([1, 2]), date(2026, 11, 2): bits([1, 3, 9])}
    found = cohorts(registered, buyers, since=date(2026, 8, 1))
    assert [(each.month.month, each.guests, each.returned) for each in found] == [
        (8, 0, (0, 0, 0, 0)),
        (9, 3, (2, 0, 2)),
        (10, 0, (0, 0)),
        (11, 0, (0,)),
    ]
    assert months_before(date(2026, 1, 1), 1) == date(2025, 12, 1)
