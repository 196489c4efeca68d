"""The demo shop on the real system: its simulated history, its logins, and a second run that changes nothing."""

from typing import Any

import httpx

from bezkart.cli.address import Address
from bezkart.cli.client import Gateway
from bezkart.cli.demo import BARISTA, OWNER, POINTS_OF_ANNA, SHOP, create_demo_shop, simulated_guests
from bezkart.cli.demo_campaigns import AT_WORK, start_campaigns
from bezkart.cli.demo_phones import GUESTS, hand_out_phones
from bezkart.cli.simulation import GIFTS_OF_ANNA, STAMPS_OF_ANNA
from bezkart.local import Stack


def signed_in(stack: Stack, login: str, password: str) -> httpx.Client:
    answer = httpx.post(f"{stack.gateway}/api/v1/sessions", json={"login": login, "password": password})
    assert answer.status_code == 201, answer.text
    return httpx.Client(
        base_url=f"{stack.gateway}/api/v1/", headers={"Authorization": f"Bearer {answer.json()['token']}"}
    )


def numbers(gateway: Gateway) -> dict[str, Any]:
    session = gateway.open_shop(SHOP)
    return {
        path: session.get(path)
        for path in ("guests/totals", "accounts/totals", "segments/totals", "segments/comparison")
    }


def some_guests_get_phones(stack: Stack, gateway: Gateway) -> None:
    """The same ones however often it is done."""
    session, page = gateway.open_shop(SHOP), stack.document["phones"]
    for _ in range(2):
        hand_out_phones(session, simulated_guests(session), page=page)
    town = page.removesuffix("/phone")
    people = httpx.get(f"{town}/control/people", trust_env=False).json()["people"]
    (anna,) = (person for person in people if person["phone"].endswith("8323"))
    assert (anna["name"], anna["telegram"]) == ("Анна", anna["phone"].lstrip("+"))
    assert len({person["guest_id"] for person in people if person["telegram"]}) >= GUESTS
    shown = httpx.get(page, params={"who": anna["id"]}, trust_env=False).text
    assert f'<a href="/phone?who={anna["id"]}" aria-current="page"><b>Анна</b>' in shown


def campaigns_are_at_work(gateway: Gateway) -> None:
    """However often it is done; and what came of them is told honestly."""
    session = gateway.open_shop(SHOP)
    assert start_campaigns(session)
    assert not start_campaigns(session)
    triggers = session.get("triggers")["triggers"]
    assert {(each["scenario"], each["active"]) for each in triggers} == {(name, True) for name in AT_WORK}
    assert [each["state"] for each in session.get("promotions")["promotions"]] == ["active"]
    (mailing,) = session.get("mailings")["mailings"]
    effects = session.get("mailings/effects")["effects"]
    assert mailing["id"] in {each["id"] for each in effects}
    assert {each["verdict"] for each in effects} == {"not-enough-data"}


def test_the_demo_shop_is_created_once_and_shows_everything(stack: Stack) -> None:
    with Gateway(Address(stack.gateway, stack.ops_key)) as gateway:
        assert create_demo_shop(gateway, lambda step, done, total: None)
        before = numbers(gateway)
        assert create_demo_shop(gateway, lambda step, done, total: None) is False
        assert numbers(gateway) == before
        some_guests_get_phones(stack, gateway)
        campaigns_are_at_work(gateway)
    comparison = before["segments/comparison"]
    assert min(comparison["to"]["segments"].values()) > 40
    assert comparison["from"]["segments"] != comparison["to"]["segments"]
    assert comparison["won_back"]["guests"] > 5
    with signed_in(stack, BARISTA.login, BARISTA.password) as barista:
        (anna,) = barista.post("guests/search", json={"last4": "8323"}).json()["guests"]
        assert (anna["name"], anna["has_telegram"]) == ("Анна", True)
        assert anna["consents"] == {"processing": True, "advertising": True}
        account = barista.get(f"accounts/{anna['id']}").json()
        assert (account["stamps"], account["gifts"], account["points"]) == (
            STAMPS_OF_ANNA,
            GIFTS_OF_ANNA,
            POINTS_OF_ANNA,
        )
    with signed_in(stack, OWNER.login, OWNER.password) as owner:
        assert owner.get("segments").json()["total"] == before["guests/totals"]["guests"]
