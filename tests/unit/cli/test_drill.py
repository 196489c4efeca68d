"""The drill's report: what counts as delivered, late, lost and double."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bezkart.cli.drill.report import Sent, make_report

START = datetime(2026, 11, 22, 9, tzinfo=UTC)


def sent(number: int, urgency: str = "urgent") -> Sent:
    return Sent(f"k{number}", "g_1", urgency, f"text {number}", START + timedelta(seconds=number))


def message(number: int, *attempts: tuple[str, str, float], **facts: Any) -> dict[str, Any]:
    told = [
        {"channel": channel, "outcome": outcome, "at": (START + timedelta(seconds=number + late)).isoformat()}
        for channel, outcome, late in attempts
    ]
    return {"state": "delivered", "reason": None, "cost": 0, "template": "text", "attempts": told, **facts}


def test_a_report_of_everything_that_can_become_of_a_message() -> None:
    orders = [sent(0), sent(1), sent(2), sent(3, "bulk"), sent(4)]
    messages = {
        "k0": message(0, ("telegram", "delivered", 0.1)),
        "k1": message(1, ("telegram", "failed", 1), ("sms", "delivered", 2), cost=350),
        "k2": message(2, ("telegram", "failed", 1), state="expired", reason="expired"),
        "k3": message(3, state="cancelled", reason="digest:m_9"),
        "m_9": message(3, ("telegram", "delivered", 30), template="digest"),
    }
    report = make_report(
        orders,
        messages,
        times={"telegram": {"text 0": 2}, "smsc": {"text 1": 1}},
        events=[{"line": "telegram", "event": "opened", "at": "2026-11-22T09:00:02Z", "reason": "x"}],
        down_at=START + timedelta(seconds=1),
        up_at=START + timedelta(seconds=2),
        violations=0,
    )
    assert report["sent"] == {"urgent": 4, "bulk": 1}
    assert report["delivered_by"] == {"telegram": 1, "sms": 1, "digest": 1}
    assert (report["lost"], report["lost_keys"]) == (2, ["k2", "k4"])
    assert (report["duplicated"], report["sms_cost_minor"], report["digests"]) == (1, 350, 1)
    assert report["delay_seconds"]["urgent"] == {"messages": 2, "p50": 2.0, "p99": 2.0, "longest": 2.0}
    assert report["delay_seconds"]["bulk"]["longest"] == 30.0
    assert report["urgent_during_outage"]["messages"] == 1
    assert report["breaker"] == [{"line": "telegram", "event": "opened", "at": "2026-11-22T09:00:02Z"}]
