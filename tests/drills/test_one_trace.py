"""One purchase is one trace, from the gateway to the guest's phone (F90)."""

import secrets

import httpx

from bezkart.local import Stack
from tests.drills.collector import Collector
from tests.drills.conftest import until
from tests.e2e.cafe import Cafe, new_number

WAY = {
    "purchases": "POST /api/v1/purchases",
    "purchases-consumer": "purchases.ledger bezkart.purchases.purchase-recorded.v1",
    "segments-consumer": "segments.purchases bezkart.purchases.purchase-recorded.v1",
    "notifications-consumer": "notifications.purchases bezkart.purchases.purchase-recorded.v1",
    "notifications-bulk": "notifications.deliver",
}


def test_a_purchase_is_one_trace(stack: Stack, collector: Collector, cafe: Cafe) -> None:
    guest = cafe.register(new_number(), "Анна", telegram_id=secrets.randbelow(10**9))
    until(lambda: cafe.segments()["new"] == 1, "segments knows the guest")
    trace, terminal = secrets.token_hex(16), secrets.token_hex(8)
    headers = {
        "Authorization": f"Bearer {cafe.sign_in()}",
        "Idempotency-Key": secrets.token_hex(8),
        "traceparent": f"00-{trace}-{terminal}-01",
    }
    body = {"guest_id": guest, "cups": 1}
    httpx.post(f"{stack.gateway}/api/v1/purchases", json=body, headers=headers).raise_for_status()

    until(lambda: set(WAY.items()) <= {(s.process, s.name) for s in collector.of(trace)}, "the whole way is told")
    told = {span.id: span for span in collector.of(trace)}
    start = next(span for span in told.values() if span.process == "purchases")
    assert start.parent == terminal, "the gateway passes on what it got"
    asked_beside = {span.id for span in told.values() if span.process == "identity"}  # by the gateway
    hanging = {start.id}
    while more := {span.id for span in told.values() if span.parent in hanging} - hanging:
        hanging |= more
    assert told.keys() - asked_beside <= hanging, "everything hangs, by some way, on the purchase"


def test_purchases_of_one_moment_are_traces_of_their_own(stack: Stack, collector: Collector, cafe: Cafe) -> None:
    """Consumers handle batches; no trace takes another's work in."""
    guests = [cafe.register(new_number(), f"Гость {n}") for n in range(8)]
    until(lambda: cafe.segments()["new"] == len(guests), "segments knows the guests")
    token = cafe.sign_in()
    traces = [secrets.token_hex(16) for _ in guests]
    with httpx.Client(base_url=stack.gateway, headers={"Authorization": f"Bearer {token}"}) as client:
        for guest, trace in zip(guests, traces, strict=True):
            headers = {"Idempotency-Key": trace, "traceparent": f"00-{trace}-{'1' * 16}-01"}
            client.post("/api/v1/purchases", json={"guest_id": guest, "cups": 1}, headers=headers).raise_for_status()

    def consumed(trace: str) -> int:
        return len([s for s in collector.of(trace) if s.process == "segments-consumer"])

    until(lambda: all(consumed(trace) >= 1 for trace in traces), "each is told by segments")
