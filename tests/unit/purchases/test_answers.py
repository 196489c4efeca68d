from datetime import UTC, datetime, timedelta

import pytest

from bezkart.kernel.errors import IdempotencyKeyReused
from services.purchases.domain.answers import Answer, answered, remembered, request_digest

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def test_the_same_key_and_request_get_the_same_answer() -> None:
    answer = Answer("key-0001", request_digest("record", 1), NOW, "{}")
    assert answered([answer], "key-0001", request_digest("record", 1), NOW) is answer
    assert answered([answer], "key-0002", request_digest("record", 1), NOW) is None


def test_the_same_key_with_another_request_is_refused() -> None:
    with pytest.raises(IdempotencyKeyReused):
        answered(
            [Answer("key-0001", request_digest("record", 1), NOW, "{}")], "key-0001", request_digest("record", 2), NOW
        )


def test_a_key_is_new_again_after_a_day() -> None:
    answer = Answer("key-0001", "d", NOW, "{}")
    assert answered([answer], "key-0001", "d", NOW + timedelta(hours=23, minutes=59)) is answer
    assert answered([answer], "key-0001", "another", NOW + timedelta(hours=24)) is None


def test_answers_are_kept_for_a_day() -> None:
    old = Answer("old-0001", "d", NOW - timedelta(hours=24), "{}")
    young = Answer("young-001", "d", NOW - timedelta(hours=23, minutes=59), "{}")
    new = Answer("new-00001", "d", NOW, "{}")
    assert remembered([old, young], new) == (young, new)


def test_digests_tell_fields_apart() -> None:
    assert request_digest("a", "bc") != request_digest("ab", "c")
