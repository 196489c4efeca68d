"""Conversations: who waits, since when, and how long they may get."""

from datetime import UTC, datetime, timedelta

import pytest

from bezkart.kernel.errors import IdempotencyKeyReused
from services.feedback.domain.errors import TooManyMessages
from services.feedback.domain.thread import (
    MOST_MESSAGES,
    MOST_UNANSWERED,
    REMIND_AFTER,
    Author,
    Message,
    RatingNote,
    Thread,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
NOTE = RatingNote("r_1", 2, 2, "")


def said(thread: Thread, author: Author, minute: int, text: str = "x") -> Thread:
    return thread.add(Message(f"m_{minute}", author, text, NOON + timedelta(minutes=minute), ""))


def begun() -> Thread:
    return Thread.begun("t", "g", NOON, contact_me=False)


def test_a_guest_waits_from_the_first_unanswered_word_until_the_answer() -> None:
    thread = said(said(begun(), "guest", 1), "guest", 2)
    assert (thread.state, thread.waiting_since) == ("open", NOON + timedelta(minutes=1))
    answered = said(thread, "owner", 3)
    assert (answered.state, answered.waiting_since) == ("answered", None)
    again = said(answered.close(), "guest", 4)
    assert (again.state, again.waiting_since) == ("open", NOON + timedelta(minutes=4))


def test_a_low_rating_waits_and_reminds_once_unless_answered() -> None:
    thread = Thread.of_rating("t", "g", NOTE, NOON)
    assert thread.due == NOON + REMIND_AFTER
    assert thread.reminded().due is None
    assert said(thread, "owner", 1).due is None
    assert thread.close().due is None


def test_only_a_newer_rating_is_noted() -> None:
    thread = Thread.of_rating("t", "g", NOTE, NOON)
    assert thread.note(NOTE) is thread
    assert thread.note(RatingNote("r_1", 1, 1, "")) is thread
    assert thread.note(RatingNote("r_1", 3, 5, "ok")).rating == RatingNote("r_1", 3, 5, "ok")


def test_the_same_message_id_is_the_same_message() -> None:
    thread = said(begun(), "guest", 1, "привет")
    assert thread.said("m_1", "привет") == thread.messages[0]
    assert thread.said("m_2", "привет") is None
    with pytest.raises(IdempotencyKeyReused):
        thread.said("m_1", "пока")


def test_a_guest_may_not_write_endlessly_without_an_answer() -> None:
    thread = begun()
    for minute in range(MOST_UNANSWERED):
        thread = said(thread, "guest", minute)
    with pytest.raises(TooManyMessages):
        said(thread, "guest", 99)
    assert said(said(thread, "owner", 100), "guest", 101).state == "open"


def test_two_hundred_messages_are_full() -> None:
    thread = begun()
    for minute in range(MOST_MESSAGES):
        assert not thread.is_full
        thread = said(thread, "owner" if minute % 2 else "guest", minute)
    assert thread.is_full
    assert thread.continued("t_2").state == "closed"
