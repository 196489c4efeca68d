"""Lots, tiers, referral: what is spent first, what expires, what is owed (F15)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bezkart.kernel.calendar import ShopCalendar
from bezkart.kernel.ids import GuestIds
from services.purchases.domain import bonuses
from services.purchases.domain.account import Account
from services.purchases.domain.earning import new_lot
from services.purchases.domain.errors import ReferralOwn, ReferralSetBefore, ReferralTooLate
from services.purchases.domain.operation import Actor, Purchase
from services.purchases.domain.points import Lot, Wallet, opposite
from services.purchases.domain.program import Points, Program
from services.purchases.domain.spend import Spend
from services.purchases.domain.terms import Terms
from services.purchases.store.documents import changing, remembering

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
MOSCOW = ShopCalendar("Europe/Moscow")
PROGRAM = Program(mode="both", points=Points(valid_days=10, warn_days=3, referral_friend=500, referral_referrer=700))
OWNER = Actor("s_owner", "owner", is_owner=True)
TERMS = Terms(PROGRAM, MOSCOW, NOW, OWNER)


def lot(day: int, left: int, *, valid: int = 10) -> Lot:
    start = MOSCOW.midnight(MOSCOW.day(NOW + timedelta(days=day)))
    return Lot(start, start + timedelta(days=valid), "purchase", left)


def test_points_are_good_for_whole_days_after_the_day_they_were_earned() -> None:
    made = new_lot("purchase", 1, NOW, PROGRAM, MOSCOW)
    assert made.day == datetime(2026, 11, 20, 21, tzinfo=UTC)
    assert made.expires_at == datetime(2026, 12, 1, 21, tzinfo=UTC)
    assert Wallet((made,)).spendable(made.expires_at - timedelta(seconds=1)) == 1
    assert Wallet((made,)).spendable(made.expires_at) == 0


def test_the_oldest_points_are_spent_first_and_come_back_to_their_lots() -> None:
    wallet = Wallet().moved([lot(0, 30), lot(-2, 10), lot(-1, 20)])
    taken = wallet.oldest(25, NOW)
    assert [part.left for part in taken] == [10, 15]
    after = wallet.moved(opposite(taken))
    assert [each.left for each in after.lots] == [5, 30]
    assert after.moved(taken) == wallet


def test_what_is_owed_is_paid_from_what_expires() -> None:
    wallet = Wallet((lot(-11, 50), lot(0, -30)))
    left, lost = wallet.expired(NOW)
    assert (left.lots, lost) == ((), 20)
    left, lost = Wallet((lot(-11, 10), lot(0, -30))).expired(NOW)
    assert (left.net, lost) == (-20, 0)


def test_points_past_their_day_are_not_taken_back_twice() -> None:
    old = lot(-11, 50)
    assert [each.left for each in Wallet().returned([old], NOW)] == [0]
    assert [each.left for each in Wallet((replace(old, left=20),)).returned([old], NOW)] == [20]


@given(moves=st.lists(st.tuples(st.integers(-3, 3), st.integers(-50, 50)), max_size=12), seed=st.randoms())
def test_any_order_of_moves_gives_the_same_wallet(moves: list[tuple[int, int]], seed: Random) -> None:
    lots = [lot(day, left) for day, left in moves]
    shuffled = list(lots)
    seed.shuffle(shuffled)
    assert Wallet().moved(lots) == Wallet().moved(shuffled)
    assert Wallet().moved(lots).moved(opposite(shuffled)) == Wallet()


def test_the_year_of_a_tier_is_exact_to_the_day() -> None:
    day = MOSCOW.day(NOW)
    spend = Spend().plus(day - timedelta(days=365), 1).plus(day - timedelta(days=364), 10).plus(day, 100)
    assert spend.within_year(day) == 110
    assert spend.since(day).days.keys() == {day.toordinal() - 364, day.toordinal()}
    earlier_again = spend.plus(day - timedelta(days=400), 5)
    assert list(earlier_again.days) == sorted(earlier_again.days)
    assert spend.plus(day, -100) == Spend().plus(day - timedelta(days=365), 1).plus(day - timedelta(days=364), 10)


def test_nobody_brings_oneself_or_twice_or_after_having_bought() -> None:
    account = Account.opened("g_1", "RUB", PROGRAM)
    with pytest.raises(ReferralOwn):
        bonuses.refer(account, "g_1", TERMS)
    referred = bonuses.refer(account, "g_2", TERMS)
    with pytest.raises(ReferralSetBefore):
        bonuses.refer(referred, "g_3", TERMS)
    bought = account.record(Purchase("p", NOW, 1), OWNER, PROGRAM, MOSCOW)
    with pytest.raises(ReferralTooLate):
        bonuses.refer(bought, "g_2", TERMS)


def test_the_bonus_goes_with_the_first_purchase_and_comes_with_the_next_first_one() -> None:
    account = bonuses.refer(Account.opened("g_1", "RUB", PROGRAM), "g_2", TERMS)
    first = account.record(Purchase("p1", NOW, 1), OWNER, PROGRAM, MOSCOW)
    assert first.wallet.net == 500
    second = first.record(Purchase("p2", NOW, 1), OWNER, PROGRAM, MOSCOW)
    assert second.wallet.net == 500
    undone = second.undo("p1", OWNER, NOW, PROGRAM, MOSCOW)
    assert undone.wallet.net == 0
    third = undone.record(Purchase("p3", NOW, 1), OWNER, PROGRAM, MOSCOW)
    assert third.wallet.net == 500
    assert third.operations[0].effect.referral
    assert third.operations[0].effect.referral.lot.left == 700


@pytest.mark.parametrize("order", list(permutations([(1, 700), (2, None), (3, 700)])))
def test_news_of_a_friend_come_in_any_order_and_twice(order: tuple[tuple[int, int | None], ...]) -> None:
    account = Account.opened("g_2", "RUB", PROGRAM)
    for version, points in (*order, *order):
        news = new_lot("referral", points, NOW, PROGRAM, MOSCOW) if points else None
        account = bonuses.learn_friend(account, "g_1", version, news, TERMS) or account
    assert account.wallet.net == 700
    assert account.entries == len([line for line in account.operations if line.effect.points])


def test_an_account_survives_its_document() -> None:
    account = bonuses.refer(Account.opened("g_1", "RUB", PROGRAM), "g_2", TERMS)
    for name, amount in (("p1", 1000_00), ("p2", 300_00)):
        spend = account.wallet.spendable(NOW) // 2
        account = account.record(
            Purchase(name, NOW, 7, amount, ("раф",), "bar"), OWNER, PROGRAM, MOSCOW, spend_points=spend
        )
    account = account.undo("p2", OWNER, NOW, PROGRAM, MOSCOW)
    document = {"_id": "g_1", "version": account.version, **changing(account, [], (), NOW).state}
    assert remembering(document).account == account


def test_an_account_of_the_time_before_points_is_read() -> None:
    account = Account(guest_id="g_1", currency="RUB", card_size=6).record(
        Purchase("p1", NOW, 7), OWNER, Program(), MOSCOW
    )
    state = changing(account, [], (), NOW).state
    new = {"card_gift", "promised", "request", "points", "lots", "spend", "brought", "flags", "referred_by"}
    new |= {"awaits_bonus", "welcomed", "warned_through", "due"}
    old = {name: value for name, value in state.items() if name not in new}
    old["operations"] = [{name: value for name, value in old["operations"][0].items() if name != "stamps"}]
    read = remembering({"_id": "g_1", "version": 1, **old}).account
    assert read.undo("p1", OWNER, NOW, Program(), MOSCOW).stamps == 0


def test_a_code_to_share_is_one_guests_in_one_shop() -> None:
    ids = GuestIds("k" * 40)
    guest_id = ids.issue("demo")
    code = ids.share_code(guest_id)
    assert ids.shared("demo", code) == ids.shared("demo", f" {code.upper()} ") == guest_id
    assert ids.shared("other", code) != guest_id
    assert code not in {guest_id, guest_id.removeprefix("g_")}
    for broken in ("", code[:-1], code + "a", "1" * 20, "я" * 20):
        assert ids.shared("demo", broken) is None
