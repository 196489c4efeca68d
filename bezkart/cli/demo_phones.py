"""Phones for some guests of the demo shop: a Telegram account each, and a place on the page that shows what they receive."""

from typing import Any, Final
from urllib.parse import quote

import httpx

from bezkart.cli.client import ShopSession
from bezkart.cli.failures import Unreachable
from bezkart.cli.simulation import ANNA_PHONE, SimulatedGuest

GUESTS: Final = 24


def hand_out_phones(session: ShopSession, guests: list[SimulatedGuest], *, page: str) -> None:
    """Anna and some others get Telegram, unless they have it, and are introduced to the page at `page` (its address).

    The page forgets them when its process ends; running this again introduces them again. Raises Unreachable, Refused.
    """
    base = page.removesuffix("/phone")
    try:
        with httpx.Client(base_url=base, timeout=5.0, trust_env=False) as town:
            for guest in _chosen(guests):
                _introduce(town, guest, _with_telegram(session, guest))
    except httpx.HTTPError as error:
        raise Unreachable(f"The page of phones at {page} does not answer ({type(error).__name__}).") from None


def _chosen(guests: list[SimulatedGuest]) -> list[SimulatedGuest]:
    """Anna first, then those with a name who came last."""
    named = [guest for guest in guests if guest.name and guest.visits]
    lately = sorted(named, key=lambda guest: guest.visits[-1].at, reverse=True)
    return sorted(lately, key=lambda guest: guest.phone != ANNA_PHONE)[:GUESTS]


def _with_telegram(session: ShopSession, guest: SimulatedGuest) -> dict[str, Any]:
    """The guest as identity knows him, {} when it does not."""
    found = session.send("POST", "guests/search", body={"phone": guest.phone})["guests"]
    if not found:
        return {}
    known: dict[str, Any] = found[0]
    if not known["has_telegram"]:
        path = f"guests/{quote(known['id'], safe='')}"
        session.send("PATCH", path, body={"telegram_id": int(_chat(guest))})
    return known


def _introduce(town: httpx.Client, guest: SimulatedGuest, known: dict[str, Any]) -> None:
    if known:
        person = {"name": guest.name, "phone": guest.phone, "telegram": _chat(guest), "guest_id": known["id"]}
        town.put(f"/control/people/{_chat(guest)}", json=person).raise_for_status()


def _chat(guest: SimulatedGuest) -> str:
    """A made-up Telegram account, as unique as the number."""
    return guest.phone.lstrip("+")
