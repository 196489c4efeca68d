"""Conversations and surveys, through the API, on real stores."""

import asyncio
from datetime import timedelta

from pymongo import MongoClient

from services.feedback.domain.thread import MOST_MESSAGES, MOST_OPEN
from services.feedback.usecases import run_survey
from services.feedback.usecases.run_survey import ask_the_surveyed
from tests.fixtures.house import eventually
from tests.integration.feedback.conftest import OWNER, Cafe

SURVEYS = "/api/v1/feedback/surveys"


async def test_a_message_and_its_answer(cafe: Cafe) -> None:
    text = "<script>alert('1')</script>\n  как есть  "
    answers = await asyncio.gather(*(cafe.write(text, key="the-same-key", contact_me=True) for _ in range(4)))
    assert {each.status_code for each in answers} == {201}
    (thread_id,) = {each.json()["id"] for each in answers}
    told = await cafe.sent("guest-message")
    assert told["values"] == {"text": text, "contact_me": 1}
    assert (await cafe.write("другое", key="the-same-key")).status_code == 422
    for _ in range(2):
        answered = await cafe.say(thread_id, "Спасибо", by=OWNER, key="answer-key-1")
    assert [(each["author"], each["text"]) for each in answered.json()["messages"]] == [
        ("guest", text),
        ("owner", "Спасибо"),
    ]
    await cafe.sent("owner-reply")
    again = await cafe.say(thread_id, "И вам", by=cafe.guest)
    assert again.json()["state"] == "open"
    assert (await cafe.ask("POST", f"/api/v1/feedback/threads/{thread_id}/close", OWNER)).json()["state"] == "closed"
    assert await cafe.threads("open") == []


async def test_what_cannot_be_written(cafe: Cafe) -> None:
    assert (await cafe.write("  \n ")).json()["type"] == "urn:bezkart:problem:text-empty"
    assert (await cafe.write("x" * 2001)).status_code == 422
    without_key = await cafe.ask("POST", "/api/v1/feedback/threads", cafe.guest, json={"text": "x"})
    assert without_key.status_code == 400
    thread = (await cafe.write("моё")).json()
    stranger = cafe.another()
    assert (await cafe.say(thread["id"], "чужое", by=stranger.guest)).status_code == 404
    assert (await cafe.ask("GET", f"/api/v1/feedback/threads/{thread['id']}", cafe.guest)).status_code == 403
    for _ in range(MOST_OPEN - 1):
        assert (await cafe.write("x")).status_code == 201
    assert (await cafe.write("x")).status_code == 429


async def test_a_long_conversation_goes_on_in_another_thread(cafe: Cafe) -> None:
    thread_id = (await cafe.write("начало")).json()["id"]
    line = {"author": "owner", "text": "x", "at": cafe.house.clock.now(), "staff_id": "s_1"}
    full = [{"id": f"m_{number}", **line} for number in range(MOST_MESSAGES)]
    threads = (await cafe.service.threads._databases.shop("demo"))["threads"]
    await threads.update_one({"_id": thread_id}, {"$set": {"messages": full}})
    for _ in range(2):
        landed = (await cafe.say(thread_id, "дальше", by=cafe.guest, key="go-on-key")).json()
    assert landed["id"] != thread_id
    assert [each["text"] for each in landed["messages"]] == ["дальше"]
    old = (await cafe.ask("GET", f"/api/v1/feedback/threads/{thread_id}", OWNER)).json()
    assert (old["continued_in"], old["state"], len(old["messages"])) == (landed["id"], "closed", MOST_MESSAGES)


async def test_pages_of_threads_neither_miss_nor_repeat(cafe: Cafe) -> None:
    written = [(await cafe.write(f"{number}")).json()["id"] for number in range(5)]
    found: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = (
            await cafe.ask("GET", "/api/v1/feedback/threads", OWNER, params={"limit": "2", "state": "open", **after})
        ).json()
        found += [each["id"] for each in page["threads"]]
        if not page["next"]:
            break
        after = {"after": page["next"]}
    assert found == written[::-1]
    assert (page["waiting"], page["threads"][0]["messages"]) == (5, 1)
    unknown = await cafe.ask("GET", "/api/v1/feedback/threads", OWNER, params={"after": "bm90IG91cnM="})
    assert unknown.status_code == 400


async def test_a_survey_asks_who_bought_once_and_counts_the_last_answers(cafe: Cafe) -> None:
    guests = [cafe, *(cafe.another() for _ in range(4))]
    long_ago = cafe.another()
    await long_ago.hear(long_ago.purchase())
    cafe.pass_time(timedelta(days=91))
    for each in guests:
        await each.hear(each.purchase())
    survey = (await cafe.ask("POST", SURVEYS, OWNER, json={"question": "Посоветуете нас?"})).json()
    assert (await cafe.ask("POST", SURVEYS, OWNER, json={})).status_code == 409
    request = await cafe.sent("nps-request", 5)
    assert len({each["key"] for each in await cafe.all_sent("nps-request")}) == 5  # keys are unique in the shop
    assert request["values"] == {"question": "Посоветуете нас?"}
    assert [each["action"] for each in request["buttons"]] == [f"nps:{survey['id']}:{score}" for score in range(11)]
    answers = f"{SURVEYS}/{survey['id']}/answers"
    for each, score in zip(guests, (10, 9, 8, 6, 0), strict=True):
        for tried in (3, score):
            assert (await cafe.ask("POST", answers, each.guest, json={"score": tried})).status_code == 200
    assert (await cafe.ask("POST", answers, long_ago.guest, json={"score": 1})).status_code == 404
    result = (await cafe.ask("GET", f"{SURVEYS}/{survey['id']}", OWNER)).json()
    assert result["result"] == {"answers": 5, "promoters": 2, "passives": 1, "detractors": 2, "nps": 0.0}
    assert (result["asked"], result["asking"], result["open"]) == (5, False, True)
    assert (await cafe.mine())["open_survey"]["score"] == 10
    kept = (await cafe.ask("GET", "/api/v1/feedback/mine/export", cafe.guest)).json()
    assert [(each["survey_id"], each["score"]) for each in kept["survey_answers"]] == [(survey["id"], 10)]
    await guests[1].hear_erasure()
    assert len(cafe.stored("survey_answers")) == 4
    cafe.pass_time(timedelta(days=8))
    assert (await cafe.ask("POST", answers, cafe.guest, json={"score": 1})).status_code == 410
    assert (await cafe.ask("POST", SURVEYS, OWNER, json={})).status_code == 201


async def test_a_survey_cut_off_between_its_writes_asks_nobody_twice(cafe: Cafe) -> None:
    guests = [cafe, *(cafe.another() for _ in range(2))]
    for each in guests:
        await each.hear(each.purchase())
    survey = (await cafe.ask("POST", SURVEYS, OWNER, json={})).json()
    await cafe.sent("nps-request", 3)

    async def everybody() -> bool:
        return not (await cafe.ask("GET", f"{SURVEYS}/{survey['id']}", OWNER)).json()["asking"]

    await eventually(everybody)
    with MongoClient[dict[str, object]](cafe.house.stores.mongo_url) as client:
        back = {"cursor": "", "asked": 0, "due": cafe.house.clock.now()}
        client[f"{cafe.house.namespace}feedback"]["surveys"].update_one({"_id": survey["id"]}, {"$set": back})
    await eventually(everybody)
    await ask_the_surveyed(cafe.service)
    await cafe.sent("nps-request", 3)
    assert len(cafe.stored("survey_answers")) == 3
    assert run_survey.CHUNK > 3


async def test_the_owners_page_hears_of_news(cafe: Cafe) -> None:
    heard: list[str] = []

    async def listen() -> None:
        async with cafe.service.live.listen("feedback:live:demo") as listener:
            ready.set()
            if news := await listener.next(10):
                heard.append(news)

    ready = asyncio.Event()
    listening = asyncio.create_task(listen())
    await ready.wait()
    await cafe.write("новость")
    await listening
    assert heard == ['{"kind":"thread"}']
