"""What a guest sees and changes of himself, and what he may not."""

from typing import Any

import pytest

from bezkart.kit.auth import Role
from bezkart.kit.vault import Envelopes
from tests.fixtures.house import CONTACT_KEY, House, token
from tests.integration.identity.callers import OTHER_PHONE, PHONE, TelegramUser, heard, slug

OWNER = token(Role.OWNER, staff="s_owner")


@pytest.fixture
async def identity(house: House) -> House:
    await house.start("identity")
    await house.open_shop()
    return house


def guest(guest_id: str, *, shop: str = "demo", session: str = "web") -> str:
    return token(Role.GUEST, staff=guest_id, shop=shop, session=session)


async def search(house: House, **by: str) -> list[str]:
    answer = await house.call("identity", "POST", "/api/v1/guests/search", json=by)
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["guests"]]


async def test_a_guest_sees_and_changes_himself(identity: House) -> None:
    guest_id = await identity.register(PHONE)
    me = guest(guest_id)
    changed = await identity.call(
        "identity", "PATCH", "/api/v1/guests/me", bearer=me, json={"name": "Анна", "language": "en"}
    )
    assert (changed.json()["name"], changed.json()["language"]) == ("Анна", "en")
    told = [await heard(identity, "notifications.guests", "guest-contacts-changed.v1") for _ in range(2)]
    assert [each["language"] for each in told] == ["ru", "en"]
    assert (told[0]["sealed_name"], Envelopes(keys=[CONTACT_KEY]).open(told[1]["sealed_name"])) == (None, "Анна")
    shown = (await identity.call("identity", "GET", "/api/v1/guests/me", bearer=me)).json()
    assert shown == changed.json()
    assert "9130008323" not in str(shown)
    consent = "/api/v1/guests/me/consents/advertising"
    await identity.call("identity", "PUT", consent, bearer=me, json={"granted": True})
    said = await heard(identity, "notifications.guests", "guest-contacts-changed.v1")
    assert [each["advertising_consent"] for each in (*told, said)] == [False, False, True]


async def test_a_birthday_is_told_taken_back_and_erased(identity: House) -> None:
    body = {"phone": PHONE, "consents": {"processing": True}, "birthday": "02-29"}
    registered = await identity.call("identity", "POST", "/api/v1/guests", json=body)
    me = guest(registered.json()["id"])

    async def say(birthday: str) -> dict[str, Any]:
        answer = await identity.call("identity", "PATCH", "/api/v1/guests/me", bearer=me, json={"birthday": birthday})
        return {**answer.json(), "status": answer.status_code}

    assert (await say("03-08"))["birthday"] == "03-08"
    exported = (await identity.call("identity", "GET", "/api/v1/guests/me/export", bearer=me)).json()
    assert exported["birthday"] == "03-08"
    refused = await say("02-30")
    assert (refused["status"], refused["errors"][0]["pointer"]) == (422, "/birthday")
    assert (await say(""))["birthday"] is None
    told = [await heard(identity, "purchases.guests", "guest-changed.v1") for _ in range(3)]
    assert [each["birthday"] for each in told] == ["02-29", "03-08", None]


async def test_consents_have_the_channel_they_were_said_in(identity: House) -> None:
    guest_id = await identity.register(PHONE)
    path = "/api/v1/guests/me/consents/advertising"
    await identity.call("identity", "PUT", path, bearer=guest(guest_id), json={"granted": True})
    await identity.call("identity", "PUT", path, bearer=guest(guest_id, session="bot"), json={"granted": False})
    data = (await identity.call("identity", "GET", "/api/v1/guests/me/export", bearer=guest(guest_id))).json()
    said = [(each["channel"], each["granted"]) for each in data["consent_records"] if each["purpose"] == "advertising"]
    assert said == [("terminal", False), ("web", True), ("bot", False)]
    assert not data["consents"]["advertising"]


async def test_the_export_is_everything_and_his_own_only(identity: House) -> None:
    guest_id = await identity.register(PHONE)
    await identity.register(OTHER_PHONE)
    await search(identity, phone=PHONE)
    answer = await identity.call("identity", "GET", "/api/v1/guests/me/export", bearer=guest(guest_id))
    data = answer.json()
    assert (data["id"], data["phone"], data["telegram_id"]) == (guest_id, "+79130008323", None)
    assert [(each["role"], each["by"]) for each in data["looked_up"]] == [("barista", "phone")]
    assert "9140008323" not in answer.text
    assert "s_anya" not in answer.text


async def test_a_guest_erases_himself(identity: House) -> None:
    anna = TelegramUser(identity, 77)
    guest_id = (await anna.share()).json()["id"]
    assert (await anna.call("DELETE", "guests/me")).status_code == 204
    assert await search(identity, last4="8323") == []
    gone = await identity.call("identity", "GET", "/api/v1/guests/me", bearer=guest(guest_id))
    assert slug(gone) == (404, "guest-not-found")
    erased = await heard(identity, "purchases.erasures", "guest-erased.v1")
    assert erased["guest_id"] == guest_id


async def test_the_short_code_finds_the_guest_and_nobody_elses(identity: House) -> None:
    guest_id, other = await identity.register(PHONE), await identity.register(OTHER_PHONE)
    code = (await identity.call("identity", "GET", "/api/v1/guests/me", bearer=guest(guest_id))).json()["short_code"]
    assert await search(identity, code=code) == await search(identity, code=code.lower()) == [guest_id] != [other]
    assert await search(identity, code="AAAAAA") == []
    stranger = token(Role.OWNER, shop="other")
    found = await identity.call("identity", "POST", "/api/v1/guests/search", json={"code": code}, bearer=stranger)
    assert found.json()["guests"] == []
    lookups = await identity.call("identity", "GET", "/api/v1/guests/lookups", bearer=OWNER)
    assert lookups.json()["lookups"][-1]["by"] == "code"


async def test_guests_of_older_times_get_a_short_code_when_they_ask(identity: House) -> None:
    old = {"guests": [{"phone": PHONE, "registered_at": "2024-01-01T00:00:00Z"}]}
    answer = await identity.call("identity", "POST", "/api/v1/guests/import", json=old, bearer=OWNER)
    guest_id = answer.json()["results"][0]["guest_id"]
    codes = [
        (await identity.call("identity", "GET", "/api/v1/guests/me", bearer=guest(guest_id))).json()["short_code"]
        for _ in range(2)
    ]
    assert len(codes[0]) == 6
    assert codes[0] == codes[1]
    assert await search(identity, code=codes[0]) == [guest_id]


async def test_what_is_the_staffs_is_not_the_guests(identity: House) -> None:
    guest_id = await identity.register(PHONE)
    for method, path, body in (
        ("GET", f"guests/{guest_id}", None),
        ("PATCH", f"guests/{guest_id}", {"name": "X"}),
        ("DELETE", f"guests/{guest_id}", None),
        ("POST", "guests/search", {"last4": "8323"}),
        ("POST", "guests", {"phone": OTHER_PHONE, "consents": {"processing": True}}),
        ("GET", "guests/lookups", None),
        ("GET", "staff", None),
        ("GET", "sessions", None),
        ("GET", "shops/current", None),
        ("GET", "shops", None),
    ):
        answer = await identity.call("identity", method, f"/api/v1/{path}", bearer=guest(guest_id), json=body)
        assert slug(answer) == (403, "role-required"), path


async def test_a_shops_card_is_on_its_door(identity: House) -> None:
    anybody = {"Authorization": ""}
    card = await identity.call("identity", "GET", "/api/v1/shops/demo/card", headers=anybody)
    assert card.json() == {"slug": "demo", "name": "demo", "timezone": "Europe/Moscow", "bot_username": None}
    assert slug(await identity.call("identity", "GET", "/api/v1/shops/none/card", headers=anybody)) == (
        404,
        "shop-not-found",
    )
