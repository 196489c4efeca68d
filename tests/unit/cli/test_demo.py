"""The demo shop is created once, and completed if its creation was interrupted."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
import time_machine

from bezkart.cli.demo import BARISTA, create_demo_shop
from bezkart.cli.failures import Refused
from bezkart.cli.simulation import ANNA_PHONE, simulate
from tests.unit.cli.stand_in import StandIn, problem

NOW = datetime(2026, 11, 21, 20, 13, 30, tzinfo=UTC)


def create(system: StandIn, at: datetime) -> bool:
    with time_machine.travel(at, tick=True), system.gateway() as gateway:
        return create_demo_shop(gateway, lambda step, done, total: None)


def test_a_shop_with_guests_consents_history_and_staff() -> None:
    system = StandIn()
    assert create(system, NOW)
    guests = simulate(NOW, ZoneInfo("Europe/Moscow"))
    assert (system.shops["demo"]["plan"], system.shops["demo"]["owner"]["login"]) == ("pro", "owner")
    assert {guest["phone"] for guest in system.guests.values()} == {guest.phone for guest in guests}
    assert len(system.rows) == sum(len(guest.visits) for guest in guests)
    assert {purpose for guest_id, purpose in system.consents if guest_id == f"g_{ANNA_PHONE}"} == {
        "processing",
        "advertising",
    }
    assert [person["login"] for person in system.staff] == [BARISTA.login]


def test_a_second_run_changes_nothing() -> None:
    system = StandIn()
    create(system, NOW)
    sent = len(system.requests)
    assert create(system, NOW + timedelta(days=3)) is False
    assert all(method == "GET" or path.endswith("/sessions") for method, path, _ in system.requests[sent:])


def test_an_interrupted_creation_is_completed_as_it_began() -> None:
    whole, system = StandIn(), StandIn()
    create(whole, NOW)
    asked = 0

    def break_down(path: str, _: object) -> httpx.Response | None:
        nonlocal asked
        asked += path == "imports/purchases"
        return problem(500, "internal", "Broken") if asked > 3 else None

    system.before = break_down
    with pytest.raises(Refused):
        create(system, NOW)
    assert 0 < len(system.rows) < len(whole.rows)
    system.before = lambda path, body: None
    assert create(system, NOW + timedelta(hours=7))
    assert system.rows == whole.rows
    assert system.guests == whole.guests
