"""Facts and days: events delivered twice and in any order come to the same figures, and to the ledger's money."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from bezkart.contracts.segments import SegmentName
from bezkart.kernel.calendar import ShopCalendar
from services.reports.domain.day import Day, day_of
from services.reports.domain.facts import AnyFact
from services.reports.domain.segments import Moves, counted, won_back
from services.reports.usecases.facts_of import Known, facts_of
from tests.unit.reports.history import START, Shop

CALENDAR = ShopCalendar("Europe/Moscow")
PLACES = {"g_anna": 3, "g_boris": 0, "g_vera": 70, "g_gleb": 8}
GUESTS = st.sampled_from(["g_anna", "g_boris", "g_vera", "g_gleb"])
STEPS = st.tuples(
    st.sampled_from(["register", "sell", "sell-unbilled", "undo", "bring", "give", "take", "move", "rate"]),
    GUESTS,
    st.integers(min_value=0, max_value=400),
    st.integers(min_value=0, max_value=60 * 24 * 3),
)


def live(steps: list[tuple[str, str, int, int]]) -> Shop:
    """A shop in which this happened, minute after minute."""
    shop, at = Shop(), START
    for kind, guest, number, minutes in steps:
        at += timedelta(minutes=minutes + 1)
        step(shop, kind, guest, number, at)
    return shop


def step(shop: Shop, kind: str, guest: str, number: int, at: datetime) -> None:
    sold = shop.sold[number % len(shop.sold)] if shop.sold else None
    doing: dict[str, Callable[[], object]] = {
        "register": lambda: shop.register(guest, at),
        "sell": lambda: shop.sell(guest, at, amount=number * 100, points=number * 10, discount=number),
        "sell-unbilled": lambda: shop.sell(guest, at, amount=None),
        "undo": lambda: shop.undo(sold, at) if sold else None,
        "bring": lambda: shop.bring(guest, [number, number + 1], at),
        "give": lambda: shop.give(guest, at),
        "take": lambda: shop.give(guest, at, taken_back=True),
        "move": lambda: shop.move(guest, get_args(SegmentName)[number % 5], at),
        "rate": lambda: shop.rate(sold, number % 5 + 1, len(shop.events), at) if sold else None,
    }
    doing[kind]()


def days_of(events: list[Known]) -> dict[date, Day]:
    """As the store does it: a fact is there once, the first that came."""
    facts: dict[str, AnyFact] = {}
    for event in events:
        for fact in facts_of(event):
            facts.setdefault(fact.id, fact)
    by_day: dict[date, list[AnyFact]] = defaultdict(list)
    for fact in facts.values():
        by_day[CALENDAR.day(fact.at)].append(fact)
    return {day: day_of(found, CALENDAR, PLACES) for day, found in by_day.items()}


@settings(deadline=None, max_examples=60)
@given(st.lists(STEPS, max_size=40), st.integers())
def test_duplicates_and_order_change_nothing_and_money_is_the_ledgers(
    steps: list[tuple[str, str, int, int]], seed: int
) -> None:
    shop = live(steps)
    told = days_of(shop.events)
    replayed = [*shop.events, *Random(seed).choices(shop.events, k=len(shop.events))] if shop.events else []
    Random(seed).shuffle(replayed)
    assert days_of(replayed) == told
    assert sum(day.figures.revenue for day in told.values()) == sum(shop.ledger.values())
    assert sum(day.figures.purchases for day in told.values()) == len(shop.ledger)
    assert sum(day.figures.gap for day in told.values()) == 0
    assert counted(day.moves for day in told.values()) == {
        name: sum(segment == name for _, segment in shop.segments.values()) for name in get_args(SegmentName)
    }


def test_a_day_in_figures() -> None:
    shop, at = Shop(), START
    shop.register("g_anna", at)
    first = shop.sell("g_anna", at, amount=25_000, cups=2, points=1_000, discount=500)
    shop.sell("g_anna", at + timedelta(minutes=40), amount=None, staff="s_oleg")
    wrong = shop.sell("g_boris", at + timedelta(hours=1), amount=90_000)
    shop.undo(wrong, at + timedelta(hours=1, minutes=3), staff="s_oleg")
    shop.give("g_anna", at)
    shop.rate(first, 2, 1, at)
    shop.rate(first, 5, 2, at + timedelta(minutes=50))
    (day,) = days_of(shop.events).values()
    figures = day.figures
    assert (figures.purchases, figures.cups, figures.revenue, figures.billed) == (2, 3, 23_500, 1)
    assert (figures.average_ticket, figures.discount, figures.points) == (23_500, 500, 1_000)
    assert (figures.undos, figures.gifts, figures.new_guests, figures.stars) == (1, 1, 1, (0, 0, 0, 0, 1))
    assert day.buyers == day.registered == 1 << PLACES["g_anna"]
    assert (day.hours[8], day.hours[9]) == ((1, 23_500), (1, 0))  # half past eight and ten past nine in Moscow
    assert (day.staff["s_oleg"].undos, day.staff["s_oleg"].purchases, day.staff["s_anya"].csat) == (1, 1, 100.0)


def test_an_undo_after_midnight_takes_the_purchase_out_of_its_own_day() -> None:
    shop = Shop()
    evening = CALENDAR.end(CALENDAR.day(START)) - timedelta(minutes=5)
    shop.undo(shop.sell("g_anna", evening, amount=10_000), evening + timedelta(minutes=10))
    sold, undone = (days_of(shop.events)[CALENDAR.day(START) + timedelta(days=each)] for each in range(2))
    assert (sold.figures.purchases, sold.figures.undos) == (0, 0)
    assert (undone.figures.purchases, undone.figures.undos) == (0, 1)


def test_money_that_an_account_moved_otherwise_is_noticed() -> None:
    shop = Shop()
    event = shop.sell("g_anna", START, amount=10_000)
    shop.events[0] = event.model_copy(update={"account": event.account.model_copy(update={"spent": 9_999})})
    (day,) = days_of(shop.events).values()
    assert day.figures.gap == -1


def test_won_back_are_those_who_became_active_again() -> None:
    moves: list[Moves] = [
        {("leaving", "active"): 2, ("sleeping", "active"): 9},
        {("rare", "active"): 1, (None, "active"): 5},
    ]
    assert won_back(moves) == 3
