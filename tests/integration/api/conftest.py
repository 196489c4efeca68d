"""The shop `demo` with people, guests and purchases, and beside it the shop `other`, from which they are asked for."""

from dataclasses import dataclass
from typing import Any

import pytest
from pymongo import MongoClient

from bezkart.kit.auth import Role
from tests.fixtures.house import House, eventually, token

PHONE, CARD = "+79130008323", "C-17"
SECRET = "тайн"  # in every text that only the shop `demo` may see


@dataclass(frozen=True, slots=True)
class Foreign:
    """What belongs to the shop `demo`: `ids` fill in routes, `marks` betray it in answers."""

    ids: dict[str, str]

    @property
    def marks(self) -> list[str]:
        return [SECRET, *(self.ids[name] for name in ("guest_id", "purchase_id", "staff_id", "session_id", "login"))]


@pytest.fixture
async def both(house: House) -> House:
    """Both shops are open, and segments knows them."""
    await house.start("identity", "purchases", "purchases-consumer", "segments", "segments-consumer")
    await house.start("notifications", "notifications-consumer")
    for slug in ("demo", "other"):
        await house.open_shop(slug)

    async def known() -> bool:
        found = [await totals(house, slug, "segments") for slug in ("demo", "other")]
        return all("guests" in each for each in found) and all(
            [await has_sizes(house, slug) for slug in ("demo", "other")]
        )

    await eventually(known)
    return house


@pytest.fixture
async def foreign(both: House) -> Foreign:
    owner = token(Role.OWNER, staff="s_owner")
    hired = await made(
        both, "identity", "/api/v1/staff", {"login": "secret", "name": "Тайный", "password": "correct horse"}
    )
    await both.call("identity", "POST", "/api/v1/sessions", json={"login": "secret", "password": "correct horse"})
    mine = token(staff=hired["id"])
    sessions = (await both.call("identity", "GET", "/api/v1/sessions", bearer=mine)).json()["sessions"]
    body = {"phone": PHONE, "card": CARD, "name": "тайный гость", "consents": {"processing": True}}
    guest_id = (await made(both, "identity", "/api/v1/guests", body))["id"]
    await both.call("identity", "POST", "/api/v1/guests/search", json={"phone": PHONE}, bearer=owner)
    await both.call(
        "purchases", "PUT", "/api/v1/program", json={"cups_per_gift": 9, "gift": "тайный раф"}, bearer=owner
    )
    purchase = (await both.record(guest_id, body={"items": ["тайный раф"]})).json()
    shown = (await both.call("purchases", "GET", f"/api/v1/accounts/{guest_id}")).json()

    async def taken_in() -> bool:
        return await totals(both, "demo", "segments") == {"guests": 1, "purchases": 1}

    await eventually(taken_in)
    told = await messages_of(both, guest_id)
    ids = {"guest_id": guest_id, "purchase_id": purchase["purchase_id"], "staff_id": hired["id"], "login": "secret"}
    ids |= {"message_id": told[0]["id"], "name": "receipt"}
    ids |= {"gift_id": "gift_none", "share_code": shown["referral_code"]}
    return Foreign({**ids, "session_id": sessions[0]["id"], "slug": "demo", "phone": PHONE, "card": CARD})


async def made(house: House, service: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await house.call(service, "POST", path, json=body, bearer=token(Role.OWNER, staff="s_owner"))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def messages_of(house: House, guest_id: str) -> list[dict[str, Any]]:
    """The welcome and the receipt, once both are settled."""

    async def found() -> list[dict[str, Any]]:
        answer = await house.call("notifications", "GET", "/api/v1/messages", params={"guest_id": guest_id})
        return list(answer.json()["messages"])

    async def settled() -> bool:
        return [each["state"] for each in await found()] == ["delivered", "delivered"]

    await eventually(settled)
    return await found()


async def totals(house: House, shop: str, service: str) -> dict[str, int]:
    resource = {"identity": "guests", "purchases": "accounts", "segments": "segments"}[service]
    answer = await house.call(service, "GET", f"/api/v1/{resource}/totals", bearer=token(Role.OWNER, shop=shop))
    return dict(answer.json())


async def has_sizes(house: House, shop: str) -> bool:
    return "total" in await house.segments(shop)


def stored(house: House, shop: str) -> dict[str, Any]:
    """Everything the services keep of a shop, but for outboxes, which empty themselves."""
    with MongoClient[dict[str, Any]](house.stores.mongo_url) as client:
        services = ("identity", "notifications", "purchases", "segments")
        names = [f"{house.namespace}{service}__{shop}" for service in services]
        found = {
            f"{name}.{collection}": list(client[name][collection].find({}, {"outbox": 0}).sort("_id"))
            for name in names
            for collection in client[name].list_collection_names()
        }
        own = client[f"{house.namespace}identity"]
        found["shop"] = list(own["shops"].find({"_id": shop}, {"outbox": 0}))
        found["staff"] = list(own["staff"].find({"shop": shop}).sort("_id"))
        return {name: documents for name, documents in found.items() if documents}
