"""Sends what was read: guests first, then their history, then waits until the segments have counted it all."""

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any, Final, TypeVar

from bezkart.cli.client import LONG_PATIENCE, ShopSession
from bezkart.cli.failures import Refused, Unreachable
from bezkart.cli.imports.keys import keyed
from bezkart.cli.imports.lanes import pack, send_chains
from bezkart.cli.imports.reading import Guest, Purchase, Visitor
from bezkart.cli.imports.table import Reject

STALLED_SECONDS: Final = 120.0
_POLL_SECONDS: Final = 0.5
_ITEM_AT_FAULT: Final = re.compile(r"/(?:rows|guests)/(\d+)\b")

Advance = Callable[[int], None]
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A guest to be registered, and the rows of the file that stand and fall with him."""

    visitor: Visitor
    name: str | None
    registered_at: datetime
    rows: Sequence[Purchase | Guest]

    def profile(self) -> dict[str, object]:
        """As the API wants it."""
        told = {
            "card": self.visitor.card,
            "phone": self.visitor.phone,
            "name": self.name,
            "registered_at": self.registered_at,
        }
        return {name: value for name, value in told.items() if value is not None}


@dataclass(slots=True)
class Outcome:
    """What the system took. `refused` are rows it would not have, beside those the reading rejected."""

    guests_created: int = 0
    guests_known: int = 0
    recorded: int = 0
    known: int = 0
    refused: list[Reject] = field(default_factory=list)


class Import:
    """One import into one shop. Any request may be repeated: the system knows guests by card and number, rows by key."""

    def __init__(self, session: ShopSession) -> None:
        self._session = session
        self._lock = Lock()
        self.outcome = Outcome()

    def guests(self, guests: Sequence[Guest], *, now: datetime, advance: Advance) -> dict[Visitor, str]:
        """Register a guest list; who has no date of registration is registered `now`. Gives the ids of those taken.

        Raises Unreachable, Refused.
        """
        return self._register(
            [Newcomer(guest.visitor, guest.name, guest.registered_at or now, [guest]) for guest in guests], advance
        )

    def purchases(self, purchases: Sequence[Purchase], *, registered: Advance, advance: Advance) -> None:
        """Register the visitors (each at his first purchase in the file), then record. Raises Unreachable, Refused."""
        history: dict[Visitor, list[Purchase]] = {}
        for purchase in sorted(purchases, key=_moment):
            history.setdefault(purchase.visitor, []).append(purchase)
        newcomers = [Newcomer(visitor, None, rows[0].at, rows) for visitor, rows in history.items()]
        guest_ids = self._register(newcomers, registered)
        send_chains(pack(_by_guest(history, guest_ids)), lambda rows: self._record(rows, advance))

    def _register(self, newcomers: Sequence[Newcomer], advance: Advance) -> dict[Visitor, str]:
        guest_ids: dict[Visitor, str] = {}
        alike: dict[str | None, list[Newcomer]] = {}
        for newcomer in newcomers:
            alike.setdefault(newcomer.visitor.phone or newcomer.visitor.card, []).append(newcomer)

        def send(part: list[Newcomer]) -> None:
            taken, answer = self._send("guests/import", "guests", part, Newcomer.profile, self._refuse_guest)
            for newcomer, result in zip(taken, answer["results"], strict=True):
                if result.get("error"):
                    self._refuse_guest(newcomer, str(result["error"]))
                else:
                    guest_ids[newcomer.visitor] = result["guest_id"]
                    self._count(guests_created=int(result["created"]), guests_known=int(not result["created"]))
            advance(len(part))

        send_chains(pack(alike.values()), send)
        return guest_ids

    def _record(self, rows: list[tuple[str, Purchase, str]], advance: Advance) -> None:
        _, answer = self._send("imports/purchases", "rows", rows, _recordable, self._refuse_row)
        self._count(recorded=answer.get("recorded", 0), known=answer.get("known", 0))
        advance(len(rows))

    def _send(
        self,
        path: str,
        member: str,
        items: list[Item],
        shape: Callable[[Item], object],
        refuse: Callable[[Item, str], None],
    ) -> tuple[list[Item], dict[str, Any]]:
        """The items that were taken, and the answer. Those the API finds fault with are refused and the rest sent again."""
        while items:
            body = {member: [shape(item) for item in items]}
            try:
                return items, self._session.send("POST", path, body=body, patience=LONG_PATIENCE)
            except Refused as refused:
                faults = _faults(refused, len(items))
                if not faults:
                    raise
                for at, reason in faults.items():
                    refuse(items[at], reason)
                items = [item for at, item in enumerate(items) if at not in faults]
        return [], {"results": []}

    def _refuse_guest(self, newcomer: Newcomer, reason: str) -> None:
        with self._lock:
            self.outcome.refused.extend(Reject(row.line, reason, row.text) for row in newcomer.rows)

    def _refuse_row(self, row: tuple[str, Purchase, str], reason: str) -> None:
        with self._lock:
            self.outcome.refused.append(Reject(row[1].line, reason, row[1].text))

    def _count(self, **more: int) -> None:
        with self._lock:
            for name, count in more.items():
                setattr(self.outcome, name, getattr(self.outcome, name) + count)


def _by_guest(
    history: Mapping[Visitor, Sequence[Purchase]], guest_ids: Mapping[Visitor, str]
) -> Iterable[list[tuple[str, Purchase, str]]]:
    """Each guest's keyed rows in order of time, also where a card and a number turned out to be the same guest."""
    groups: dict[str, list[Purchase]] = {}
    for visitor, guest_id in guest_ids.items():
        groups.setdefault(guest_id, []).extend(history[visitor])
    for guest_id, rows in groups.items():
        yield list(keyed((guest_id, row) for row in sorted(rows, key=_moment)))


def _moment(purchase: Purchase) -> datetime:
    return purchase.at


def _recordable(row: tuple[str, Purchase, str]) -> dict[str, object]:
    guest_id, purchase, key = row
    told = {"guest_id": guest_id, "key": key, "at": purchase.at, "cups": purchase.cups}
    if purchase.amount is not None:
        told["amount"] = purchase.amount
    if purchase.item is not None:
        told["item"] = purchase.item
    return told


def _faults(refused: Refused, items: int) -> dict[int, str]:
    """Which items of the request the API names, and what it says of each; empty if it does not speak of single items."""
    said: dict[int, str] = {}
    for pointer, detail in refused.faults if refused.status == 422 else ():
        found = _ITEM_AT_FAULT.search(pointer)
        if found is None or int(found[1]) >= items:
            return {}
        said.setdefault(int(found[1]), f"refused: {detail or refused.detail}")
    return said


def wait_until_counted(
    session: ShopSession, *, progress: Callable[[int, int], None], stalled_after: float = STALLED_SECONDS
) -> None:
    """Return when segments has counted every guest and purchase the shop has. `progress` gets (counted, to be counted).

    Raises Unreachable if nothing moves for `stalled_after` seconds.
    """
    best, moved_at = -1, time.monotonic()
    while True:
        guests = session.get("guests/totals")["guests"]
        purchases = session.get("accounts/totals")["purchases"]
        counted = session.get("segments/totals")
        progress(counted["guests"] + counted["purchases"], guests + purchases)
        if counted["guests"] >= guests and counted["purchases"] >= purchases:
            return
        if (sum_now := counted["guests"] + counted["purchases"]) > best:
            best, moved_at = sum_now, time.monotonic()
        elif time.monotonic() - moved_at > stalled_after:
            raise Unreachable(
                f"Everything is recorded, but the segments stand still at {counted['guests']} of {guests} guests and "
                f"{counted['purchases']} of {purchases} purchases for {stalled_after:.0f} s; is the segments consumer running?"
            )
        time.sleep(_POLL_SECONDS)
