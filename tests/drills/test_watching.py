"""Prometheus sees every process; an alert fires when one hangs and clears when it goes on (F91)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bezkart.local import Stack
from bezkart.local.services import SERVICES
from tests.drills.conftest import until
from tests.drills.prometheus import Prometheus, pause, watching
from tests.e2e.cafe import Cafe, new_number

HANGING = "segments-consumer"


@pytest.fixture
def prometheus(stack: Stack, tmp_path: Path) -> Iterator[Prometheus]:
    with watching(stack, tmp_path) as running:
        yield running


def process(stack: Stack, name: str) -> int:
    return int(next(each["pid"] for each in stack.document["processes"] if each["name"] == name))


def fires(prometheus: Prometheus, alert: str, **labels: str) -> bool:
    return any({"alertname": alert, **labels}.items() <= each.items() for each in prometheus.firing())


def test_all_is_seen_and_a_consumer_that_hangs_is_told(stack: Stack, cafe: Cafe, prometheus: Prometheus) -> None:
    watched = {service.name for service in SERVICES if service.has_http and service.name != "standins"} | {"rabbitmq"}
    until(lambda: prometheus.targets() == dict.fromkeys(watched, "up"), "every target is up")
    # Before its first look at a target it is missing, and the drill's Prometheus is impatient.
    until(lambda: not fires(prometheus, "BezkartConsumerMissing"), "nothing is missing")
    assert not fires(prometheus, "BezkartConsumerDown")

    pid = process(stack, HANGING)
    pause(pid, on=True)
    try:
        until(lambda: fires(prometheus, "BezkartConsumerDown", job=HANGING), "the alert fires")
        assert not fires(prometheus, "BezkartConsumerDown", job="purchases-consumer"), "for this one alone"
        cafe.register(new_number(), "Анна")
    finally:
        pause(pid, on=False)
    until(lambda: not fires(prometheus, "BezkartConsumerDown"), "the alert clears")
    until(lambda: cafe.segments()["new"] == 1, "what waited is handled")


def test_what_is_sold_is_counted(cafe: Cafe, prometheus: Prometheus) -> None:
    guest = cafe.register(new_number(), "Анна")
    until(lambda: cafe.segments()["new"] == 1, "segments knows the guest")
    cafe.buy(guest, cups=1)
    sold = 'bezkart_http_requests_total{job="purchases",route="/api/v1/purchases",status="201"}'
    until(lambda: bool(prometheus.value(sold)), "the purchase is counted by route")
    handled = 'bezkart_bus_messages_total{queue="segments.purchases",outcome="handled"} > 0'
    until(lambda: bool(prometheus.value(handled)), "and by queue")
