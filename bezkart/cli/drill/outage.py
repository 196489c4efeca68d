"""The drill itself: guests of a shop of its own, messages at a steady pace, the provider down in the middle."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

from bezkart.cli.client import LONG_PATIENCE, Gateway, ShopSession
from bezkart.cli.drill.report import Sent, make_report
from bezkart.cli.drill.standins import StandIns
from bezkart.cli.failures import Refused

SHOP: Final = "drill"
GUESTS: Final = 20
FIRST_PHONE: Final = 79_135_550_000
FIRST_CHAT: Final = 913_555_000
BEFORE_SECONDS: Final = 10.0
AFTER_SECONDS: Final = 20.0
SETTLE_SECONDS: Final = 180.0
ROUND_SECONDS: Final = 1.0
PENDING: Final = frozenset({"waiting", "sending", "parked"})


@dataclass(frozen=True, slots=True)
class Outage:
    """`seconds` of the outage; `codes` and `news` are urgent and bulk messages a second."""

    provider: str
    how: str
    seconds: float
    codes: float
    news: float


def run(plan: Outage, gateway: Gateway, there: StandIns, *, tell: Callable[[str], None]) -> dict[str, Any]:
    """The report. The provider is switched on again whatever happens."""
    session = _shop(gateway)
    guests = _guests(session)
    began = datetime.now(UTC)
    mark = f"{began:%Y%m%d%H%M%S}"
    sender = Sender(session, guests, plan, mark)
    violations = there.violations()
    tell(f"{BEFORE_SECONDS:.0f} s as usual …")
    sender.keep_on(BEFORE_SECONDS)
    try:
        there.down(plan.provider, plan.how)
        down_at = datetime.now(UTC)
        tell(f"{plan.provider} goes down ({plan.how}) for {plan.seconds:.0f} s …")
        sender.keep_on(plan.seconds)
    finally:
        there.up(plan.provider)
    up_at = datetime.now(UTC)
    tell(f"{plan.provider} is back; {AFTER_SECONDS:.0f} s as usual, then until everything is settled …")
    sender.keep_on(AFTER_SECONDS)
    messages = _settled(session, sender.sent)
    texts = [each.text for each in sender.sent]
    events = gateway.get("operations/notifications/channels", params={"since": began.isoformat()})["events"]
    return make_report(
        sender.sent,
        messages,
        times=there.times(texts),
        events=events,
        down_at=down_at,
        up_at=up_at,
        violations=there.violations() - violations,
    )


class Sender:
    """Keeps a steady pace and remembers what was ordered when."""

    def __init__(self, session: ShopSession, guests: list[str], plan: Outage, mark: str) -> None:
        self._session = session
        self._guests = guests
        self._plan = plan
        self._mark = mark
        self._owed = {"urgent": 0.0, "bulk": 0.0}
        self.sent: list[Sent] = []

    def keep_on(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            began = time.monotonic()
            self._round()
            time.sleep(max(0.0, ROUND_SECONDS - (time.monotonic() - began)))

    def _round(self) -> None:
        orders = []
        for urgency, pace in (("urgent", self._plan.codes), ("bulk", self._plan.news)):
            self._owed[urgency] += pace * ROUND_SECONDS
            while self._owed[urgency] >= 1:
                self._owed[urgency] -= 1
                orders.append(self._order(urgency))
        if orders:
            self._session.send("POST", "messages", body={"messages": orders}, patience=LONG_PATIENCE)

    def _order(self, urgency: str) -> dict[str, Any]:
        number = len(self.sent)
        key = f"drill-{self._mark}-{number}"
        guest = self._guests[number % len(self._guests)]
        text = f"Учения {self._mark}: {'код' if urgency == 'urgent' else 'новость'} {number}"
        self.sent.append(Sent(key, guest, urgency, text, datetime.now(UTC)))
        channels = ["telegram", "sms", "web"] if urgency == "urgent" else ["telegram"]
        return {"guest_id": guest, "key": key, "text": text, "urgency": urgency, "channels": channels}


def _shop(gateway: Gateway) -> ShopSession:
    if not any(shop["slug"] == SHOP for shop in gateway.get("shops")["shops"]):
        body = {"slug": SHOP, "name": "Учения", "timezone": "Europe/Moscow", "currency": "RUB", "plan": "pro"}
        gateway.send("POST", "shops", body=body, repeatable=False)
    return gateway.open_shop(SHOP)


def _guests(session: ShopSession) -> list[str]:
    """Each with a phone and a Telegram account; registered at the first drill."""
    ids = []
    for number in range(GUESTS):
        phone = f"+{FIRST_PHONE + number}"
        body = {"phone": phone, "telegram_id": FIRST_CHAT + number, "consents": {"processing": True}}
        try:
            ids.append(str(session.send("POST", "guests", body=body)["id"]))
        except Refused as refused:
            if refused.slug != "guest-exists":
                raise
            ids.append(str(session.send("POST", "guests/search", body={"phone": phone})["guests"][0]["id"]))
    time.sleep(2)  # notifications hears of their addresses by an event
    return ids


def _settled(session: ShopSession, sent: list[Sent]) -> dict[str, dict[str, Any]]:
    """Every message by key, once nothing is pending or nobody can wait any longer; digests beside those they stand for."""
    until = time.monotonic() + SETTLE_SECONDS
    found: dict[str, dict[str, Any]] = {}
    while True:
        for each in sent:
            if each.key not in found or found[each.key]["state"] in PENDING:
                listed = session.get("messages", params={"key": each.key})["messages"]
                if listed:
                    found[each.key] = listed[0]
        digests = {_digest_of(message) for message in found.values()} - {None}
        for digest in digests:
            if digest not in found or found[str(digest)]["state"] in PENDING:
                found[str(digest)] = session.get(f"messages/{quote(str(digest), safe='')}")
        if time.monotonic() > until or not any(message["state"] in PENDING for message in found.values()):
            return found
        time.sleep(1)


def _digest_of(message: dict[str, Any]) -> str | None:
    kind, _, digest = (message["reason"] or "").partition(":")
    return digest if kind == "digest" else None
