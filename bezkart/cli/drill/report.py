"""What an outage did: sent, delivered by channel, delayed, lost, duplicated, the price, and when the breakers noticed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Message = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sent:
    """One message that the drill has ordered."""

    key: str
    guest_id: str
    urgency: str
    text: str
    at: datetime


def make_report(
    sent: Sequence[Sent],
    messages: Mapping[str, Message],
    *,
    times: Mapping[str, Mapping[str, int]],
    events: Sequence[Mapping[str, Any]],
    down_at: datetime,
    up_at: datetime,
    violations: int,
) -> dict[str, Any]:
    """`messages` by key (digests by id); `times`: how often each text arrived, by provider."""
    arrived = Counter({each.text: sum(counted.get(each.text, 0) for counted in times.values()) for each in sent})
    ends = {each.key: _end(each, messages) for each in sent}
    lost = [each.key for each in sent if ends[each.key] is None]
    return {
        "down_at": down_at.isoformat(),
        "up_at": up_at.isoformat(),
        "sent": dict(Counter(each.urgency for each in sent)),
        "delivered_by": dict(Counter(end[0] for end in ends.values() if end)),
        "delay_seconds": {
            urgency: _delays([(each, ends[each.key]) for each in sent if each.urgency == urgency])
            for urgency in ("urgent", "bulk")
        },
        "urgent_during_outage": _delays(
            [(each, ends[each.key]) for each in sent if each.urgency == "urgent" and down_at <= each.at < up_at]
        ),
        "digests": sum(message.get("template") == "digest" for message in messages.values()),
        "lost": len(lost),
        "lost_keys": lost[:20],
        "duplicated": sum(count - 1 for count in arrived.values() if count > 1),
        "calls_before_retry_after": violations,
        "sms_cost_minor": sum(int(message["cost"]) for message in messages.values()),
        "breaker": [{"line": each["line"], "event": each["event"], "at": each["at"]} for each in events],
    }


def _end(sent: Sent, messages: Mapping[str, Message]) -> tuple[str, datetime] | None:
    """The channel and the moment of delivery, in its own message or in a digest; None for what never came."""
    message = messages.get(sent.key)
    if message is None:
        return None
    kind, _, digest = (message["reason"] or "").partition(":")
    if kind == "digest":
        found = _delivery(messages.get(digest, {}))
        return ("digest", found[1]) if found else None
    return _delivery(message)


def _delivery(message: Message) -> tuple[str, datetime] | None:
    for attempt in message.get("attempts", ()):
        if attempt["outcome"] == "delivered":
            return str(attempt["channel"]), datetime.fromisoformat(attempt["at"])
    return None


def _delays(pairs: Sequence[tuple[Sent, tuple[str, datetime] | None]]) -> dict[str, float | int]:
    seconds = sorted((end[1] - each.at).total_seconds() for each, end in pairs if end)
    if not seconds:
        return {"messages": 0}
    return {
        "messages": len(seconds),
        "p50": round(_share(seconds, 0.5), 2),
        "p99": round(_share(seconds, 0.99), 2),
        "longest": round(seconds[-1], 2),
    }


def _share(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def show(report: Mapping[str, Any]) -> None:
    """For people."""
    from rich.console import Console
    from rich.table import Table

    table = Table("", "", show_header=False)
    table.add_row("Sent", _listed(report["sent"]))
    table.add_row("Delivered by", _listed(report["delivered_by"]))
    for urgency, delays in report["delay_seconds"].items():
        table.add_row(f"Delay, {urgency}", _delay(delays))
    table.add_row("Delay, urgent in the outage", _delay(report["urgent_during_outage"]))
    table.add_row("Digests", str(report["digests"]))
    table.add_row("Lost", f"[{'red' if report['lost'] else 'green'}]{report['lost']}[/]")
    table.add_row("Duplicated", str(report["duplicated"]))
    table.add_row("Calls before retry_after", str(report["calls_before_retry_after"]))
    table.add_row("SMS cost", f"{report['sms_cost_minor'] / 100:.2f} ₽")
    table.add_row("Provider down", f"{report['down_at'][11:19]} – {report['up_at'][11:19]} UTC")
    for event in report["breaker"]:
        table.add_row(f"Breaker {event['event']}", f"{event['at'][11:19]} UTC, {event['line']}")
    Console().print(table)


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items())) or "nothing"


def _delay(delays: Mapping[str, float | int]) -> str:
    if not delays["messages"]:
        return "–"
    return f"p50 {delays['p50']} s, p99 {delays['p99']} s, longest {delays['longest']} s"
