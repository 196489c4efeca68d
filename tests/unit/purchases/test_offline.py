"""The offline code (F45): the standard's numbers, the skew, and every step once."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bezkart.kernel.calendar import ShopCalendar
from services.purchases.domain import gifts
from services.purchases.domain.account import Account
from services.purchases.domain.errors import CodeUsedBefore, NoGift
from services.purchases.domain.offline import (
    SKEW_SECONDS,
    STEP_SECONDS,
    code_of,
    matching_step,
    offline_code,
    offline_secret,
    step_of,
)
from services.purchases.domain.operation import Actor, Purchase
from services.purchases.domain.program import Program
from services.purchases.domain.terms import Terms

SECRET = offline_secret(b"k" * 32, "demo", "g_1")
NOW = datetime(2026, 11, 22, 9, 0, 7, tzinfo=UTC)
MOMENTS = st.integers(1_767_225_600_000, 4_102_444_800_000).map(lambda at: datetime.fromtimestamp(at / 1000, UTC))


def at(moment: datetime) -> str:
    return code_of(SECRET, step_of(moment.timestamp()))


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "46119246"),
        (1_111_111_109, "68084774"),
        (1_111_111_111, "67062674"),
        (1_234_567_890, "91819424"),
        (2_000_000_000, "90698825"),
        (20_000_000_000, "77737706"),
    ],
)
def test_the_numbers_of_rfc_6238(seconds: int, code: str) -> None:
    assert code_of(b"12345678901234567890123456789012", step_of(seconds)) == code


def test_a_secret_is_one_guests_in_one_shop() -> None:
    others = {offline_secret(b"k" * 32, shop, guest) for shop in ("demo", "other") for guest in ("g_1", "g_2")}
    assert len(others) == 4
    assert offline_secret(b"x" * 32, "demo", "g_1") not in others


@given(MOMENTS, st.integers(-SKEW_SECONDS, SKEW_SECONDS))
def test_clocks_a_minute_apart_agree(now: datetime, skew: int) -> None:
    assert matching_step(SECRET, at(now + timedelta(seconds=skew)), now, taken=0) is not None


@given(MOMENTS, st.integers(SKEW_SECONDS + STEP_SECONDS, 10_000), st.sampled_from((1, -1)))
def test_clocks_further_apart_do_not(now: datetime, seconds: int, way: int) -> None:
    code = at(now + timedelta(seconds=seconds * way))
    near = {at(now + timedelta(seconds=each)) for each in range(-SKEW_SECONDS, SKEW_SECONDS + 1)}
    assert matching_step(SECRET, code, now, taken=0) is None or code in near


def test_a_step_is_taken_once_and_no_older_one_after_it() -> None:
    step = matching_step(SECRET, at(NOW), NOW, taken=0)
    assert step == step_of(NOW.timestamp())
    for old in (NOW, NOW - timedelta(seconds=30)):
        with pytest.raises(CodeUsedBefore):
            matching_step(SECRET, at(old), NOW, taken=step)
    assert matching_step(SECRET, at(NOW + timedelta(seconds=30)), NOW, taken=step) == step + 1
    assert matching_step(SECRET, "00000000", NOW, taken=step) is None


@given(MOMENTS, st.integers(-3, 2))
def test_what_is_shown_is_accepted_until_it_says_and_was_not_taken(now: datetime, ahead: int) -> None:
    taken = step_of(now.timestamp()) + ahead
    shown = offline_code(SECRET, now, taken=taken)
    step = max(step_of(now.timestamp()), taken + 1)
    last = shown.good_until - timedelta(milliseconds=1)
    assert matching_step(SECRET, shown.code, last, taken=taken) == step
    assert matching_step(SECRET, shown.code, shown.good_until, taken=taken) != step


class TestAccount:
    terms = Terms(Program(), ShopCalendar("UTC"), NOW, Actor("s_anya", "barista", is_owner=False))

    def account(self, cups: int) -> Account:
        opened = Account.opened("g_1", "RUB", self.terms.program)
        return opened.record(Purchase("p_1", NOW, cups), self.terms.actor, self.terms.program, self.terms.calendar)

    def test_a_gift_goes_and_the_step_is_remembered(self) -> None:
        requested = gifts.request_gift(self.account(6), "gift_1", self.terms)
        issued = gifts.issue_offline(requested, "gift_1", 7, self.terms)
        assert (issued.gifts, issued.offline_step, issued.request) == (0, 7, None)
        assert issued.operations[0].effect.reason == "offline-code"
        assert issued.version == requested.version + 1

    def test_an_undone_gift_returns_and_its_code_does_not(self) -> None:
        issued = gifts.issue_offline(self.account(6), "gift_1", 7, self.terms)
        undone = gifts.undo_gift(issued, "gift_1", self.terms)
        assert (undone.gifts, undone.offline_step) == (1, 7)

    def test_without_a_gift_there_is_nothing_to_hand_over(self) -> None:
        with pytest.raises(NoGift):
            gifts.issue_offline(self.account(5), "gift_1", 7, self.terms)
