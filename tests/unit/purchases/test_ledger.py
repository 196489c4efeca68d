"""Entries follow from the account's events and always lead from the balance before to the one after."""

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bezkart.contracts.purchases import PurchaseRecorded, PurchasesImported, PurchaseUndone
from bezkart.kernel.calendar import ShopCalendar
from services.purchases.domain.account import Account
from services.purchases.domain.operation import Actor, Purchase
from services.purchases.domain.program import Program
from services.purchases.domain.terms import Terms
from services.purchases.usecases.events import account_state, actor_fact, purchase_fact
from services.purchases.usecases.write_ledger import entries_of

NOW = datetime(2026, 11, 21, tzinfo=UTC)
ACTOR = Actor("s_1", "owner", is_owner=True)
MOSCOW = ShopCalendar("Europe/Moscow")
TERMS = Terms(Program(), MOSCOW, NOW, ACTOR)


@given(cups=st.lists(st.integers(1, 15), min_size=1, max_size=20), size=st.integers(2, 9), next_size=st.integers(2, 9))
def test_an_imports_entries_chain_from_before_to_after(cups: list[int], size: int, next_size: int) -> None:
    account = Account(guest_id="g_1", currency="RUB", card_size=size)
    bought = [Purchase(f"p{n}", NOW - timedelta(days=99 - n), each, each * 100) for n, each in enumerate(cups)]
    program = Program(cups_per_gift=next_size)
    changed = account.import_history(bought, ACTOR, program, now=NOW, calendar=MOSCOW)
    event = PurchasesImported(
        shop="demo",
        guest_id="g_1",
        purchases=tuple(purchase_fact(each) for each in bought),
        imported_at=NOW,
        actor=actor_fact(ACTOR),
        before=account_state(account, TERMS),
        account=account_state(changed, TERMS),
    )
    entries = entries_of(event)
    assert len(entries) == changed.entries == len(cups)
    assert len({entry.id for entry in entries}) == len(entries)
    for earlier, later in itertools.pairwise(entries):
        assert earlier.after == later.before
    last = entries[-1].after
    assert (last.purchases, last.cups, last.stamps, last.gifts, last.spent) == (
        changed.purchases,
        changed.cups,
        changed.stamps,
        changed.gifts,
        changed.spent,
    )


def test_a_purchase_earns_and_its_undo_reverses() -> None:
    account = Account(guest_id="g_1", currency="RUB", card_size=6)
    program, purchase = Program(), Purchase("p1", NOW, 7, 900)
    after = account.record(purchase, ACTOR, program, MOSCOW)
    back = after.undo("p1", ACTOR, NOW, program, MOSCOW)
    earned = PurchaseRecorded(
        shop="demo",
        guest_id="g_1",
        purchase=purchase_fact(purchase),
        actor=actor_fact(ACTOR),
        before=account_state(account, TERMS),
        account=account_state(after, TERMS),
    )
    reversed_ = PurchaseUndone(
        shop="demo",
        guest_id="g_1",
        purchase=purchase_fact(purchase),
        undone_at=NOW,
        actor=actor_fact(ACTOR),
        before=account_state(after, TERMS),
        account=account_state(back, TERMS),
    )
    (earn,), (reverse,) = entries_of(earned), entries_of(reversed_)
    assert (earn.kind, earn.cups, earn.amount, earn.after.gifts) == ("earn", 7, 900, 1)
    assert (reverse.kind, reverse.cups, reverse.amount) == ("reverse", -7, -900)
    assert reverse.after == earn.before
    assert earn.id != reverse.id
