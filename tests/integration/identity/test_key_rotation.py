"""Keys are changed while shops sell: nothing becomes unreadable, nothing stays under the old key, twice is once."""

from typing import Any

import pytest
from cryptography.fernet import Fernet

from bezkart.kit import rotation
from bezkart.kit.auth import Role
from tests.fixtures.house import CONTACT_KEY, House, eventually, token

OPS = token(Role.OPS, shop="")


def new_key() -> str:
    return Fernet.generate_key().decode()


async def rotate(house: House, service: str, kind: str, *, steps: int = 1000) -> int:
    """How many were sealed anew in so many steps at most."""
    renewed, cursor = 0, None
    for _ in range(steps):
        path = f"/api/v1/operations/{service}/keys/{kind}"
        answer = await house.call(service, "POST", path, bearer=OPS, json={"cursor": cursor})
        assert answer.status_code == 200, answer.text
        renewed, cursor = renewed + answer.json()["renewed"], answer.json()["cursor"]
        if cursor is None:
            break
    return renewed


async def phone_of(house: House, guest_id: str, shop: str) -> Any:
    """As the guest's own export tells it."""
    guest = token(Role.GUEST, shop=shop, staff=guest_id)
    answer = await house.call("identity", "GET", "/api/v1/guests/me/export", bearer=guest)
    return answer.json()["phone"] if answer.status_code == 200 else answer.status_code


@pytest.fixture
def _few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "AT_ONCE", 2)


@pytest.mark.usefixtures("_few_at_once")
async def test_phones_go_over_to_a_new_key(house: House) -> None:
    old, new = new_key(), new_key()
    house.identity_settings = {"phone_keys": old}
    await house.start("identity")
    guests = {}
    for shop, count in (("demo", 5), ("empty", 0), ("other", 3)):
        await house.open_shop(shop)
        for number in range(count):
            phone = f"+7900000{number:02d}{len(shop):02d}"
            guests[await house.register(phone, bearer=token(shop=shop))] = (phone, shop)
    await house.stop("identity")

    house.identity_settings = {"phone_keys": f"{new},{old}"}
    await house.start("identity")
    assert await rotate(house, "identity", "phones", steps=2) < len(guests), "stopped half-way"
    again = await rotate(house, "identity", "phones")
    assert 0 < again < len(guests), "what is done is not done again"
    assert await rotate(house, "identity", "phones") == 0
    await house.stop("identity")

    house.identity_settings = {"phone_keys": new}
    await house.start("identity")
    for guest_id, (phone, shop) in guests.items():
        found = await house.call(
            "identity", "POST", "/api/v1/guests/search", bearer=token(shop=shop), json={"phone": phone}
        )
        assert [each["id"] for each in found.json()["guests"]] == [guest_id]
        assert await phone_of(house, guest_id, shop) == phone


async def test_a_text_that_no_key_opens_is_said_and_changes_nothing(house: House) -> None:
    house.identity_settings = {"phone_keys": new_key()}
    await house.start("identity")
    await house.open_shop("demo")
    await house.register("+79000000001")
    await house.stop("identity")
    house.identity_settings = {"phone_keys": new_key()}
    await house.start("identity")
    path = "/api/v1/operations/identity/keys/phones"
    answer = await house.call("identity", "POST", path, bearer=OPS, json={"cursor": "demo/0/"})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:bezkart:problem:key-missing")


@pytest.mark.parametrize("cursor", ["demo", "demo/x/", "../../", "demo/99/", "nobody/0/zzz"])
async def test_a_cursor_from_nowhere_does_no_harm(house: House, cursor: str) -> None:
    await house.start("identity")
    path = "/api/v1/operations/identity/keys/phones"
    answer = await house.call("identity", "POST", path, bearer=OPS, json={"cursor": cursor})
    assert answer.status_code in {200, 422}
    assert (await house.call("identity", "POST", path, json={"cursor": None})).status_code == 403


async def test_contacts_go_over_to_a_new_key(house: House) -> None:
    """Those of guests in the notification service, as they came from identity."""
    new = new_key()
    await house.start("identity", "notifications-consumer", "notifications")
    await house.open_shop("demo")
    guest = await house.register("+79000000001")
    service = house.notifications_services["notifications"]

    async def known() -> bool:
        return guest in await service.guests.load_many("demo", [guest])

    await eventually(known)
    before = (await service.guests.load_many("demo", [guest]))[guest]
    await house.stop("notifications", "notifications-consumer")
    house.notifications_settings = {"contact_keys": f"{new},{CONTACT_KEY}"}
    await house.start("notifications")
    assert await rotate(house, "notifications", "contacts") == 1
    assert await rotate(house, "notifications", "contacts") == 0
    await house.stop("notifications")
    house.notifications_settings = {"contact_keys": new}
    await house.start("notifications")
    service = house.notifications_services["notifications"]
    after = (await service.guests.load_many("demo", [guest]))[guest]
    assert after.version == before.version
    assert after.phone is not None
    assert service.envelopes.open(after.phone) == "+79000000001"
