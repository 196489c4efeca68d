"""F41, F43: which way a message goes when channels fail, in time, and that nothing is lost, repeated or spent on SMS in vain."""

from datetime import timedelta
from time import monotonic

import pytest

from services.notifications.domain import message as rules
from tests.integration.notifications.conftest import OWNER, Post

PHONE = "+79131110101"


async def test_a_code_goes_by_telegram_and_costs_nothing(post: Post) -> None:
    guest = await post.guest(telegram_id=4201, phone=PHONE)
    started = monotonic()
    await post.order(guest, "code-1", "ваш код 111")
    ended = await post.ended("code-1")
    assert monotonic() - started < 2
    assert (ended["state"], ended["channel"], ended["cost"]) == ("delivered", "telegram", 0)
    assert post.read("telegram", "4201")[-1] == "ваш код 111"
    assert post.read("smsc", PHONE) == []


async def test_the_same_key_is_sent_once(post: Post) -> None:
    guest = await post.guest(telegram_id=4202)
    for _ in range(3):
        await post.order(guest, "code-2", "один раз")
    await post.ended("code-2")
    assert post.read("telegram", "4202").count("один раз") == 1


async def test_with_telegram_down_a_code_comes_by_sms_in_time_and_at_once_when_the_breaker_is_open(post: Post) -> None:
    guest = await post.guest(telegram_id=4203, phone=PHONE)
    post.telegram.on = False
    started = monotonic()
    await post.order(guest, "code-3", "первый")
    first = await post.ended("code-3")
    assert monotonic() - started < 20
    assert (first["channel"], first["address"]) == ("sms", "+7 ••• •••-01-01")
    for number in range(4):
        await post.order(guest, f"more-{number}")
        await post.ended(f"more-{number}")
    started = monotonic()
    await post.order(guest, "code-4", "последний")
    last = await post.ended("code-4")
    assert monotonic() - started < 2
    assert [each["channel"] for each in last["attempts"]] == ["sms"]
    assert post.read("smsc", PHONE)[-1] == "последний"


async def test_a_hard_failure_goes_on_at_once_and_the_channel_stays_dead(post: Post) -> None:
    guest = await post.guest(telegram_id=4204, phone=PHONE)
    post.telegram.blocked = ["4204"]
    started = monotonic()
    await post.order(guest, "code-5")
    ended = await post.ended("code-5")
    assert monotonic() - started < 3
    assert [(each["channel"], each["reason"]) for each in ended["attempts"]] == [
        ("telegram", "bot-blocked"),
        ("sms", None),
    ]
    await post.order(guest, "code-6")
    skipped = await post.ended("code-6")
    assert [(each["outcome"], each["reason"]) for each in skipped["attempts"]] == [
        ("skipped", "bot-blocked"),
        ("delivered", None),
    ]


async def test_with_both_off_the_code_is_in_the_inbox(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "PATIENCE", timedelta(seconds=2))
    guest = await post.guest(telegram_id=4205, phone=PHONE)
    post.telegram.on = post.sms.on = False
    await post.order(guest, "code-7")
    ended = await post.ended("code-7")
    assert (ended["state"], ended["channel"]) == ("delivered", "web")
    assert {each["channel"] for each in ended["attempts"]} == {"telegram", "sms", "web"}


async def test_all_channels_down_it_waits_expires_and_is_reported(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "PATIENCE", timedelta(seconds=1))
    monkeypatch.setitem(rules.LIFE, "urgent", timedelta(seconds=6))
    guest = await post.guest(telegram_id=4206, phone=PHONE)
    post.telegram.on = post.sms.on = False
    await post.order(guest, "code-8", channels=["telegram", "sms"])
    ended = await post.ended("code-8")
    assert (ended["state"], ended["reason"]) == ("expired", "expired")
    assert {each["outcome"] for each in ended["attempts"]} == {"failed"}


async def test_a_guest_without_any_channel_is_reported_at_once(post: Post) -> None:
    guest = await post.guest()
    await post.order(guest, "code-9", channels=["telegram", "sms"])
    ended = await post.ended("code-9")
    assert (ended["state"], ended["reason"]) == ("failed", "no-address")
    await post.order(guest, "code-10")
    assert (await post.ended("code-10"))["channel"] == "web"


async def test_what_is_not_urgent_never_costs_an_sms(post: Post) -> None:
    guest = await post.guest(phone=PHONE)
    await post.order(guest, "news", urgency="normal")
    assert (await post.ended("news"))["channel"] == "web"
    await post.order(guest, "news-2", urgency="bulk", channels=["telegram", "sms"])
    assert (await post.ended("news-2"))["state"] == "failed"
    assert post.read("smsc", PHONE) == []


async def test_a_barista_sends_it_by_sms(post: Post) -> None:
    guest = await post.guest(telegram_id=4207, phone=PHONE)
    await post.order(guest, "code-11", "код")
    sent = await post.ended("code-11")
    path = f"/api/v1/messages/{sent['id']}/escalate"
    asked = await post.house.call("notifications", "POST", path, json={"channel": "sms"})
    assert asked.status_code == 200, asked.text
    again = await post.ended("code-11")
    assert (again["channel"], post.read("smsc", PHONE)) == ("sms", ["код"])
    repeated = await post.house.call("notifications", "POST", path, json={"channel": "sms"})
    assert repeated.json()["type"].endswith("message-settled")


async def test_text_too_long_goes_on_and_money_gone_opens_the_breaker(post: Post) -> None:
    guest = await post.guest(telegram_id=4208, phone=PHONE)
    post.telegram.on = False
    post.sms.no_money = True
    await post.order(guest, "code-12")
    ended = await post.ended("code-12")
    assert ended["channel"] == "web"
    assert "no-money" in {each["reason"] for each in ended["attempts"]}
    lines = (await post.house.call("notifications", "GET", "/api/v1/channels", bearer=OWNER)).json()["channels"]
    assert {each["channel"]: each["breaker"] for each in lines}["sms"] == "open"
