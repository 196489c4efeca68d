"""The projection of a guest: any order and any number of events, one result."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from services.campaigns.domain.guest import REMEMBERED, Account, Guest, Profile, Visit
from services.campaigns.store.guests import COUNTED, guest_document

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PROFILE = Profile(NOW, "terminal", has_phone=True, has_telegram=True, ads=True, birthday="05-17")
ACCOUNT = Account(3, NOW, stamps=3, card_size=6, gifts=0, points=500, tier="bronze")
LATER = Account(4, NOW, stamps=4, card_size=6, gifts=0, points=700, tier="silver")


def visit(number: int, *items: str, undone: bool = False) -> Visit:
    return Visit(f"p_{number}", NOW + timedelta(minutes=number), items, undone)


LESSONS: tuple[Callable[[Guest], Guest], ...] = (
    lambda guest: guest.learn_profile(1, PROFILE),
    lambda guest: guest.learn_account(3, ACCOUNT, (visit(1, "latte"),)),
    lambda guest: guest.learn_account(4, LATER, (visit(2, "espresso"),)),
    lambda guest: guest.learn_account(5, ACCOUNT, (visit(2, "espresso", undone=True),)),
    lambda guest: guest.learn_segment(2, "active"),
)


def test_any_order_and_any_number_give_the_same_guest() -> None:
    results = set()
    for order in permutations(LESSONS):
        guest = Guest("g")
        for lesson in (*order, *order):
            guest = lesson(guest)
        results.add(guest)
    (guest,) = results
    assert guest.account == ACCOUNT
    assert guest.segment == "active"
    assert guest.favourites == ("latte",), "the undone purchase does not count, though its event may come first"


def test_what_is_known_already_makes_no_write() -> None:
    guest = Guest("g").learn_profile(1, PROFILE).learn_account(3, ACCOUNT, (visit(1, "latte"),))
    assert guest.learn_profile(1, PROFILE) is guest
    assert guest.learn_account(3, ACCOUNT, (visit(1, "latte"),)) is guest


def test_an_erased_guest_learns_nothing_any_more() -> None:
    guest = Guest("g", version=7).learn_profile(1, PROFILE).learn_segment(1, "new").erase()
    for lesson in LESSONS:
        assert lesson(guest) is guest
    assert guest.erase() is guest
    document = guest_document(guest)
    assert document["registered_at"] is None
    assert document["birthday"] is None
    assert document["reach"] == "none"


def test_reach() -> None:
    linked = Guest("g").learn_profile(1, PROFILE)
    assert linked.reach == "telegram"
    blocked = linked.learn_telegram(NOW, dead=True)
    assert blocked.reach == "web"
    assert blocked.learn_telegram(NOW - timedelta(hours=1), dead=False).reach == "web", "an older message knows less"
    nobody = Profile(NOW, "bot", has_phone=False, has_telegram=False, ads=True)
    assert blocked.learn_profile(2, nobody).reach == "none"
    assert blocked.learn_profile(2, nobody).learn_profile(3, PROFILE).reach == "telegram", "linked anew"


@given(st.lists(st.tuples(st.integers(0, 60), st.sampled_from(["latte", "tea", "mocha"])), max_size=80))
def test_favourites_come_of_the_latest_visits_in_any_order(bought: list[tuple[int, str]]) -> None:
    visits = list({number: visit(number, item) for number, item in bought}.values())
    forwards = backwards = Guest("g")
    for version, each in enumerate(visits, 1):
        forwards = forwards.learn_account(version, ACCOUNT, (each,))
    backwards = backwards.learn_account(1, ACCOUNT, tuple(reversed(visits)))
    assert forwards.visits == backwards.visits
    assert forwards.favourites == backwards.favourites
    assert len(forwards.visits) <= REMEMBERED


def test_the_index_counts_what_the_document_has() -> None:
    assert set(COUNTED) - {"free_at"} <= set(guest_document(Guest("g")))
