"""The shop `demo` with people, guests and purchases, and beside it the shop `other`, from which they are asked for."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest
from pymongo import MongoClient

from bezkart.kit.auth import Role
from tests.fixtures.house import House, eventually, token

PHONE, CARD = "+79130008323", "C-17"
SECRET = "тайн"  # in every text that only the shop `demo` may see
MARKS = (
    "guest_id",
    "purchase_id",
    "staff_id",
    "session_id",
    "login",
    "rating_id",
    "thread_id",
    "survey_id",
    "mailing_id",
    "trigger_id",
)


@dataclass(frozen=True, slots=True)
class Foreign:
    """What belongs to the shop `demo`: `ids` fill in routes, `marks` betray it in answers."""

    ids: dict[str, str]

    @property
    def marks(self) -> list[str]:
        return [SECRET, *(self.ids[name] for name in MARKS)]


@pytest.fixture
async def both(house: House) -> House:
    """Both shops are open, and segments knows them."""
    await house.start("identity", "purchases", "purchases-consumer", "segments", "segments-consumer")
    await house.start("notifications", "notifications-consumer", "feedback", "feedback-consumer")
    await house.start("campaigns", "campaigns-consumer", "reports")
    for slug in ("demo", "other"):
        await house.open_shop(slug)

    async def known() -> bool:
        found = [await totals(house, slug, "segments") for slug in ("demo", "other")]
        return all("guests" in each for each in found) and all(
            [await has_sizes(house, slug) and await has_feedback(house, slug) for slug in ("demo", "other")]
        )

    await eventually(known)
    return house


@pytest.fixture
async def foreign(both: House) -> Foreign:
    owner = token(Role.OWNER, staff="s_owner")
    hired = await made(
        both, "identity", "/api/v1/staff", {"login": "zlata", "name": "Тайный", "password": "correct horse"}
    )
    await both.call("identity", "POST", "/api/v1/sessions", json={"login": "zlata", "password": "correct horse"})
    mine = token(staff=hired["id"])
    sessions = (await both.call("identity", "GET", "/api/v1/sessions", bearer=mine)).json()["sessions"]
    body = {"phone": PHONE, "card": CARD, "name": "тайный гость", "consents": {"processing": True}}
    survey_id = await asked_survey(both)
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
    ids = {"guest_id": guest_id, "purchase_id": purchase["purchase_id"], "staff_id": hired["id"], "login": "zlata"}
    ids |= {"message_id": told[0]["id"], "name": "receipt"}
    ids |= {"gift_id": "gift_none", "share_code": shown["referral_code"], "survey_id": survey_id}
    ids |= await letters_of(both, guest_id)
    ids |= await campaigns_of(both)
    ids |= {"sign_in_id": "in_none", "invitation": "guessed", "day": "2999-01-01", "chart": "unheard-of"}
    await quiet(both)
    return Foreign({**ids, "session_id": sessions[0]["id"], "slug": "demo", "phone": PHONE, "card": CARD})


async def asked_survey(house: House) -> str:
    """A survey that has asked everybody: nobody, as it is started before anybody has bought."""
    path, owner = "/api/v1/feedback/surveys", token(Role.OWNER, staff="s_owner")
    survey = await made(house, "feedback", path, {"question": "тайный вопрос"})

    async def through() -> bool:
        found = await house.call("feedback", "GET", f"{path}/{survey['id']}", bearer=owner)
        return not found.json()["asking"]

    await eventually(through)
    return str(survey["id"])


async def letters_of(house: House, guest_id: str) -> dict[str, str]:
    """What the guest has said: stars with a word, and a message to the owner."""
    guest, path = token(Role.GUEST, staff=guest_id), "/api/v1/feedback/ratings"

    async def rated() -> bool:
        opinion = {"stars": 5, "comment": "тайное мнение"}
        return (await house.call("feedback", "POST", path, json=opinion, bearer=guest)).status_code == 200

    await eventually(rated)  # once feedback has heard of the purchase
    page = (await house.call("feedback", "GET", path, bearer=token(Role.OWNER, staff="s_owner"))).json()
    letter = await house.call(
        "feedback",
        "POST",
        "/api/v1/feedback/threads",
        json={"text": "тайное письмо"},
        headers={"Idempotency-Key": "letter-0001"},
        bearer=guest,
    )
    return {"rating_id": page["ratings"][0]["id"], "thread_id": letter.json()["id"]}


async def campaigns_of(house: House) -> dict[str, str]:
    """A mailing, an audience, a trigger and a promotion with words that nobody else may read."""
    path = "/api/v1/mailings"
    mailing = await made(house, "campaigns", path, {"name": "тайная осень", "texts": [{"text": "тайное слово"}]})
    audience = await made(house, "campaigns", f"{path}/audiences", {"name": "тайные", "audience": {}})
    on = {"name": "тайный повод", "on": {"kind": "registered"}, "text": "тайный привет"}
    trigger = await made(house, "campaigns", "/api/v1/triggers", on)
    rule = {"kind": "discount", "name": "тайная скидка", "benefit": {"percent": 10}}
    promotion = await made(house, "campaigns", "/api/v1/promotions", {"rule": rule})
    return {
        "mailing_id": mailing["id"],
        "audience_id": audience["id"],
        "trigger_id": trigger["id"],
        "promotion_id": promotion["id"],
    }


async def quiet(house: House) -> None:
    """Until nothing that was done before is on its way any more."""

    async def still() -> bool:
        before = [stored(house, shop) for shop in ("demo", "other")]
        await asyncio.sleep(0.3)
        return [stored(house, shop) for shop in ("demo", "other")] == before

    await eventually(still)


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


async def has_feedback(house: House, shop: str) -> bool:
    answer = await house.call("feedback", "GET", "/api/v1/feedback/settings", bearer=token(Role.OWNER, shop=shop))
    return answer.status_code == 200


def stored(house: House, shop: str) -> dict[str, Any]:
    """Everything the services keep of a shop, but for outboxes, which empty themselves."""
    with MongoClient[dict[str, Any]](house.stores.mongo_url) as client:
        services = ("campaigns", "feedback", "identity", "notifications", "purchases", "reports", "segments")
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
