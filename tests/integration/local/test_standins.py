"""The stand-ins keep their protocols' promises, fail on command, and show what came."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bezkart.local.standins import logins
from bezkart.local.standins.app import build_app

BOT = f"/telegram/bot{logins.TELEGRAM_TOKEN}"
SMSC = {"login": logins.SMS_LOGIN, "psw": logins.SMS_PASSWORD, "fmt": "3", "charset": "utf-8"}


@pytest.fixture
async def town() -> AsyncIterator[httpx.AsyncClient]:
    async with TestServer(build_app(), host="127.0.0.1") as server:
        base = str(server.make_url("")).rstrip("/")
        async with httpx.AsyncClient(base_url=base, trust_env=False) as client:
            yield client


async def say(town: httpx.AsyncClient, chat: str, text: str) -> httpx.Response:
    return await town.post(f"{BOT}/sendMessage", json={"chat_id": chat, "text": text})


async def switch(town: httpx.AsyncClient, provider: str, **mode: Any) -> None:
    (await town.patch(f"/control/{provider}", json=mode)).raise_for_status()


class TestTelegram:
    async def test_takes_json_forms_and_queries(self, town: httpx.AsyncClient) -> None:
        ways: tuple[dict[str, Any], ...] = (
            {"json": {"chat_id": 5, "text": "привет"}},
            {"data": {"chat_id": "6", "text": "привет"}},
            {"params": {"chat_id": "7", "text": "привет"}},
            {"data": {"chat_id": "8", "text": "привет"}, "files": {"none": b""}},
        )
        for number, options in enumerate(ways):
            answer = await town.post(f"{BOT}/sendMessage", **options)
            assert answer.json()["result"]["chat"]["id"] == 5 + number
            assert answer.json()["result"]["text"] == "привет"

    @pytest.mark.parametrize(
        ("body", "description"),
        [
            ({"text": "x"}, "chat_id is empty"),
            ({"chat_id": 1}, "message text is empty"),
            ({"chat_id": 1, "text": "ы" * 4097}, "message is too long"),
            ({"chat_id": "@x", "text": "x"}, "chat not found"),
        ],
    )
    async def test_refuses_what_the_real_one_refuses(
        self, town: httpx.AsyncClient, body: dict[str, Any], description: str
    ) -> None:
        answer = await town.post(f"{BOT}/sendMessage", json=body)
        told = answer.json()
        assert (answer.status_code, told["ok"], told["error_code"]) == (400, False, 400)
        assert told["description"] == f"Bad Request: {description}"

    async def test_what_is_no_utf8(self, town: httpx.AsyncClient) -> None:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        for content in (b"chat_id=1&text=%FF", b"chat_id=1&text=\xff"):
            answer = await town.post(f"{BOT}/sendMessage", content=content, headers=headers)
            assert answer.json()["description"] == "Bad Request: strings must be encoded in UTF-8"

    async def test_whoever_calls_before_retry_after_is_counted(self, town: httpx.AsyncClient) -> None:
        await switch(town, "telegram", per_second=2.0, retry_after=1)
        codes = [(await say(town, str(chat), "x")).status_code for chat in range(10, 13)]
        assert codes == [200, 200, 429]
        assert (await say(town, "13", "x")).status_code == 429
        await asyncio.sleep(0.4)
        early = await say(town, "14", "x")
        assert early.json()["parameters"] == {"retry_after": 1}
        await asyncio.sleep(0.8)
        assert (await say(town, "15", "x")).status_code == 200

        told = (await town.get("/control/telegram")).json()
        assert told["penalties"] == {"told": 1, "in_flight": 1, "violations": 1}
        assert told["counts"]["total"] == 3

    async def test_one_chat_takes_one_message_a_second(self, town: httpx.AsyncClient) -> None:
        assert [(await say(town, "1", str(number))).status_code for number in range(3)] == [200, 200, 429]

    async def test_a_guest_writes_and_presses_and_the_bot_hears(self, town: httpx.AsyncClient) -> None:
        await town.post("/control/telegram/say", json={"chat": "5", "text": "/start"})
        (update,) = (await town.get(f"{BOT}/getUpdates")).json()["result"]
        assert (update["message"]["text"], update["message"]["chat"]["id"]) == ("/start", 5)

        waiting = asyncio.create_task(
            town.get(f"{BOT}/getUpdates", params={"offset": update["update_id"] + 1, "timeout": 5})
        )
        await asyncio.sleep(0.1)
        await town.post("/control/telegram/press", json={"chat": "5", "message_id": 1, "data": "yes"})
        (pressed,) = (await waiting).json()["result"]
        assert pressed["callback_query"]["data"] == "yes"

    async def test_a_webhook_hears_with_its_secret(self, town: httpx.AsyncClient) -> None:
        heard: list[tuple[str | None, Any]] = []

        async def hook(request: web.Request) -> web.Response:
            heard.append((request.headers.get("X-Telegram-Bot-Api-Secret-Token"), await request.json()))
            return web.Response()

        app = web.Application()
        app.router.add_post("/hook", hook)
        async with TestServer(app, host="127.0.0.1") as server:
            url = str(server.make_url("/hook"))
            await town.post(f"{BOT}/setWebhook", json={"url": url, "secret_token": "s3"})
            await town.post("/control/telegram/say", json={"chat": "5", "text": "есть кто?"})
        assert [(secret, update["message"]["text"]) for secret, update in heard] == [("s3", "есть кто?")]

    async def test_a_message_can_be_edited(self, town: httpx.AsyncClient) -> None:
        sent = (await say(town, "5", "было")).json()["result"]["message_id"]
        body = {"chat_id": 5, "message_id": sent, "text": "стало"}
        assert (await town.post(f"{BOT}/editMessageText", json=body)).json()["ok"]
        notes = (await town.get("/control/telegram/received", params={"to": "5"})).json()["notes"]
        assert [note["text"] for note in notes] == ["стало"]


class TestSms:
    async def test_their_default_alphabet_is_not_ours(self, town: httpx.AsyncClient) -> None:
        """Whoever forgets `charset` sees it here as he would see it there."""
        fields = {**SMSC, "charset": "", "phones": "+79161234567", "mes": "Код"}
        await town.post("/smsc/sys/send.php", data=fields)
        notes = (await town.get("/control/smsc/received", params={"to": "+79161234567"})).json()["notes"]
        assert notes[0]["text"] != "Код"

    async def test_money_goes_down(self, town: httpx.AsyncClient) -> None:
        before = (await town.post("/smsc/sys/balance.php", data=SMSC)).json()["balance"]
        await town.post("/smsc/sys/send.php", data={**SMSC, "phones": "+79161234567", "mes": "Код"})
        after = (await town.post("/smsc/sys/balance.php", data=SMSC)).json()["balance"]
        assert float(before) - float(after) == pytest.approx(3.5)
        assert (await town.get("/control/smsc")).json()["counts"]["cost"] == 350


class TestControl:
    async def test_lost_and_doubled_texts_are_found(self, town: httpx.AsyncClient) -> None:
        await switch(town, "telegram", limits=False)
        for text in ("один", "два", "два"):
            await say(town, "5", text)
        body = {"texts": ["один", "два", "три"]}
        times = (await town.post("/control/telegram/times", json=body)).json()["times"]
        counts = (await town.get("/control/telegram")).json()["counts"]

        assert times == {"один": 1, "два": 2, "три": 0}
        assert (counts["total"], counts["distinct"], counts["repeated"]) == (3, 2, 1)
        assert counts["repeats"] == [{"to": "5", "text": "два", "times": 2}]

    async def test_some_answers_are_errors(self, town: httpx.AsyncClient) -> None:
        await switch(town, "telegram", limits=False, error_share=0.5)
        codes = [(await say(town, str(chat), "x")).status_code for chat in range(200)]
        assert 50 < codes.count(502) < 150
        assert (await town.get("/control/telegram")).json()["counts"]["total"] == codes.count(200)

    async def test_sms_switches_all_gateways(self, town: httpx.AsyncClient) -> None:
        await switch(town, "sms", no_money=True)
        shown = (await town.get("/control")).json()
        assert [name for name, each in shown.items() if each.get("mode", {}).get("no_money")] == [
            "smsc",
            "smsru",
            "smsaero",
        ]

    async def test_reset_brings_everything_back(self, town: httpx.AsyncClient) -> None:
        await switch(town, "all", on=False)
        await town.post("/control/telegram/block", json={"address": "5"})
        await town.post("/control/reset")
        assert (await say(town, "5", "x")).status_code == 200
        assert (await town.get("/control/telegram")).json()["counts"]["total"] == 1

    @pytest.mark.parametrize("mode", [{"onn": True}, {"on": "yes"}, {"hang": "always"}, {"blocked": "5"}], ids=str)
    async def test_a_switch_that_is_none_changes_nothing(self, town: httpx.AsyncClient, mode: dict[str, Any]) -> None:
        before = (await town.get("/control/telegram")).json()
        answer = await town.patch("/control/telegram", json={"slow_ms": 5, **mode})
        assert answer.status_code == 422
        assert (await town.get("/control/telegram")).json() == before

    async def test_there_is_no_such_provider(self, town: httpx.AsyncClient) -> None:
        assert (await town.get("/control/pigeon")).status_code == 404
        assert (await town.patch("/control/pigeon", json={})).status_code == 404

    async def test_another_sites_page_cannot_switch(self, town: httpx.AsyncClient) -> None:
        headers = {"Origin": "https://evil.invalid"}
        answer = await town.post("/phone/switch", data={"name": "telegram", "on": "0"}, headers=headers)
        assert answer.status_code == 403
        assert (await town.get("/control/telegram")).json()["mode"]["on"]


class TestPage:
    async def test_it_shows_what_a_guest_got_and_nobody_elses(self, town: httpx.AsyncClient) -> None:
        anna = {"name": "Анна", "phone": "+79161234567", "telegram": "5", "guest_id": "g_1"}
        await town.put("/control/people/anna", json=anna)
        await say(town, "5", "Код <b>402913</b>")
        await say(town, "6", "чужое")
        await town.post("/smsc/sys/send.php", data={**SMSC, "phones": "+79161234567", "mes": "по SMS"})
        await town.post("/inbox", json={"id": "m", "to": "g_1", "text": "на странице"})

        page = (await town.get("/phone", params={"who": "anna"})).text

        assert "Код &lt;b&gt;402913&lt;/b&gt;" in page
        assert "по SMS" in page
        assert "на странице" in page
        assert "чужое" not in page
        assert "SMS стоили 3,50 ₽" in page

    async def test_whoever_got_something_has_a_phone_even_if_unknown(self, town: httpx.AsyncClient) -> None:
        await say(town, "777", "кто это?")
        assert "кто это?" in (await town.get("/phone")).text

    async def test_switches_work_without_scripts(self, town: httpx.AsyncClient) -> None:
        form = {"name": "telegram", "on": "0", "who": ""}
        answer = await town.post("/phone/switch", data=form, follow_redirects=True)
        assert "Telegram не работает" in answer.text
        with pytest.raises(httpx.RemoteProtocolError):
            await say(town, "5", "x")

    async def test_nothing_new_is_told_in_few_bytes(self, town: httpx.AsyncClient) -> None:
        first = await town.get("/phone/screens")
        seen = {"seen": first.headers["X-Version"]}
        assert (await town.get("/phone/screens", params=seen)).status_code == 204
        await say(town, "5", "новое")
        assert (await town.get("/phone/screens", params=seen)).status_code == 200

    async def test_its_files_are_there(self, town: httpx.AsyncClient) -> None:
        assert (await town.get("/phone/style.css")).headers["content-type"].startswith("text/css")
        assert (await town.get("/phone/script.js")).headers["content-type"].startswith("text/javascript")
        assert (await town.get("/phone/../app.py")).status_code == 404
