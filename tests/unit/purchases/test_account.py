"""The account's rules: counting, gifts, and undo as the exact inverse (F10, F11, F13, F16)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bezkart.kernel.calendar import ShopCalendar
from services.purchases.domain.account import Account
from services.purchases.domain.errors import (
    AlreadyUndone,
    GiftAlreadyIssued,
    PurchaseNotFound,
    UndoNotAllowed,
    UndoTooLate,
)
from services.purchases.domain.operation import Actor, Purchase
from services.purchases.domain.program import Program

NOON = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
MOSCOW = ShopCalendar("Europe/Moscow")
PROGRAM = Program()
ANYA = Actor("s_anya", "barista", is_owner=False)
BORIS = Actor("s_boris", "barista", is_owner=False)
OWNER = Actor("s_owner", "owner", is_owner=True)


def empty() -> Account:
    return Account(guest_id="g_1", currency="RUB", card_size=PROGRAM.cups_per_gift)


def bought(account: Account, name: str, cups: int = 1, *, at: datetime = NOON, program: Program = PROGRAM) -> Account:
    return account.record(Purchase(name, at, cups, amount=cups * 150_00), ANYA, program, MOSCOW)


def counters(account: Account) -> Account:
    """What the guest has, without the history of how it came."""
    return replace(account, version=0, operations=(), entries=0)


def test_a_purchase_counts() -> None:
    account = bought(empty(), "p1", 2)
    assert (account.version, account.purchases, account.cups, account.stamps, account.gifts) == (1, 1, 2, 2, 0)
    assert account.spent == 300_00
    assert account.first_purchase_at == account.last_purchase_at == NOON


@pytest.mark.parametrize(("cups", "gifts", "stamps"), [(5, 0, 5), (6, 1, 0), (7, 1, 1), (13, 2, 1), (20, 3, 2)])
def test_every_sixth_cup_is_a_gift(cups: int, gifts: int, stamps: int) -> None:
    account = bought(empty(), "p1", cups)
    assert (account.gifts, account.stamps) == (gifts, stamps)


def test_an_open_card_ends_under_the_rules_it_began_with() -> None:
    account = bought(empty(), "p1", 4)
    account = bought(account, "p2", 3, program=Program(cups_per_gift=10))
    assert (account.gifts, account.stamps, account.card_size) == (1, 1, 10)


def test_a_barista_undoes_only_own_purchases_and_only_for_a_while() -> None:
    account = bought(empty(), "p1")
    with pytest.raises(UndoNotAllowed):
        account.undo("p1", BORIS, NOON, PROGRAM, MOSCOW)
    with pytest.raises(UndoTooLate):
        account.undo("p1", ANYA, NOON + timedelta(minutes=15, seconds=1), PROGRAM, MOSCOW)
    undone = account.undo("p1", ANYA, NOON + timedelta(minutes=15), PROGRAM, MOSCOW)
    assert undone.purchases == 0


def test_the_owner_undoes_any_of_today_but_not_of_yesterday() -> None:
    account = bought(empty(), "p1")
    assert account.undo("p1", OWNER, NOON + timedelta(hours=10), PROGRAM, MOSCOW).purchases == 0
    with pytest.raises(UndoTooLate):
        account.undo("p1", OWNER, NOON + timedelta(hours=12), PROGRAM, MOSCOW)


def test_a_second_undo_conflicts_and_an_unknown_purchase_is_not_found() -> None:
    account = bought(empty(), "p1").undo("p1", ANYA, NOON, PROGRAM, MOSCOW)
    with pytest.raises(AlreadyUndone):
        account.undo("p1", ANYA, NOON, PROGRAM, MOSCOW)
    with pytest.raises(PurchaseNotFound):
        account.undo("p2", ANYA, NOON, PROGRAM, MOSCOW)


def test_a_purchase_whose_gift_was_issued_stays() -> None:
    account = replace(bought(empty(), "p1", 6), gifts=0)
    with pytest.raises(GiftAlreadyIssued):
        account.undo("p1", ANYA, NOON, PROGRAM, MOSCOW)


def test_what_leaves_the_short_history_still_dates_the_account() -> None:
    program = Program(operations_shown=2)
    account = empty()
    for day in range(5):
        account = bought(account, f"p{day}", at=NOON + timedelta(days=day), program=program)
    assert [line.purchase.id for line in account.operations] == ["p4", "p3"]
    now = NOON + timedelta(days=4)
    account = account.undo("p4", ANYA, now, program, MOSCOW)
    assert account.last_purchase_at == NOON + timedelta(days=3)
    assert account.first_purchase_at == NOON


def test_all_of_today_stays_undoable_however_short_the_history_shown() -> None:
    program = Program(operations_shown=1)
    account = empty()
    for each in range(20):
        account = bought(account, f"p{each}", program=program)
    for each in range(20):
        account = account.undo(f"p{each}", OWNER, NOON, program, MOSCOW)
    assert counters(account) == empty()


def test_imported_purchases_count_and_cannot_be_undone() -> None:
    past = [Purchase(f"i{day}", NOON - timedelta(days=day), 1, 100) for day in (30, 20, 10)]
    account = bought(empty(), "p1").import_history(past, OWNER, PROGRAM, now=NOON, calendar=MOSCOW)
    assert (account.purchases, account.stamps, account.entries, account.version) == (4, 4, 4, 2)
    assert account.first_purchase_at == NOON - timedelta(days=30)
    with pytest.raises(PurchaseNotFound):
        account.undo("i10", OWNER, NOON, PROGRAM, MOSCOW)
    undone = account.undo("p1", ANYA, NOON, PROGRAM, MOSCOW)
    assert undone.last_purchase_at == NOON - timedelta(days=10)


def test_erased_keeps_nothing_but_the_mark() -> None:
    erased = bought(empty(), "p1", 6).erase()
    assert erased == Account(guest_id="g_1", currency="RUB", card_size=6, version=2, erased=True)


@given(
    before=st.lists(st.integers(1, 20), max_size=8),
    cups=st.integers(1, 20),
    sizes=st.lists(st.integers(2, 12), min_size=2, max_size=2),
)
def test_undo_is_an_exact_inverse(before: list[int], cups: int, sizes: list[int]) -> None:
    account = empty()
    for place, each in enumerate(before):
        program = Program(cups_per_gift=sizes[place % 2])
        account = bought(account, f"b{place}", each, program=program, at=NOON + timedelta(seconds=place))
    program = Program(cups_per_gift=sizes[0])
    changed = bought(account, "last", cups, program=program, at=NOON + timedelta(minutes=1))
    restored = changed.undo("last", ANYA, NOON + timedelta(minutes=2), program, MOSCOW)
    kept = len(restored.closed)
    assert replace(counters(restored), closed=()) == replace(counters(account), closed=())
    assert account.closed[len(account.closed) - kept :] == restored.closed


class AnyOrder(RuleBasedStateMachine):
    """Purchases and undo's in any order: never negative, always the sum of what counts, back at the start in the end."""

    def __init__(self) -> None:
        super().__init__()
        self.account = empty()
        self.live: dict[str, int] = {}
        self.names = count()
        self.now = NOON

    @initialize(size=st.integers(2, 12))
    def choose(self, size: int) -> None:
        self.program = Program(cups_per_gift=size, operations_shown=3)
        self.account = replace(self.account, card_size=size)
        self.start = self.account

    @rule(cups=st.integers(1, 20))
    def buy(self, cups: int) -> None:
        name = f"p{next(self.names)}"
        self.now += timedelta(seconds=1)
        self.account = bought(self.account, name, cups, at=self.now, program=self.program)
        self.live[name] = cups

    @precondition(lambda self: self.live)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.live)))
        self.account = self.account.undo(name, OWNER, self.now, self.program, MOSCOW)
        del self.live[name]

    @invariant()
    def balances(self) -> None:
        total = sum(self.live.values())
        account = self.account
        assert (account.purchases, account.cups, account.spent) == (len(self.live), total, total * 150_00)
        assert account.gifts * account.card_size + account.stamps == total
        assert 0 <= account.stamps < account.card_size
        assert account.gifts >= 0

    def teardown(self) -> None:
        for name in self.live:
            self.account = self.account.undo(name, OWNER, self.now, self.program, MOSCOW)
        assert counters(self.account) == counters(self.start)


TestAnyOrder = AnyOrder.TestCase
