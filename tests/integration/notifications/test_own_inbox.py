"""What a guest reads and wishes: the own inbox, buttons, topics, notes to browsers (F40, F74)."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from pymongo import MongoClient

from bezkart.contracts.notifications import Button, SendMessage
from bezkart.kernel.ids import GuestIds
from bezkart.kit.auth import Role
from bezkart.kit.vault import Envelopes
from services.notifications.usecases.learn_guests import erase_guests
from services.notifications.usecases.take_due import take_due
from tests.fixtures.house import CONTACT_KEY, House, eventually, token
from tests.integration.notifications.conftest import OWNER, Post
from tests.integration.notifications.providers import PUSH_KEY

IDS = GuestIds("g" * 40)
STARS = tuple(Button(text=f"{stars} ★", action=f"rate:r_1:{stars}", row=stars // 4) for stars in range(1, 6))


@pytest.fixture
def browsers(house: House) -> None:
    """This installation sends notes to browsers, to those of the stand-in as well."""
    house.notifications_settings = {"push_private_key": PUSH_KEY, "push_services": ("127.0.0.1",)}


async def ask(post: Post, guest_id: str, method: str = "GET", path: str = "", **options: Any) -> Any:
    """As the guest."""
    bearer = token(Role.GUEST, staff=guest_id)
    return await post.house.call("notifications", method, f"/api/v1/inbox{path}", bearer=bearer, **options)


async def letters(post: Post, guest_id: str) -> list[dict[str, Any]]:
    found = (await ask(post, guest_id)).json()["messages"]
    return [each for each in found if each["template"] != "welcome"]


def stored(post: Post, key: str) -> dict[str, Any]:
    with MongoClient[dict[str, Any]](post.house.stores.mongo_url) as client:
        found = client[f"{post.house.namespace}notifications__demo"]["messages"].find_one({"key": key})
    assert found is not None
    return found


async def test_a_code_is_read_by_its_guest_alone_and_only_while_it_is_good(post: Post) -> None:
    guest_id, other = await post.guest(), await post.guest()
    await post.command(guest_id, key="gift-1", template="gift-code", values={"code": "402913"}, seconds=600)
    await post.ended("gift-1")
    (letter,) = await letters(post, guest_id)
    assert "402913" in letter["text"]
    assert await letters(post, other) == []
    assert (await ask(post, other, params={"guest_id": guest_id})).status_code == 404
    seen = await post.house.call("notifications", "GET", "/api/v1/inbox", params={"guest_id": guest_id}, bearer=OWNER)
    assert [each["text"] for each in seen.json()["messages"] if each["template"] == "gift-code"] == [None]
    assert "402913" not in (await ask(post, guest_id, path="/export")).text
    post.house.clock.offset = timedelta(seconds=601)
    assert [each["text"] for each in await letters(post, guest_id)] in ([], [None])


async def test_what_was_seen_is_read_and_what_comes_later_is_not(post: Post) -> None:
    guest_id = await post.guest()
    await post.order(guest_id, "first", channels=["web"])
    inbox = (await ask(post, guest_id)).json()
    assert inbox["unread"] == 2  # the welcome as well
    body = {"up_to": inbox["messages"][0]["at"]}
    assert (await ask(post, guest_id, "POST", "/read", json=body)).json() == {"unread": 0}
    await post.order(guest_id, "second", channels=["web"])
    (second, first) = await letters(post, guest_id)
    assert (second["read_at"], first["read_at"] is None) == (None, False)
    assert (await ask(post, guest_id)).json()["unread"] == 1


async def test_buttons_are_in_the_chat_and_in_the_inbox(post: Post) -> None:
    guest_id = await post.guest(telegram_id=4242)
    asked = SendMessage(
        shop="demo",
        guest_id=guest_id,
        key="r_1",
        template="rating-request",
        channels=("telegram", "web"),
        buttons=STARS,
    )
    await post.publish(asked)
    await post.ended("r_1")
    note = next(each for each in post.town.books()["telegram"].of("4242") if "оценку" in each["text"])
    rows = note["extra"]["reply_markup"]["inline_keyboard"]
    assert [[each["callback_data"][-1] for each in row] for row in rows] == [["1", "2", "3"], ["4", "5"]]
    (letter,) = await letters(post, guest_id)
    assert letter["buttons"] == [each.model_dump() for each in STARS]
    assert datetime.fromisoformat(letter["expires_at"]) > post.house.clock.now()


async def test_a_topic_that_is_switched_off_is_silent_and_codes_come_all_the_same(post: Post) -> None:
    guest_id = await post.guest(telegram_id=4242)
    assert (await ask(post, guest_id, path="/settings")).json() == {
        "receipts": True,
        "ratings": True,
        "reminders": True,
    }
    switched = await ask(post, guest_id, "PUT", "/settings", json={"ratings": False})
    assert switched.json() == {"receipts": True, "ratings": False, "reminders": True}
    for key, template in (("r_1", "rating-request"), ("gift-1", "gift-code")):
        await post.command(guest_id, key=key, template=template, values={"code": "402913"}, seconds=600)
    assert (await post.ended("gift-1"))["state"] == "delivered"
    silent = await post.ended("r_1")
    assert (silent["state"], silent["reason"]) == ("cancelled", "switched-off")
    assert [each["template"] for each in await letters(post, guest_id)] == ["gift-code"]


async def test_a_sign_in_code_goes_to_the_typed_number_and_nowhere_else(post: Post) -> None:
    guest_id = await post.guest(telegram_id=4242, phone="+79130008323")
    now = post.house.clock.now()
    order = SendMessage(
        shop="demo",
        guest_id=guest_id,
        key="sign-in:1",
        template="sign-in-code",
        values={"code": "402913", "minutes": 10, "shop_name": "Зерно"},
        urgency="urgent",
        channels=("sms",),
        expires_at=now + timedelta(minutes=10),
        sealed_phone=Envelopes(keys=[CONTACT_KEY]).seal("+79161234567"),
    )
    await post.publish(order)
    sent = await post.ended("sign-in:1")
    assert [text[:6] for text in post.read("smsc", "+79161234567")] == ["402913"]
    assert post.read("smsc", "+79130008323") == []
    assert await letters(post, guest_id) == []
    other_way = await post.house.call(
        "notifications", "POST", f"/api/v1/messages/{sent['id']}/escalate", json={"channel": "telegram"}
    )
    assert other_way.status_code == 422
    assert stored(post, "sign-in:1")["sealed_phone"]
    post.house.clock.offset = timedelta(minutes=11)
    await take_due("demo", post.house.clock.now(), post.service)
    over = stored(post, "sign-in:1")
    assert (over["text"], over["sealed_phone"], over["state"]) == (None, None, "delivered")


@pytest.mark.usefixtures("browsers")
async def test_notes_to_browsers(post: Post) -> None:
    guest_id, other = await post.guest(), await post.guest()
    first, second = (post.town.push.subscribe(guest_id, base=post.house.standins) for _ in range(2))
    told = (await ask(post, guest_id, path="/push")).json()
    assert (len(told["public_key"]), told["browsers"]) == (87, 0)
    for browser in (first, second, first):
        answer = await ask(post, guest_id, "PUT", "/push", json=browser)
    assert answer.json()["browsers"] == 2
    for key, urgency in (("m_1", "urgent"), ("m_2", "bulk")):
        await post.order(guest_id, key, channels=["web"], urgency=urgency)

    async def read() -> bool:
        return sorted(post.read("push", guest_id)) == ["m_1", "m_1", "m_2", "m_2"]

    await eventually(read, 60)
    assert (await ask(post, other, "PUT", "/push", json=second)).json()["browsers"] == 1
    assert (await ask(post, guest_id, path="/push")).json()["browsers"] == 1, "the browser has another guest now"
    post.town.push.mode.blocked = [guest_id]
    await post.order(guest_id, "m_3", channels=["web"])

    async def dropped() -> bool:
        return bool((await ask(post, guest_id, path="/push")).json()["browsers"] == 0)

    await eventually(dropped, 60)
    assert (await ask(post, other, "DELETE", "/push", json={"endpoint": second["endpoint"]})).status_code == 204
    assert (await ask(post, other, path="/push")).json()["browsers"] == 0
    foreign = await ask(post, guest_id, "PUT", "/push", json={**first, "endpoint": "https://evil.example/push"})
    assert (foreign.status_code, foreign.json()["type"]) == (422, "urn:bezkart:problem:push-refused")


async def test_without_a_key_there_are_no_notes(office: Post) -> None:
    guest_id = IDS.issue("demo")
    assert (await ask(office, guest_id, path="/push")).json() == {"public_key": None, "browsers": 0}
    subscription = {"endpoint": "https://fcm.googleapis.com/x", "keys": {"p256dh": "x", "auth": "y"}}
    assert (await ask(office, guest_id, "PUT", "/push", json=subscription)).status_code == 409


@pytest.mark.usefixtures("browsers")
async def test_a_guest_takes_everything_away_and_then_nothing_is_left(post: Post) -> None:
    guest_id = await post.guest(telegram_id=4242, phone="+79130008323")
    await ask(post, guest_id, "PUT", "/push", json=post.town.push.subscribe(guest_id, base=post.house.standins))
    await ask(post, guest_id, "PUT", "/settings", json={"receipts": False})
    export = (await ask(post, guest_id, path="/export")).json()
    assert (export["telegram"], export["phone"][-5:], len(export["browsers"])) == (True, "83-23", 1)
    assert export["settings"]["receipts"] is False
    assert [each["template"] for each in export["messages"]] == ["welcome"]
    assert [each["channel"] for each in export["messages"][0]["attempts"]] == ["telegram"]
    await erase_guests("demo", [guest_id], post.service)
    assert (await ask(post, guest_id)).json() == {"messages": [], "unread": 0}
    left = (await ask(post, guest_id, path="/export")).json()
    assert (left["telegram"], left["phone"], left["browsers"], left["messages"]) == (False, None, [], [])
    gone = await ask(post, guest_id, "PUT", "/settings", json={"receipts": False})
    assert gone.status_code == 410
    with MongoClient[dict[str, Any]](post.house.stores.mongo_url) as client:
        kept = list(client[f"{post.house.namespace}notifications__demo"]["guests"].find({"_id": guest_id}))
    assert json.dumps(kept, default=str) == json.dumps([{"_id": guest_id, "erased": True, "version": 0}])
