"""A stand-in for the gateway's API, as far as imports and the demo use it; state in memory, for unit tests without sockets."""

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from time import sleep
from typing import Any

import httpx

from bezkart.cli.address import Address
from bezkart.cli.client import Gateway

ADDRESS = Address("http://127.0.0.1:1", "ops-key")
Body = dict[str, Any]


@dataclass
class StandIn:
    """One platform with its shops taken together. `before` sees every request first and may answer in our stead."""

    guests: dict[str, Body] = field(default_factory=dict)
    rows: dict[str, Body] = field(default_factory=dict)
    shops: dict[str, Body] = field(default_factory=dict)
    staff: list[Body] = field(default_factory=list)
    consents: set[tuple[str, str]] = field(default_factory=set)
    requests: list[tuple[str, str, Body]] = field(default_factory=list)
    before: Callable[[str, Body], httpx.Response | None] = lambda path, body: None
    counted: Callable[[int], int] = lambda purchases: purchases
    guests_in_two_requests: int = 0
    _at_work: Counter[str] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)

    def gateway(self, address: Address = ADDRESS) -> Gateway:
        return Gateway(address, transport=httpx.MockTransport(self))

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api/v1/")
        body = json.loads(request.content) if request.content else {}
        with self._lock:
            self.requests.append((request.method, path, body))
            answer = self.before(path, body) or self._answer(request.method, path, body)
        if path == "imports/purchases":
            self._note_overlap({row["guest_id"] for row in body["rows"]})
        return answer

    def _note_overlap(self, guests: set[str]) -> None:
        with self._lock:
            self.guests_in_two_requests += sum(self._at_work[guest] > 0 for guest in guests)
            self._at_work.update(guests)
        sleep(0.002)
        with self._lock:
            self._at_work.subtract(guests)

    def _answer(self, method: str, path: str, body: Body) -> httpx.Response:
        if found := re.fullmatch("shops/(.+)/sessions", path):
            return self._support_session(found[1])
        if found := re.fullmatch("guests/(.+)/consents/(.+)", path):
            self.consents.add((found[1], found[2]))
            return httpx.Response(200, json={})
        if re.fullmatch("accounts/(.+)/adjustments", path):
            return httpx.Response(200, json={})
        if path in {"shops", "staff"} and method == "POST":
            self.shops.update({body["slug"]: body}) if path == "shops" else self.staff.append(body)
            return httpx.Response(
                201, json={**body, "owner": {"password": "generated", "login": "x-owner", **body.get("owner", {})}}
            )
        answers: dict[str, Callable[[], Body]] = {
            "shops": lambda: {"shops": list(self.shops.values())},
            "staff": lambda: {"staff": self.staff},
            "guests/import": lambda: {"results": [self._take_guest(each) for each in body["guests"]]},
            "guests/search": lambda: {
                "guests": [
                    {**each, "id": guest_id}
                    for guest_id, each in self.guests.items()
                    if each.get("phone") == body["phone"]
                ]
            },
            "program": lambda: body,
            "imports/purchases": lambda: self._take_rows(body["rows"]),
            "guests/totals": lambda: {"guests": len(self.guests)},
            "accounts/totals": lambda: {"purchases": len(self.rows)},
            "segments/totals": lambda: {"guests": len(self.guests), "purchases": self.counted(len(self.rows))},
        }
        return httpx.Response(200, json=answers[path]())

    def _support_session(self, slug: str) -> httpx.Response:
        if slug not in self.shops:
            return problem(404, "shop-not-found", "There is no such shop")
        return httpx.Response(201, json={"token": "token", "shop": self.shops[slug]})

    def _take_guest(self, told: Body) -> Body:
        if "phone" in told and not re.fullmatch(r"\+?\d{11}", told["phone"]):
            return {"guest_id": None, "created": False, "error": "invalid-phone"}
        guest_id = "g_" + str(told.get("card") or told["phone"]).lower()
        created = guest_id not in self.guests
        self.guests.setdefault(guest_id, told)
        return {"guest_id": guest_id, "created": created, "error": None}

    def _take_rows(self, rows: list[Body]) -> Body:
        new = [row for row in rows if row["key"] not in self.rows]
        self.rows.update({row["key"]: row for row in new})
        return {"recorded": len(new), "known": len(rows) - len(new)}


def problem(status: int, slug: str, title: str, **members: object) -> httpx.Response:
    """A problem document as the services write it."""
    return httpx.Response(
        status, json={"type": f"urn:bezkart:problem:{slug}", "title": title, "status": status, **members}
    )


def shop(slug: str = "x", timezone: str = "Europe/Kiev") -> Body:
    """A shop's entry in the directory."""
    return {"slug": slug, "name": slug, "timezone": timezone, "currency": "RUB", "plan": "pro"}
