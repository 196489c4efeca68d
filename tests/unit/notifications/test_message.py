"""The states of a message: which way it goes and that it always ends (F41, F43)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.message import (
    LEASE,
    LIFE,
    PATIENCE,
    Attempt,
    Message,
    State,
    Urgency,
    allowed_steps,
)

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def message(*steps: str, urgency: Urgency = "urgent", secret: bool = False) -> Message:
    return Message(
        id="m_1",
        guest_id="g_1",
        key="k",
        template="gift-code",
        urgency=urgency,
        created_at=NOW,
        expires_at=NOW + LIFE[urgency],
        steps=steps,
        text="words",
        secret=secret,
    ).started(NOW)


def typed(*steps: str) -> Message:
    """A message to a number that was given for it alone."""
    return replace(message(*steps, secret=True), sealed_phone="sealed")


def failed(each: Message, at: datetime = NOW, reason: str = "provider-down") -> Attempt:
    return Attempt(each.channel or "", at, "failed", reason)


def done(each: Message, at: datetime = NOW) -> Attempt:
    return Attempt(each.channel or "", at, "delivered")


def test_a_new_message_is_ready_for_its_first_channel() -> None:
    new = message("telegram", "sms", "web")
    assert (new.state, new.channel, new.step_until) == (State.WAITING, "telegram", NOW + PATIENCE)
    assert new.ready(NOW)
    assert not new.queued(NOW).ready(NOW)


def test_only_the_web_is_a_delivery_at_once_and_nothing_at_all_a_failure() -> None:
    assert message("web").state is State.DELIVERED
    none = message()
    assert (none.state, none.reason, none.due_at) == (State.FAILED, "no-route", None)


def test_a_hard_failure_takes_the_next_step_at_once() -> None:
    new = message("telegram", "sms", "web")
    sms = new.failed_hard(failed(new, reason="bot-blocked"))
    assert (sms.channel, sms.ready(NOW)) == ("sms", True)
    web = sms.failed_hard(failed(sms))
    assert (web.state, web.channel) == (State.DELIVERED, "web")
    assert [each.channel for each in web.attempts] == ["telegram", "sms", "web"]


def test_a_soft_failure_is_tried_again_until_patience_is_over() -> None:
    now, each, tries = NOW, message("telegram", "sms"), 0
    while each.channel == "telegram":
        now = max(now, each.due_at or now)
        each = each.failed_softly(failed(each, now), open_breaker=False)
        tries += 1
    assert 2 <= tries <= 6
    assert now - NOW < PATIENCE
    assert each.ready(now)


def test_an_open_breaker_reroutes_urgent_and_parks_the_rest() -> None:
    assert message("telegram", "sms").barred(NOW).channel == "sms"
    bulk = message("telegram", urgency="bulk").barred(NOW)
    assert (bulk.state, bulk.channel) == (State.PARKED, "telegram")
    assert bulk.woken(NOW, open_breaker=True).state is State.PARKED
    resumed = bulk.woken(NOW, open_breaker=False)
    assert resumed.ready(NOW)


def test_without_delivery_in_time_the_tick_takes_the_next_step() -> None:
    late = message("telegram", "sms").woken(NOW + PATIENCE, open_breaker=False)
    assert (late.channel, late.attempts[-1].reason) == ("sms", "no-delivery-in-time")


def test_a_worker_that_never_reported_leaves_a_trace_and_the_message_goes_on() -> None:
    lost = message("telegram", "sms").claimed(NOW).woken(NOW + LEASE["urgent"], open_breaker=False)
    assert (lost.state, lost.channel, lost.attempts[-1].outcome) == (State.WAITING, "telegram", "unknown")


def test_all_channels_down_it_starts_again_and_expires_in_the_end() -> None:
    now, each = NOW, message("telegram", "sms")
    for _ in range(5000):
        now = max(now, each.due_at or now)
        each = each.woken(now, open_breaker=False)
        if not each.pending:
            break
        each = each.failed_softly(failed(each, now), open_breaker=True)
    assert (each.state, each.due_at) == (State.EXPIRED, None)
    assert now == each.expires_at


def test_a_limit_lets_an_urgent_message_wait_only_as_long_as_it_may() -> None:
    new = message("telegram", "sms")
    assert new.later(NOW, 2).channel == "telegram"
    assert new.later(NOW, 40).channel == "sms"
    assert message("telegram", urgency="bulk").later(NOW, 40).due_at == NOW + timedelta(seconds=40)


def test_a_secret_is_wiped_when_it_failed_and_after_it_expired() -> None:
    code = message("telegram", secret=True)
    assert code.failed_hard(failed(code)).text is None
    told = code.delivered(done(code))
    assert (told.text, told.due_at) == ("words", code.expires_at)
    assert told.woken(code.expires_at, open_breaker=False).text is None
    plain = message("telegram")
    assert plain.delivered(done(plain)).due_at is None


def test_escalation_goes_first_and_keeps_what_comes_after() -> None:
    told = message("telegram", "sms", "web")
    told = told.delivered(done(told))
    again = told.escalated("sms", NOW)
    assert (again.state, again.channel, again.steps) == (State.WAITING, "sms", ("sms", "web"))


@pytest.mark.parametrize(("urgency", "steps"), [("urgent", ("telegram", "sms", "web")), ("bulk", ("telegram", "web"))])
def test_what_is_not_urgent_never_goes_by_sms(urgency: Urgency, steps: tuple[str, ...]) -> None:
    assert allowed_steps(urgency, ("telegram", "sms", "web", "sms")) == steps


@given(
    st.lists(st.sampled_from(["telegram", "sms", "web"]), unique=True, max_size=3),
    st.sampled_from(["urgent", "normal", "bulk"]),
    st.lists(st.sampled_from(["hard", "soft", "open", "barred", "later", "lost", "tick"]), max_size=40),
)
def test_whatever_happens_a_message_is_pending_with_a_time_to_look_or_settled(
    steps: list[str], urgency: Urgency, happenings: list[str]
) -> None:
    now, each = NOW, message(*steps, urgency=urgency)
    for what in happenings:
        if not each.pending:
            break
        assert each.due_at is not None
        assert each.due_at <= each.expires_at
        assert each.channel in {"telegram", "sms"}
        now = max(now, each.due_at)
        each = _happen(each, what, now)
    if not each.pending:
        assert each.state in {State.DELIVERED, State.FAILED, State.EXPIRED}
        assert each.state is State.DELIVERED or each.reason


def _happen(each: Message, what: str, now: datetime) -> Message:
    if now >= each.expires_at or what == "tick":
        return each.woken(now, open_breaker=False)
    claimed = replace(each.claimed(now), rev=each.rev + 1)
    become = {
        "hard": lambda: claimed.failed_hard(failed(claimed, now)),
        "soft": lambda: claimed.failed_softly(failed(claimed, now), open_breaker=False),
        "open": lambda: claimed.failed_softly(failed(claimed, now), open_breaker=True),
        "barred": lambda: claimed.barred(now),
        "later": lambda: claimed.later(now, 3),
        "lost": lambda: claimed.woken(now, open_breaker=True),
    }
    return become[what]()


def test_a_number_given_for_one_message_goes_with_its_words() -> None:
    sent = typed("sms").delivered(done(typed("sms")))
    assert (sent.sealed_phone, sent.text, sent.due_at) == ("sealed", "words", sent.expires_at)
    over = sent.woken(sent.expires_at, open_breaker=False)
    assert (over.sealed_phone, over.text, over.due_at, over.state) == (None, None, None, State.DELIVERED)
    lost = typed("sms").failed_hard(failed(typed("sms")))
    assert (lost.state, lost.sealed_phone, lost.text) == (State.FAILED, None, None)


def test_words_that_are_no_secret_outlive_the_number() -> None:
    plain = replace(typed("sms"), secret=False)
    over = plain.delivered(done(plain)).woken(plain.expires_at, open_breaker=False)
    assert (over.sealed_phone, over.text, over.due_at) == (None, "words", None)
