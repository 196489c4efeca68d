"""A promotion's states, what is said of it, and which of them add up (F31)."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from bezkart.kernel.calendar import ShopCalendar
from bezkart.kernel.promotion import Benefit, Conditions, PromotionInvalid, Rule, check_rule
from services.campaigns.domain.errors import DateInPast
from services.campaigns.domain.promotion import (
    Phase,
    Promotion,
    PromotionEnded,
    PromotionStarted,
    adding_up,
    checked,
)
from services.campaigns.domain.promotion_words import describe
from services.campaigns.domain.scenarios import SCENARIOS

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TENTH = Rule("discount", "Скидка", Benefit(percent=10))
MOSCOW = ShopCalendar("Europe/Moscow")


def promotion(rule: Rule = TENTH, name: str = "p", **when: Any) -> Promotion:
    conditions = replace(rule.conditions, **when)
    return Promotion(name, replace(rule, conditions=conditions), created_at=NOW, created_by="s_1")


def test_off_on_and_ended_for_good() -> None:
    made = promotion()
    on = made.resume(NOW)
    assert (made.state, on.state, on.started_at, on.pause().state) == ("paused", "active", NOW, "paused")
    ended = on.pause("plan-required").end(NOW + timedelta(days=1))
    assert (ended.state, ended.reason) == ("ended", "")
    assert ended.end(NOW + timedelta(days=2)) == ended
    with pytest.raises(PromotionEnded):
        ended.resume(NOW)
    with pytest.raises(PromotionEnded):
        ended.pause()
    with pytest.raises(PromotionEnded):
        ended.change(TENTH, NOW)
    with pytest.raises(PromotionStarted):
        on.delete(NOW)
    assert made.delete(NOW).deleted


def test_what_guests_know_keeps_its_kind() -> None:
    coupon = replace(TENTH, kind="coupon")
    assert promotion().change(coupon, NOW).rule == coupon
    with pytest.raises(PromotionInvalid):
        promotion().resume(NOW).change(coupon, NOW)


def test_days_in_the_past_and_faults_are_at_their_fields() -> None:
    with pytest.raises(DateInPast) as past:
        checked(replace(TENTH, conditions=Conditions(until_at=NOW)), NOW)
    assert past.value.pointer == "/rule/conditions/until_at"
    with pytest.raises(PromotionInvalid) as wrong:
        checked(replace(TENTH, benefit=Benefit()), NOW)
    assert wrong.value.pointer == "/rule/benefit"


@pytest.mark.parametrize(
    ("when", "on", "phase"),
    [
        ({}, False, "off"),
        ({}, True, "now"),
        ({"from_at": NOW + timedelta(seconds=1)}, True, "later"),
        ({"from_at": NOW}, True, "now"),
        ({"until_at": NOW}, True, "over"),
        ({"until_at": NOW}, False, "over"),
    ],
)
def test_phase(when: dict[str, Any], on: bool, phase: Phase) -> None:
    made = promotion(**when)
    assert replace(made, state="active" if on else "paused").phase(NOW) == phase


@pytest.mark.parametrize(
    ("mine", "theirs", "together"),
    [
        ({}, {}, True),
        ({"segments": ("new",)}, {"segments": ("rare", "active")}, False),
        ({"segments": ("new", "rare")}, {"segments": ("rare",)}, True),
        ({"weekdays": (1, 2)}, {"weekdays": (3,)}, False),
        ({"until_at": NOW + timedelta(days=1)}, {"from_at": NOW + timedelta(days=1)}, False),
        ({"from_time": time(9), "until_time": time(12)}, {"from_time": time(12), "until_time": time(15)}, False),
        ({"from_time": time(22), "until_time": time(2)}, {"from_time": time(1), "until_time": time(5)}, True),
        ({"from_time": time(22), "until_time": time(0)}, {"from_time": time(1), "until_time": time(5)}, False),
    ],
)
def test_promotions_that_take_money_off_the_same_bill(
    mine: dict[str, Any], theirs: dict[str, Any], together: bool
) -> None:
    one, other = promotion(name="a", **mine), promotion(name="b", **theirs).resume(NOW)
    assert adding_up(one, [one, other], NOW) == ((other,) if together else ())
    assert adding_up(one.resume(NOW), [replace(other, state="paused")], NOW) == ()


def test_one_group_or_no_money_adds_nothing_up() -> None:
    grouped = [promotion(replace(TENTH, group="g"), name).resume(NOW) for name in "ab"]
    assert adding_up(grouped[0], grouped, NOW) == ()
    stamps = promotion(Rule("extra-stamps", "Штампы", Benefit(stamps=1)), "c").resume(NOW)
    assert adding_up(stamps, grouped, NOW) == adding_up(grouped[0], [stamps], NOW) == ()


@pytest.mark.parametrize(
    ("rule", "russian", "english"),
    [
        (
            replace(
                TENTH,
                benefit=Benefit(percent=15, most=100_00),
                conditions=Conditions(
                    segments=("rare",), weekdays=(2, 1), from_time=time(14), until_time=time(17), min_amount=1200_00
                ),
            ),
            "Скидка 15\u00a0%, не больше 100\u00a0₽ · от 1\u00a0200\u00a0₽ · пн, вт · 14:00–17:00 · для редких гостей",
            "15% off, at most 100\u00a0₽ · from 1\u00a0200\u00a0₽ · Mon, Tue · 14:00–17:00 · for rare guests",
        ),
        (Rule("n-for-m", "", Benefit(buy=2, pay=1)), "2 по цене 1", "2 for the price of 1"),
        (Rule("bonus-multiplier", "", Benefit(factor=150)), "Баллы ×1,5", "Points ×1.5"),
        (
            Rule("combo", "", Benefit(price=390_50), conditions=Conditions(items=("Раф", "Сырник"))),
            "Вместе за 390,50\u00a0₽ · Раф + Сырник",
            "Together for 390,50\u00a0₽ · Раф + Сырник",
        ),
        (
            replace(TENTH, conditions=Conditions(until_at=NOW, first_purchase=True)),
            "Скидка 10\u00a0% · до 20.11 12:00 · на первую покупку",
            "10% off · until 20.11 12:00 · for the first purchase",
        ),
        (
            Rule("spend-get", "", Benefit(gift="чай"), conditions=Conditions(min_amount=1)),
            "В подарок: чай · от 0,01\u00a0₽",
            "A gift: чай · from 0,01\u00a0₽",
        ),
    ],
)
def test_in_words(rule: Rule, russian: str, english: str) -> None:
    said = [describe(rule, currency="RUB", calendar=MOSCOW, language=language) for language in ("ru", "en")]
    assert said == [russian, english]


def test_promotions_of_ready_scenarios_can_be_kept() -> None:
    rules = [each.promotion for each in SCENARIOS.values() if each.promotion]
    assert len(rules) >= 2
    for rule in rules:
        check_rule(rule)
