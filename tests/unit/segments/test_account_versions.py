"""Segments counts the versions of accounts: every kind of change is one, whether or not it moves anybody."""

import json
from pathlib import Path

import pytest

from bezkart.contracts.purchases import ACCOUNT_CHANGES, AccountChange
from bezkart.contracts.subscriptions import SUBSCRIPTIONS
from bezkart.kernel.calendar import ShopCalendar
from services.segments.domain.guest import SegmentedGuest
from services.segments.handlers import _account_lesson, reactions

GOLDEN = Path(__file__).parents[2] / "contract" / "golden"


@pytest.mark.parametrize("kind", ACCOUNT_CHANGES, ids=lambda kind: kind.__name__)
def test_no_version_is_missing(kind: type[AccountChange]) -> None:
    event = kind.model_validate(json.loads((GOLDEN / f"{kind.type}.json").read_text()))
    guest = SegmentedGuest(event.guest_id, applied_through=event.account.version - 1)
    learned = _account_lesson(event, ShopCalendar("Europe/Moscow")).learn(guest)
    assert learned.applied_through == event.account.version
    assert bool(learned.days) == ("Purchase" in kind.__name__)


def test_all_of_them_are_listened_to() -> None:
    assert set(SUBSCRIPTIONS["segments.purchases"]) == set(ACCOUNT_CHANGES)
    assert reactions.by_queue["segments.purchases"].keys() == set(ACCOUNT_CHANGES)
