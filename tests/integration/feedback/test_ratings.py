"""Ratings: who is asked, what may be answered, and what the owner hears."""

import asyncio
import random
from datetime import timedelta
from typing import Any

import pytest

from bezkart.contracts.purchases import PurchaseRecorded, PurchaseUndone
from services.feedback.store.guests import Guests
from services.feedback.usecases.ask_for_rating import ask_who_is_due
from tests.fixtures.house import eventually, token
from tests.integration.feedback.conftest import A_WHILE, OWNER, Cafe

SCRIPT = '<script>alert("1")</script>'


async def test_events_that_come_three_times_and_shuffled_ask_once(cafe: Cafe) -> None:
    first, second = cafe.purchase(), cafe.purchase(staff_id="s_boris")
    told: list[PurchaseRecorded | PurchaseUndone] = [first, second, cafe.undone(second)] * 3
    random.Random(5).shuffle(told)
    await cafe.hear(*told)
    cafe.pass_time(A_WHILE)
    request = await cafe.sent("rating-request")
    await cafe.hear(*told)
    assert request["guest_id"] == cafe.guest_id
    assert request["channels"] == ["telegram", "web"]
    assert [each["action"] for each in request["buttons"]] == [
        f"rate:{request['key']}:{stars}" for stars in range(1, 6)
    ]
    await asyncio.gather(*(ask_who_is_due(cafe.service) for _ in range(5)))
    await cafe.sent("rating-request")
    (rating,) = cafe.stored("ratings")
    assert (rating["purchase_id"], rating["staff_id"]) == (first.purchase.purchase_id, "s_anya")


async def test_an_undone_purchase_and_a_shop_that_does_not_ask(cafe: Cafe) -> None:
    bought = cafe.purchase()
    await cafe.hear(bought, cafe.undone(bought))
    cafe.pass_time(A_WHILE)
    settings = "/api/v1/feedback/settings"
    body = {"ask_for_ratings": False, "minutes_after": 5}
    assert (await cafe.ask("PUT", settings, OWNER, json=body)).json() == body
    await cafe.hear(cafe.purchase())
    cafe.pass_time(A_WHILE)

    async def decided() -> bool:
        return [each["due"] for each in cafe.stored("guests")] == [None]

    await eventually(decided)
    assert await cafe.all_sent("rating-request") == []


async def test_a_crash_between_the_two_writes_asks_nobody_twice(cafe: Cafe, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rating is there and the request is out, but the guest was never marked as asked."""
    save, cut = Guests.save, [2]

    async def cut_off(guests: Guests, shop: str, guest: Any, at: Any) -> None:
        if guest.opened and cut[0]:
            cut[0] -= 1
            raise ConnectionError("killed here")
        await save(guests, shop, guest, at)

    monkeypatch.setattr(Guests, "save", cut_off)
    await cafe.hear(cafe.purchase())
    cafe.pass_time(A_WHILE)

    async def asked() -> bool:
        return [each["opened"] for each in cafe.stored("guests")] == [1]

    await eventually(asked)
    assert cut == [0]
    await cafe.sent("rating-request")
    assert len(cafe.stored("ratings")) == 1


async def test_a_low_rating_reaches_the_owner_and_the_answer_the_guest(cafe: Cafe) -> None:
    await cafe.hear_segment("active")
    rating_id = await cafe.was_asked()
    assert (await cafe.mine())["open_rating"]["id"] == rating_id
    assert (await cafe.rate(2, rating_id)).json()["stars"] == 2
    told = await cafe.sent("low-rating")
    assert (told["role"], told["values"], told["about"]) == ("owner", {"stars": 2}, cafe.guest_id)
    (thread,) = await cafe.threads("open")
    assert told["buttons"][0]["action"] == f"thread:{thread['id']}"
    assert (thread["rating"]["stars"], thread["last_message"]) == (2, None)

    await cafe.rate(2, rating_id, comment=SCRIPT)
    assert (await cafe.sent("low-rating", 2))["values"]["comment"] == SCRIPT
    assert (await cafe.say(thread["id"], "Простите!", by=OWNER)).json()["state"] == "answered"
    reply = await cafe.sent("owner-reply")
    assert (reply["values"]["text"], reply["channels"], reply["guest_id"]) == (
        "Простите!",
        ["telegram", "web"],
        cafe.guest_id,
    )
    (seen,) = (await cafe.mine())["threads"]
    assert [each["text"] for each in seen["messages"]] == ["Простите!"]
    cafe.pass_time(timedelta(hours=25))
    await cafe.service.ratings.expire("demo", cafe.house.clock.now())
    assert await cafe.all_sent("low-rating-reminder") == []


async def test_the_last_answer_within_the_hour_wins_and_a_late_button_is_told_so(cafe: Cafe) -> None:
    rating_id = await cafe.was_asked()
    answers = await asyncio.gather(*(cafe.rate(5, rating_id) for _ in range(4)))
    assert {each.status_code for each in answers} == {200}
    assert (await cafe.rate(1, rating_id)).json()["stars"] == 1
    await cafe.sent("low-rating")
    assert (await cafe.rate(4, rating_id)).json()["stars"] == 4

    async def noted() -> bool:
        return [each["rating"]["stars"] for each in await cafe.threads()] == [4]

    await eventually(noted)
    cafe.pass_time(timedelta(days=7))
    assert (await cafe.rate(4, rating_id)).status_code == 200
    late = await cafe.rate(2, rating_id)
    assert (late.status_code, late.json()["type"]) == (410, "urn:bezkart:problem:rating-expired")


async def test_an_unanswered_request_expires(cafe: Cafe) -> None:
    rating_id = await cafe.was_asked()
    cafe.pass_time(timedelta(hours=24))
    assert (await cafe.rate(5, rating_id)).status_code == 410

    async def expired() -> bool:
        return [each["state"] for each in cafe.stored("ratings")] == ["expired"]

    await eventually(expired)
    assert (await cafe.mine())["open_rating"] is None


async def test_the_page_rates_the_last_visit_unasked_and_then_nobody_asks(cafe: Cafe) -> None:
    assert (await cafe.rate(5)).json()["type"] == "urn:bezkart:problem:nothing-to-rate"
    bought = cafe.purchase()
    await cafe.hear(bought)
    assert (await cafe.mine())["rateable"] is not None
    given = await asyncio.gather(*(cafe.rate(5) for _ in range(3)))
    assert len({each.json()["id"] for each in given}) == 1
    cafe.pass_time(A_WHILE)
    assert (await cafe.rate(3)).json()["id"] == given[0].json()["id"]
    cafe.pass_time(timedelta(hours=2))
    assert (await cafe.rate(5)).status_code == 409
    assert await ask_who_is_due(cafe.service) == 0
    assert await cafe.all_sent("rating-request") == []
    (rating,) = cafe.stored("ratings")
    assert rating["purchase_id"] == bought.purchase.purchase_id


async def test_a_reminder_after_a_day_without_an_answer_comes_once(cafe: Cafe) -> None:
    await cafe.rate(1, await cafe.was_asked())
    await cafe.sent("low-rating")
    cafe.pass_time(timedelta(hours=25))
    assert (await cafe.sent("low-rating-reminder"))["values"] == {"stars": 1, "hours": 24}

    async def settled() -> bool:
        return [each["due"] for each in cafe.stored("threads")] == [None]

    await eventually(settled)
    await cafe.sent("low-rating-reminder")


async def test_figures_by_day_barista_and_segment(cafe: Cafe) -> None:
    await cafe.hear_segment("active")
    rating_id = await cafe.was_asked()
    await cafe.rate(4, rating_id, comment="вкусно")
    found = (await cafe.ask("GET", "/api/v1/feedback/statistics", OWNER)).json()
    figures = {"ratings": 1, "average": 4.0, "csat": 100.0, "stars": [0, 0, 0, 1, 0]}
    assert (found["total"], found["opened"]) == (figures, 1)
    assert found["by_staff"] == [{"staff_id": "s_anya", "figures": figures}]
    assert found["by_segment"] == [{"segment": "active", "figures": figures}]
    assert [each["figures"] for each in found["by_day"]] == [figures]
    page = (await cafe.ask("GET", "/api/v1/feedback/ratings", OWNER, params={"limit": "1"})).json()
    assert [(each["id"], each["comment"]) for each in page["ratings"]] == [(rating_id, "вкусно")]
    rest = await cafe.ask("GET", "/api/v1/feedback/ratings", OWNER, params={"after": page["next"]})
    assert rest.json() == {"ratings": [], "next": None}


async def test_another_guests_rating_is_none_of_ones_business(cafe: Cafe) -> None:
    rating_id = await cafe.was_asked()
    stranger = cafe.another()
    assert (await stranger.rate(1, rating_id)).status_code == 404
    assert (await cafe.rate(1, rating_id, by=token())).status_code == 403
    assert (await cafe.ask("GET", "/api/v1/feedback/ratings", cafe.guest)).status_code == 403


async def test_nothing_of_an_erased_guest_is_left_whatever_comes_late(cafe: Cafe) -> None:
    bought = cafe.purchase()
    rating_id = await cafe.was_asked()
    await cafe.rate(2, rating_id, comment="тайна")
    await cafe.sent("low-rating")
    await cafe.write("и ещё тайна")
    kept = (await cafe.ask("GET", "/api/v1/feedback/mine/export", cafe.guest)).json()
    assert (kept["ratings"][0]["comment"], len(kept["threads"])) == ("тайна", 2)
    await cafe.hear_erasure()
    await cafe.hear(bought)
    await cafe.hear_segment("active", 9)
    assert (await cafe.write("после")).json()["type"] == "urn:bezkart:problem:guest-erased"
    assert [cafe.stored(name) for name in ("ratings", "threads", "survey_answers")] == [[], [], []]
    (mark,) = cafe.stored("guests")
    assert (mark["erased"], mark["visits"], mark["segment"]) == (True, [], None)
    late = {"_id": "late", "guest_id": cafe.guest_id, "outbox": []}
    await (await cafe.service.threads._databases.shop("demo"))["threads"].insert_one(late)
    cafe.pass_time(timedelta(minutes=6))

    async def gone() -> bool:
        return cafe.stored("threads") == []

    await eventually(gone)
