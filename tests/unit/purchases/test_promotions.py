"""Which promotions apply, why others do not, and that the guest never pays less than nothing (F31)."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bezkart.kernel.calendar import ShopCalendar
from bezkart.kernel.promotion import (
    Benefit,
    Conditions,
    Limits,
    PromotionInvalid,
    PromotionKind,
    Rule,
    SegmentName,
    check_rule,
)
from services.purchases.domain.offers import Applied, Coupon, Offers
from services.purchases.domain.promotions import Promotion, Sale, Verdict, applied_of, evaluate
from services.purchases.domain.validity import Reason

MOSCOW = ShopCalendar("Europe/Moscow")
FRIDAY_NOON = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)  # noon in Moscow
TEN_PERCENT = Rule("discount", "Скидка", Benefit(percent=10))
COUPON = Coupon("k_1", "p", FRIDAY_NOON + timedelta(days=1), "mailing:m:1")
SALE = Sale(
    at=FRIDAY_NOON,
    cups=2,
    amount=500_00,
    items=("Капучино", "Круассан"),
    spend_points=0,
    segment="rare",
    first=False,
    offers=Offers(),
    rate=500,
    stamps=True,
)


def verdicts(*rules: Rule, sale: Sale = SALE) -> tuple[Verdict, ...]:
    return evaluate([Promotion("p" * (at + 1), 1, rule) for at, rule in enumerate(rules)], sale, MOSCOW)


def gained(rule: Rule, sale: Sale = SALE) -> Applied:
    (verdict,) = verdicts(rule, sale=sale)
    assert verdict.applied, verdict.reason
    return verdict.applied


def refused(rule: Rule, sale: Sale = SALE) -> Reason | None:
    (verdict,) = verdicts(rule, sale=sale)
    assert (verdict.applied is None) == (verdict.reason is not None)
    return verdict.reason


@pytest.mark.parametrize(
    ("kind", "benefit", "discount"),
    [
        ("discount", Benefit(percent=15), 75_00),
        ("discount", Benefit(percent=50, most=100_00), 100_00),
        ("discount", Benefit(amount=120_00), 120_00),
        ("discount", Benefit(amount=900_00), 500_00),
        ("n-for-m", Benefit(buy=2, pay=1), 250_00),
        ("combo", Benefit(price=399_00), 101_00),
        ("combo", Benefit(price=700_00, amount=0), None),
        ("spend-get", Benefit(percent=10), 50_00),
    ],
)
def test_money_off(kind: PromotionKind, benefit: Benefit, discount: int | None) -> None:
    when = Conditions(min_amount=500_00, items=("капучино ", "КРУАССАН") if kind == "combo" else ())
    rule = Rule(kind, "Акция", benefit, conditions=when)
    check_rule(rule)
    if discount is None:
        assert refused(rule) == "nothing-left"
    else:
        assert gained(rule).discount == discount


def test_beside_the_bill() -> None:
    assert gained(Rule("bonus-multiplier", "×3", Benefit(factor=300))).points == 50_00
    assert gained(Rule("extra-stamps", "+2", Benefit(stamps=2))).stamps == 2
    assert gained(Rule("spend-get", "", Benefit(points=30_00))).points == 30_00
    gift = gained(Rule("spend-get", "", Benefit(gift="круассан"))).gift
    assert gift
    assert gift.en == "круассан"


def test_two_for_one_needs_no_bill() -> None:
    gain = gained(Rule("n-for-m", "", Benefit(buy=2, pay=1)), replace(SALE, amount=None, cups=5))
    assert (gain.free_cups, gain.discount) == (2, 0)


@pytest.mark.parametrize(
    ("when", "reason"),
    [
        (Conditions(segments=("active",)), "segment"),
        (Conditions(first_purchase=True), "first-purchase"),
        (Conditions(from_at=FRIDAY_NOON + timedelta(seconds=1)), "not-started"),
        (Conditions(until_at=FRIDAY_NOON), "over"),
        (Conditions(weekdays=(1, 6)), "weekday"),
        (Conditions(from_time=time(9), until_time=time(12)), "hours"),
        (Conditions(from_time=time(12, 1), until_time=time(14)), "hours"),
        (Conditions(from_time=time(22), until_time=time(2)), "hours"),
        (Conditions(items=("Латте", "чай")), "items"),
        (Conditions(min_amount=500_01), "min-amount"),
        (Conditions(weekdays=(5,), from_time=time(12), until_time=time(13), segments=("rare",)), None),
        (Conditions(items=("круассан",), from_at=FRIDAY_NOON, min_amount=500_00), None),
    ],
)
def test_conditions(when: Conditions, reason: Reason | None) -> None:
    rule = replace(TEN_PERCENT, conditions=when)
    check_rule(rule)
    assert refused(rule) == reason


def test_a_night_belongs_to_the_day_it_began_on() -> None:
    """Friday 22:00 to Saturday 02:00."""
    rule = replace(TEN_PERCENT, conditions=Conditions(weekdays=(5,), from_time=time(22), until_time=time(2)))
    reasons = [
        refused(rule, replace(SALE, at=datetime(2026, 11, 20, hour, 30, tzinfo=UTC))) for hour in (18, 19, 22, 23)
    ]
    assert reasons == ["hours", None, None, "hours"]
    assert refused(rule, replace(SALE, at=datetime(2026, 11, 19, 22, 30, tzinfo=UTC))) == "weekday"


@pytest.mark.parametrize(
    ("rule", "sale", "reason"),
    [
        (TEN_PERCENT, replace(SALE, amount=None), "amount-needed"),
        (TEN_PERCENT, replace(SALE, amount=0), "nothing-left"),
        (Rule("n-for-m", "", Benefit(buy=3, pay=2)), SALE, "cups"),
        (Rule("bonus-multiplier", "", Benefit(factor=200)), replace(SALE, rate=None), "no-points"),
        (Rule("extra-stamps", "", Benefit(stamps=1)), replace(SALE, stamps=False), "no-stamps"),
        (replace(TEN_PERCENT, limits=Limits(per_guest=2)), replace(SALE, offers=Offers(used={"p": 2})), "limit-guest"),
        (replace(TEN_PERCENT, limits=Limits(per_guest=2)), replace(SALE, offers=Offers(used={"p": 1})), None),
        (replace(TEN_PERCENT, kind="coupon"), SALE, "coupon"),
        (replace(TEN_PERCENT, kind="coupon"), replace(SALE, offers=Offers((COUPON,))), None),
        (
            replace(TEN_PERCENT, kind="coupon"),
            replace(SALE, offers=Offers((replace(COUPON, valid_until=FRIDAY_NOON),))),
            "coupon",
        ),
        (
            Rule("combo", "", Benefit(price=1), conditions=Conditions(items=("Капучино", "чай"))),
            SALE,
            "items",
        ),
        (
            Rule("combo", "", Benefit(price=1), conditions=Conditions(items=("Капучино", "Круассан"))),
            replace(SALE, items=("Капучино", "Круассан", "Вода")),
            "other-items",
        ),
    ],
)
def test_what_stands_in_the_way(rule: Rule, sale: Sale, reason: Reason | None) -> None:
    assert refused(rule, sale) == reason


def test_what_is_missing_is_told() -> None:
    far, few = verdicts(
        replace(TEN_PERCENT, conditions=Conditions(min_amount=620_00)), Rule("n-for-m", "", Benefit(buy=6, pay=5))
    )
    assert (far.left, few.left) == (120_00, 4)


def test_groups_stack_and_in_a_group_the_best_applies() -> None:
    first = replace(TEN_PERCENT, group="a", priority=1)
    better = replace(TEN_PERCENT, group="a", priority=9, benefit=Benefit(percent=20))
    other = replace(TEN_PERCENT, priority=5, benefit=Benefit(amount=100_00))
    one, two, three = verdicts(first, other, better)
    assert (one.reason, one.by) == ("better-one", "ppp")
    assert three.applied
    assert two.applied
    assert three.applied.discount == 100_00
    assert two.applied.discount == 100_00


def test_a_percent_is_of_what_is_left_and_points_of_what_is_paid() -> None:
    found = verdicts(
        replace(TEN_PERCENT, benefit=Benefit(amount=200_00), priority=1),
        replace(TEN_PERCENT, priority=2),
        Rule("bonus-multiplier", "", Benefit(factor=200), priority=1),
        sale=replace(SALE, spend_points=70_00),
    )
    gains = {each.promotion_id: each for each in applied_of(found)}
    assert gains["pp"].discount == 30_00
    assert gains["ppp"].points == (500_00 - 200_00 - 30_00 - 70_00) * 5 // 100


def test_a_coupon_is_not_taken_for_nothing() -> None:
    whole = replace(TEN_PERCENT, benefit=Benefit(percent=100), priority=1)
    free, wasted = verdicts(
        whole,
        replace(TEN_PERCENT, kind="coupon"),
        sale=replace(SALE, offers=Offers((replace(COUPON, promotion_id="pp"),))),
    )
    assert free.applied
    assert wasted.reason == "nothing-left"


MONEY = st.integers(0, 1000_00)
BENEFITS: st.SearchStrategy[tuple[PromotionKind, Benefit]] = st.one_of(
    st.builds(lambda percent, most: ("discount", Benefit(percent=percent, most=most)), st.integers(1, 100), MONEY),
    st.builds(lambda amount: ("discount", Benefit(amount=amount)), st.integers(1, 900_00)),
    st.builds(
        lambda buy, pay: ("n-for-m", Benefit(buy=buy, pay=min(pay, buy - 1))), st.integers(2, 6), st.integers(1, 5)
    ),
    st.builds(lambda factor: ("bonus-multiplier", Benefit(factor=factor)), st.integers(101, 1000)),
    st.builds(lambda stamps: ("extra-stamps", Benefit(stamps=stamps)), st.integers(1, 5)),
    st.builds(lambda percent: ("coupon", Benefit(percent=percent)), st.integers(1, 100)),
    st.builds(lambda points: ("coupon", Benefit(points=points)), st.integers(1, 500_00)),
)
SEGMENTS: list[SegmentName] = ["new", "active", "leaving", "rare", "sleeping"]
CONDITIONS = st.builds(
    Conditions,
    segments=st.lists(st.sampled_from(SEGMENTS), max_size=2).map(tuple),
    min_amount=st.just(0) | MONEY,
    weekdays=st.lists(st.integers(1, 7), max_size=3).map(tuple),
    first_purchase=st.booleans(),
)
RULES = st.builds(
    lambda given, when, limits, group, priority: Rule(
        given[0], "Акция", given[1], conditions=when, limits=limits, group=group, priority=priority
    ),
    BENEFITS,
    CONDITIONS,
    st.builds(Limits, per_guest=st.integers(0, 2), total=st.integers(0, 2)),
    st.sampled_from(["", "a", "b"]),
    st.integers(1, 3),
)
SALES = st.builds(
    Sale,
    at=st.just(FRIDAY_NOON),
    cups=st.integers(1, 12),
    amount=st.none() | MONEY,
    items=st.just(()),
    spend_points=st.just(0),
    segment=st.none() | st.sampled_from(SEGMENTS),
    first=st.booleans(),
    offers=st.builds(
        lambda owned: Offers(
            tuple(
                Coupon(f"k{each}", f"p{each}", FRIDAY_NOON + timedelta(hours=each + 1), "c") for each in sorted(owned)
            )
        ),
        st.sets(st.integers(0, 7)),
    ),
    rate=st.none() | st.just(700),
    stamps=st.booleans(),
)


@settings(deadline=None)
@given(rules=st.lists(RULES, max_size=8), sale=SALES, order=st.randoms())
def test_never_below_zero_one_of_a_group_and_always_the_same(rules: list[Rule], sale: Sale, order: Random) -> None:
    promotions = [Promotion(f"p{at}", 1, rule) for at, rule in enumerate(rules)]
    for rule in rules:
        check_rule(rule)
    found = evaluate(promotions, sale, MOSCOW)
    applied = applied_of(found)
    assert 0 <= sum(each.discount for each in applied) <= (sale.amount or 0)
    assert all(each.discount >= 0 and each.points >= 0 and not each.nothing for each in applied)
    groups = [each.promotion.rule.group for each in found if each.applied and each.promotion.rule.group]
    assert len(groups) == len(set(groups))
    assert all((each.applied is None) != (each.reason is None) for each in found)
    coupons = [each.coupon for each in applied if each.coupon]
    assert len(coupons) == len(set(coupons))
    assert set(coupons) <= set(sale.offers.coupons)
    order.shuffle(promotions)
    assert evaluate(promotions, sale, MOSCOW) == found


@settings(deadline=None)
@given(rules=st.lists(RULES, min_size=1, max_size=8), sale=SALES, data=st.data())
def test_who_is_used_up_makes_room_for_the_next_best(rules: list[Rule], sale: Sale, data: st.DataObject) -> None:
    promotions = [Promotion(f"p{at}", 1, rule) for at, rule in enumerate(rules)]
    gone = data.draw(st.sampled_from(promotions))
    found = {each.promotion.id: each for each in evaluate(promotions, sale, MOSCOW, full={gone.id: "limit-total"})}
    assert found.pop(gone.id).applied is None
    others = evaluate([each for each in promotions if each is not gone], sale, MOSCOW)
    assert {each.promotion.id: each for each in others} == found


@pytest.mark.parametrize(
    ("rule", "pointer"),
    [
        (Rule("discount", "x", Benefit(percent=10)), "/name"),
        (Rule("discount", "Скидка", Benefit()), "/benefit"),
        (Rule("discount", "Скидка", Benefit(percent=10, amount=5)), "/benefit"),
        (Rule("discount", "Скидка", Benefit(percent=101)), "/benefit/percent"),
        (Rule("discount", "Скидка", Benefit(amount=-1)), "/benefit/amount"),
        (Rule("n-for-m", "Два", Benefit(buy=2, pay=2)), "/benefit/pay"),
        (Rule("bonus-multiplier", "Баллы", Benefit(factor=100)), "/benefit/factor"),
        (Rule("spend-get", "Трать", Benefit(points=5)), "/conditions/min_amount"),
        (Rule("combo", "Комбо", Benefit(price=5), conditions=Conditions(items=("чай",))), "/conditions/items"),
        (replace(TEN_PERCENT, conditions=Conditions(weekdays=(8,))), "/conditions/weekdays"),
        (replace(TEN_PERCENT, conditions=Conditions(from_time=time(9))), "/conditions/until_time"),
        (
            replace(TEN_PERCENT, conditions=Conditions(from_at=FRIDAY_NOON, until_at=FRIDAY_NOON)),
            "/conditions/until_at",
        ),
        (replace(TEN_PERCENT, conditions=Conditions(from_at=FRIDAY_NOON.replace(tzinfo=None))), "/conditions/from_at"),
        (replace(TEN_PERCENT, limits=Limits(total=-1)), "/limits/total"),
        (replace(TEN_PERCENT, priority=0), "/priority"),
    ],
)
def test_rules_that_contradict_themselves(rule: Rule, pointer: str) -> None:
    with pytest.raises(PromotionInvalid) as refusal:
        check_rule(rule)
    assert refusal.value.pointer == pointer
