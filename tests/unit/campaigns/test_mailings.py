"""A mailing's life, its schedule by the shop's clocks, its texts and its limits (F30)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bezkart.kernel.calendar import ShopCalendar
from bezkart.kernel.errors import DomainError
from bezkart.kernel.wording import TemplateInvalid
from services.campaigns.domain.audience import Audience, Range
from services.campaigns.domain.errors import (
    AlreadyStarted,
    DateInPast,
    MailingInvalid,
    NotADraft,
    NotStarted,
)
from services.campaigns.domain.mailing import Mailing, Plan
from services.campaigns.domain.message import CouponOffer, Message, PointsOffer, Text, check_text
from services.campaigns.domain.schedule import TO_CANCEL, At, Monthly, Now, Weekly, next_start
from services.campaigns.store.audiences import query
from services.campaigns.store.plans import plan, plan_document

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MOSCOW = ShopCalendar("Europe/Moscow")
BERLIN = ShopCalendar("Europe/Berlin")
TEXT = Message((Text("a", "Ждём вас, {name}!"),))


def mailing(**fields: Any) -> Mailing:
    return Mailing("c_1", Plan("Осень", Audience(), TEXT, **fields), created_at=NOW, created_by="s_1")


def begun(**fields: Any) -> Mailing:
    launched = mailing(**fields).launch(NOW, MOSCOW, key="k")
    return launched.begin(launched.due or NOW, NOW + timedelta(minutes=1))


def test_from_draft_to_done() -> None:
    launched = mailing().launch(NOW, MOSCOW, key="k")
    assert (launched.state, launched.due) == ("scheduled", NOW + TO_CANCEL)
    going = launched.begin(NOW + TO_CANCEL, NOW + timedelta(minutes=1))
    assert (going.state, str(going.ref)) == ("launching", "mailing:c_1:1")
    sending = going.frozen(audience=1200, batches=3, look_again=NOW)
    done = sending.finish("", NOW + timedelta(hours=1), MOSCOW)
    assert (done.state, done.due) == ("done", None)
    assert done.run
    assert (done.run.audience, done.run.ended_at) == (1200, NOW + timedelta(hours=1))


def test_taken_back_before_it_began_it_is_a_draft_again() -> None:
    draft = mailing().launch(NOW, MOSCOW, key="k").cancel()
    assert (draft.state, draft.due, draft.launch_key) == ("draft", None, "")
    with pytest.raises(AlreadyStarted):
        begun().cancel()


@pytest.mark.parametrize(
    "act",
    [
        lambda each: each.change(each.plan),
        lambda each: each.launch(NOW, MOSCOW, key="other"),
    ],
)
def test_only_a_draft_is_changed_or_launched(act: Callable[[Mailing], Mailing]) -> None:
    for other in (mailing().launch(NOW, MOSCOW, key="k"), begun(), begun().stop(NOW)):
        with pytest.raises(NotADraft):
            act(other)


def test_what_does_not_run_is_not_stopped() -> None:
    assert begun().stop(NOW).state == "stopped"
    for other in (mailing(), begun().stop(NOW)):
        with pytest.raises(NotStarted):
            other.stop(NOW)


def test_dates_in_the_past_are_refused() -> None:
    with pytest.raises(DateInPast) as refused:
        mailing(schedule=At(NOW)).launch(NOW, MOSCOW, key="k")
    assert refused.value.pointer == "/schedule/at"
    over = replace(mailing(), plan=Plan("x", Audience(), replace(TEXT, ends_at=NOW)))
    with pytest.raises(DateInPast) as refused:
        over.launch(NOW, MOSCOW, key="k")
    assert refused.value.pointer == "/ends_at"


def test_a_recurring_one_waits_for_its_next_turn_until_its_offer_ends() -> None:
    weekly = Weekly((1,), time(10))
    ends = NOW + timedelta(days=9)
    recurring = replace(mailing(), plan=Plan("x", Audience(), replace(TEXT, ends_at=ends), weekly))
    first = recurring.launch(NOW, MOSCOW, key="k")
    monday = datetime(2026, 11, 23, 7, tzinfo=UTC)
    assert first.due == monday
    sent = first.begin(monday, monday).frozen(audience=1, batches=1, look_again=monday).finish("", monday, MOSCOW)
    assert (sent.state, sent.due, str(sent.ref)) == ("scheduled", monday + timedelta(days=7), "mailing:c_1:1")
    second = sent.begin(monday + timedelta(days=7), monday)
    assert str(second.ref) == "mailing:c_1:2", "each run has keys of its own"
    assert (
        second.frozen(audience=1, batches=1, look_again=monday).finish("", monday + timedelta(days=7), MOSCOW).state
        == "done"
    )
    assert sent.cancel().state == "draft"


def test_an_hour_that_is_left_out_moves_forward_and_one_that_comes_twice_runs_once() -> None:
    spring = next_start(Weekly((7,), time(2, 30)), datetime(2026, 3, 28, 12, tzinfo=UTC), BERLIN)
    assert BERLIN.wall(spring) == datetime.fromisoformat("2026-03-29T03:30")
    autumn = next_start(Weekly((7,), time(2, 30)), datetime(2026, 10, 24, 12, tzinfo=UTC), BERLIN)
    assert autumn == datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "the first of the two"
    assert next_start(Weekly((7,), time(2, 30)), autumn, BERLIN) == datetime(2026, 11, 1, 1, 30, tzinfo=UTC)


WALLS = st.times().map(lambda at: at.replace(second=0, microsecond=0))
SCHEDULES = st.one_of(
    st.builds(Weekly, st.lists(st.integers(1, 7), min_size=1).map(tuple), WALLS),
    st.builds(Monthly, st.integers(1, 28), WALLS),
)
MOMENTS = st.datetimes(
    datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2027-12-31"), timezones=st.just(UTC)
)


@given(SCHEDULES, MOMENTS, st.sampled_from(["Europe/Berlin", "Asia/Kamchatka", "America/New_York", "Europe/Moscow"]))
def test_turns_follow_each_other_one_a_day(schedule: Weekly | Monthly, after: datetime, zone: str) -> None:
    calendar = ShopCalendar(zone)
    first = next_start(schedule, after, calendar)
    second = next_start(schedule, first, calendar)
    assert after < first < second
    assert calendar.day(first) < calendar.day(second)
    for turn in (first, second):
        day = calendar.day(turn)
        assert day.isoweekday() in schedule.weekdays if isinstance(schedule, Weekly) else day.day == schedule.day


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("Скидка {discount}", "both"),
        ("До подарка {stamps_left}", "points"),
        ("У вас {points}", "stamps"),
        ("Ждём, {name:гость|гостя|гостей}", "both"),
        ("Ждём [вас", "both"),
        ("Ждём {", "both"),
        ("[{name", "both"),
        ("   ", "both"),
        ("ж" * 2001, "both"),
    ],
)
def test_a_text_that_could_not_be_sent_is_refused_at_saving(text: str, mode: str) -> None:
    with pytest.raises(TemplateInvalid) as refused:
        check_text(text, mode=mode, pointer="/texts/0/text")
    assert refused.value.pointer == "/texts/0/text"


@pytest.mark.parametrize("mode", ["both", "stamps", "points"])
def test_optional_parts_may_speak_of_what_a_guest_has_not(mode: str) -> None:
    check_text(
        "{name}![ До подарка {stamps_left} {stamps_left:чашка|чашки|чашек}.][ {points} баллов.]", mode=mode, pointer=""
    )


def test_limits_come_together() -> None:
    points = Message(TEXT.texts, offer=PointsOffer(5_000, 14))
    assert Plan("x", Audience(), points, max_messages=100, max_offer_cost=200_000).limit == 40
    assert Plan("x", Audience(), points, max_messages=10, max_offer_cost=200_000).limit == 10
    assert Plan("x", Audience(), TEXT, max_offer_cost=10).limit is None
    coupon = Message(TEXT.texts, offer=CouponOffer("pr_1", 30))
    with pytest.raises(MailingInvalid):
        mailing().change(Plan("x", Audience(), coupon, max_offer_cost=10))


@pytest.mark.parametrize("schedule", [Now(), At(NOW), Weekly((1, 7), time(10, 5)), Monthly(28, time(23, 59))])
def test_a_plan_is_stored_as_it_is(schedule: Any) -> None:
    audience = Audience(("leaving",), Range(15, None), None, Range(None, 90), ("gold",), ("latte",), "telegram")
    for offer in (None, PointsOffer(100, 7), CouponOffer("pr_1", 30)):
        whole = Plan(
            "x", audience, Message((Text("a", "1"), Text("b", "2")), "друг", offer, 5, NOW), schedule, "au_1", 7, 9
        )
        assert plan(plan_document(whole)) == whole


def test_days_of_an_audience_are_whole_ones() -> None:
    asked = query(Audience(last_purchase_days=Range(7, 7)), NOW)["last_purchase_at"]
    assert asked == {"$lte": NOW - timedelta(days=7), "$gt": NOW - timedelta(days=8)}


def test_every_error_says_what_it_is() -> None:
    with pytest.raises(DomainError) as refused:
        mailing(schedule=At(datetime(2020, 1, 1, tzinfo=UTC))).launch(NOW, MOSCOW, key="k")
    assert refused.value.slug == "date-in-past"
    assert date(2026, 11, 22) == MOSCOW.day(NOW)
