"""Messages to those who work in a shop: each by Telegram, nobody else, and gone with the guest they tell of."""

import base64
from typing import Any

from pymongo import MongoClient

from bezkart.contracts.identity import StaffContactsChanged
from bezkart.contracts.notifications import Button, NotifyStaff
from bezkart.kernel.ids import GuestIds
from bezkart.kit.auth import Role
from bezkart.kit.vault import Envelopes
from services.notifications.usecases.learn_guests import erase_guests
from tests.fixtures.house import CONTACT_KEY, eventually, token
from tests.integration.notifications.conftest import OWNER, Post

PLATFORM = token(Role.OPS, shop="", staff="ops")
GUEST = GuestIds("g" * 40).issue("demo")
CHATS = {"s_boss": 501, "s_partner": 502, "s_anya": 503}


async def link(post: Post, staff_id: str, *, role: str = "barista", version: int = 1, **facts: Any) -> None:
    chat = Envelopes(keys=[CONTACT_KEY]).seal(str(CHATS[staff_id]))
    told = {"sealed_telegram": chat, "dismissed": False, **facts}
    event = StaffContactsChanged.model_validate(
        {"shop": "demo", "staff_id": staff_id, "role": role, "version": version, **told}
    )
    await post.publish(event)

    async def known() -> bool:
        found = await post.service.guests.load_many("demo", [staff_id])
        return staff_id in found and found[staff_id].version >= version

    await eventually(known, 60)


async def tell(post: Post, key: str, role: str = "owner", **more: Any) -> None:
    answer = Button(text="Ответить", action="thread:t_1")
    values = {"stars": 2, "comment": "Холодный кофе"}
    order = {"template": "low-rating", "values": values, "buttons": (answer,), "about": GUEST, **more}
    await post.publish(NotifyStaff.model_validate({"shop": "demo", "key": key, "role": role, **order}))


def chat(post: Post, staff_id: str) -> list[dict[str, Any]]:
    return post.town.books()["telegram"].of(str(CHATS[staff_id]))


def stored(post: Post) -> list[str]:
    with MongoClient[dict[str, Any]](post.house.stores.mongo_url) as client:
        messages = client[f"{post.house.namespace}notifications__demo"]["messages"]
        return sorted(each["guest_id"] for each in messages.find({"staff": True}))


async def test_a_picture_has_its_words_under_it_and_is_not_kept(post: Post) -> None:
    await link(post, "s_boss", role="owner")
    drawn = b"\x89PNG made for the test"
    picture = base64.b64encode(drawn).decode()
    short = {"text": "84 покупки", "text_en": "84 purchases"}
    report: dict[str, Any] = {"template": "daily-report", "about": None, "buttons": (), "picture": picture}
    await tell(post, "day-1", values=short, **report)
    assert (await post.ended("day-1/s_boss"))["state"] == "delivered"
    (note,) = chat(post, "s_boss")
    assert (note["text"], note["extra"]["file"]["is_photo"]) == ("84 покупки", True)
    stored_file = post.town.telegram.files.of(note["extra"]["file"]["id"])
    assert stored_file is not None
    assert (stored_file.content, stored_file.kind) == (drawn, "image/png")
    await tell(post, "day-2", values={"text": "д" * 1_025, "text_en": "d"}, **report)
    assert (await post.ended("day-2/s_boss"))["state"] == "delivered"
    alone, words = chat(post, "s_boss")[1:]
    assert (alone["text"], alone["extra"]["file"]["is_photo"], words["text"]) == ("", True, "д" * 1_025)
    with MongoClient[dict[str, Any]](post.house.stores.mongo_url) as client:
        messages = client[f"{post.house.namespace}notifications__demo"]["messages"]
        assert list(messages.find({"picture": {"$exists": True}})) == []


async def test_all_owners_or_one_person_and_nobody_twice(post: Post) -> None:
    await link(post, "s_boss", role="owner")
    await link(post, "s_partner", role="owner")
    await link(post, "s_anya")
    for _ in range(2):
        await tell(post, "low-1")
    for staff_id in ("s_boss", "s_partner"):
        assert (await post.ended(f"low-1/{staff_id}"))["state"] == "delivered"
        (note,) = chat(post, staff_id)
        assert note["text"] == "Низкая оценка: 2 из 5.\n«Холодный кофе»"
        assert note["extra"]["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "thread:t_1"
    assert chat(post, "s_anya") == []
    await tell(post, "for-anya", "s_anya", urgency="urgent")
    assert (await post.ended("for-anya/s_anya"))["state"] == "delivered"
    reach = await post.house.call("notifications", "GET", "/api/v1/channels/reachability", bearer=OWNER)
    assert reach.json()["segments"] == []


async def test_the_dismissed_and_the_unknown_hear_nothing(post: Post) -> None:
    await link(post, "s_boss", role="owner")
    await link(post, "s_partner", role="owner")
    await link(post, "s_partner", role="owner", version=2, dismissed=True)
    await link(post, "s_boss", role="owner", version=2, language="en")
    await tell(post, "to-nobody", "s_stranger")
    await tell(post, "low-2")
    await post.ended("low-2/s_boss")
    assert chat(post, "s_boss")[0]["text"].startswith("A low rating")
    assert stored(post) == ["s_boss"]


async def test_what_was_said_of_a_guest_goes_with_him(post: Post) -> None:
    await link(post, "s_boss", role="owner")
    await tell(post, "low-3")
    await tell(post, "of-nobody", about=None)
    for key in ("low-3", "of-nobody"):
        await post.ended(f"{key}/s_boss")
    await erase_guests("demo", [GUEST], post.service)
    assert len(stored(post)) == 1
    await tell(post, "low-4")
    await tell(post, "after", about=None)
    await post.ended("after/s_boss")
    assert await post.message("low-4/s_boss") is None


async def test_a_blocked_bot_ends_it_and_no_event_tells_of_a_guest_who_is_none(post: Post) -> None:
    await link(post, "s_boss", role="owner")
    post.telegram.blocked = [str(CHATS["s_boss"])]
    await tell(post, "low-5", urgency="urgent")
    ended = await post.ended("low-5/s_boss")
    assert (ended["state"], ended["reason"]) == ("failed", "bot-blocked")
    letters = await post.house.call(
        "notifications", "GET", "/api/v1/operations/notifications/dead-letters", bearer=PLATFORM
    )
    assert letters.json()["dead_letters"] == []
