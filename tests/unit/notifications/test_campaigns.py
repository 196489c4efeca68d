"""What is told of a campaign's message, and which of them may not leave."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bezkart.contracts.notifications import CampaignMessageSettled
from services.notifications.domain.message import LIFE, Attempt, Message, State
from services.notifications.domain.routes import Routes
from services.notifications.usecases.events import told
from services.notifications.usecases.keep_back import bar

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def message(*steps: str, campaign: str | None = "mailing:c_1:1:a") -> Message:
    return Message(
        id="m_1",
        guest_id="g_1",
        key="mailing:c_1:1:g_1",
        template="campaign",
        urgency="bulk",
        created_at=NOW,
        expires_at=NOW + LIFE["bulk"],
        steps=steps,
        text="words",
        campaign=campaign,
    ).started(NOW)


def end(of: Message) -> CampaignMessageSettled:
    (event,) = told("demo", of, LATER)
    assert isinstance(event, CampaignMessageSettled)
    assert CampaignMessageSettled.model_validate(event.model_dump()) == event
    return event


def test_nothing_is_told_before_the_end() -> None:
    waiting = message("telegram", "web")
    assert told("demo", waiting, LATER) == ()
    assert told("demo", waiting.claimed(NOW), LATER) == ()
    assert told("demo", waiting.barred(NOW), LATER) == ()


def test_a_delivery_has_its_own_moment_and_channel() -> None:
    sent = message("telegram", "web").claimed(NOW).delivered(Attempt("telegram", NOW, "delivered"))
    assert (end(sent).outcome, end(sent).channel, end(sent).at) == ("delivered", "telegram", NOW)
    in_inbox = message("telegram", "web").failed_hard(Attempt("telegram", NOW, "failed", "bot-blocked"))
    assert (end(in_inbox).outcome, end(in_inbox).channel, end(in_inbox).reason) == ("delivered", "web", "bot-blocked")


@pytest.mark.parametrize(
    ("ended", "outcome", "reason"),
    [
        (message(), "failed", "no-route"),
        (message("telegram").woken(NOW + LIFE["bulk"], open_breaker=False), "expired", "expired"),
        (message("telegram").withdrawn("stopped"), "cancelled", "stopped"),
        (replace(message(), state=State.FAILED, reason="value-missing:points"), "failed", "value-missing:points"),
    ],
)
def test_every_end_is_told(ended: Message, outcome: str, reason: str) -> None:
    assert (end(ended).outcome, end(ended).reason, end(ended).at) == (outcome, reason, LATER)


def test_other_bulk_messages_end_in_silence() -> None:
    assert told("demo", message(campaign=None), LATER) == ()


def test_what_is_withdrawn_is_in_no_inbox() -> None:
    assert message("telegram", "web").withdrawn("stopped").text is None


@pytest.mark.parametrize(
    ("campaign", "advertising", "why"),
    [
        (None, False, None),
        ("mailing:c_1:1:a", None, None),
        ("mailing:c_1:1:a", True, None),
        ("mailing:c_1:1:a", False, "no-consent"),
        ("mailing:c_9:1:a", True, "stopped"),
    ],
)
def test_who_still_hears_of_a_campaign(campaign: str | None, advertising: bool | None, why: str | None) -> None:
    routes = Routes("g_1", advertising=advertising)
    assert bar(message("telegram", campaign=campaign), routes, frozenset({"mailing:c_9:1:a"})) == why
