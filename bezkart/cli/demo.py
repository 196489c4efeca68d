"""The demo shop: SIMULATED guests and purchases of six months, brought in through the same API as anybody's history."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from bezkart.cli.client import LONG_PATIENCE, Gateway, ShopSession
from bezkart.cli.imports.lanes import send_chains
from bezkart.cli.imports.reading import Guest, Purchase, Visitor
from bezkart.cli.imports.running import Import, wait_until_counted
from bezkart.cli.simulation import ANNA_PHONE, ANNA_REGISTERED_BEFORE, SimulatedGuest, simulate

SHOP: Final = "demo"
NAME: Final = "Кофейня «Зерно»"
TIMEZONE: Final = "Europe/Moscow"

PROGRAM: Final = {
    "mode": "both",
    "cups_per_gift": 6,
    "gift": "капучино 0,2 л",
    "gift_en": "cappuccino 0.2 l",
    "points": {"referral_friend": 5_000, "referral_referrer": 5_000},
}
POINTS_OF_ANNA: Final = 12_000
"""Minor units: 120 points."""

Progress = Callable[[str, int, int], None]
"""Told (step, done, total) as things go on."""


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """Good in demo mode only: elsewhere passwords this short are refused."""

    login: str
    password: str
    name: str


OWNER: Final = DemoLogin("owner", "222", "Ольга")
BARISTA: Final = DemoLogin("barista", "111", "Борис")


def create_demo_shop(gateway: Gateway, progress: Progress) -> bool:
    """Create the shop, or complete what an interrupted run left. False if it was complete already: nothing is changed.

    The barista comes last, so his presence says that all the rest is there. Raises Unreachable, Refused.
    """
    _open_shop(gateway)
    session = gateway.open_shop(SHOP)
    if any(person["login"] == BARISTA.login for person in session.get("staff")["staff"]):
        return False
    guests = simulated_guests(session)
    session.send("PUT", "program", body=PROGRAM)
    _bring(session, guests, progress)
    wait_until_counted(session, progress=lambda done, total: progress("Counted in segments", done, total))
    _give_points(session)
    barista = {"login": BARISTA.login, "name": BARISTA.name, "password": BARISTA.password}
    session.send("POST", "staff", body=barista, repeatable=False)
    return True


def simulated_guests(session: ShopSession) -> list[SimulatedGuest]:
    """Those of the demo shop, the same at every call once Anna is registered."""
    return simulate(_end_of_history(session), ZoneInfo(TIMEZONE))


def _give_points(session: ShopSession) -> None:
    """An import earns none, and paying with points is worth a look."""
    (anna,) = session.send("POST", "guests/search", body={"phone": ANNA_PHONE})["guests"]
    body = {"points": POINTS_OF_ANNA, "reason": "simulated history"}
    session.send("POST", f"accounts/{quote(anna['id'], safe='')}/adjustments", body=body, key="demo-points-of-anna")


def _open_shop(gateway: Gateway) -> None:
    if any(shop["slug"] == SHOP for shop in gateway.get("shops")["shops"]):
        return
    owner = {"login": OWNER.login, "name": OWNER.name, "password": OWNER.password}
    body = {"slug": SHOP, "name": NAME, "timezone": TIMEZONE, "currency": "RUB", "plan": "pro", "owner": owner}
    gateway.send("POST", "shops", body=body, repeatable=False)


def _end_of_history(session: ShopSession) -> datetime:
    """Now; or what was now when an interrupted run registered Anna, so that both runs make the same history."""
    found = session.send("POST", "guests/search", body={"phone": ANNA_PHONE})["guests"]
    if found:
        return datetime.fromisoformat(found[0]["registered_at"]).astimezone(UTC) + ANNA_REGISTERED_BEFORE
    return datetime.now(UTC).replace(microsecond=0)


def _bring(session: ShopSession, guests: Sequence[SimulatedGuest], progress: Progress) -> None:
    work = Import(session)
    listed = [Guest(0, _visitor(guest), guest.name, guest.registered_at, "") for guest in guests]
    guest_ids = work.guests(
        listed, now=listed[0].registered_at or datetime.now(UTC), advance=_counter("Guests", len(guests), progress)
    )
    _consent(session, guests, guest_ids, _counter("Consents", len(guests), progress))
    rows = [
        Purchase(0, _visitor(guest), visit.at, visit.amount, visit.item, visit.cups, "")
        for guest in guests
        for visit in guest.visits
    ]
    work.purchases(rows, registered=lambda _: None, advance=_counter("Purchases", len(rows), progress))


def _visitor(guest: SimulatedGuest) -> Visitor:
    return Visitor(card=None, phone=guest.phone)


def _consent(
    session: ShopSession,
    guests: Sequence[SimulatedGuest],
    guest_ids: Mapping[Visitor, str],
    advance: Callable[[int], None],
) -> None:
    """Each purpose by itself, as the law has it (F3)."""

    def send(batch: list[SimulatedGuest]) -> None:
        for guest in batch:
            guest_id = quote(guest_ids[_visitor(guest)], safe="")
            for purpose in ("processing", "advertising")[: 1 + guest.wants_advertising]:
                path = f"guests/{guest_id}/consents/{purpose}"
                session.send("PUT", path, body={"granted": True}, patience=LONG_PATIENCE)
        advance(len(batch))

    send_chains([[list(guests[at : at + 10])] for at in range(0, len(guests), 10)], send)


def _counter(step: str, total: int, progress: Progress) -> Callable[[int], None]:
    done = 0

    def advance(more: int) -> None:
        nonlocal done
        done += more
        progress(step, done, total)

    return advance
