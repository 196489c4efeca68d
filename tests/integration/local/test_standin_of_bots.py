"""What a bot of screens needs of Telegram, as https://core.telegram.org/bots/api tells it."""

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
KEYS = {"inline_keyboard": [[{"text": "Да", "callback_data": "yes"}]]}


@pytest.fixture
async def town() -> AsyncIterator[httpx.AsyncClient]:
    async with TestServer(build_app(), host="127.0.0.1") as server:
        base = str(server.make_url("")).rstrip("/")
        async with httpx.AsyncClient(base_url=base, trust_env=False) as client:
            yield client


async def call(town: httpx.AsyncClient, method: str, **fields: Any) -> dict[str, Any]:
    told: dict[str, Any] = (await town.post(f"{BOT}/{method}", json=fields)).json()
    return told


async def do(town: httpx.AsyncClient, what: str, **told: Any) -> Any:
    return (await town.post(f"/control/telegram/{what}", json={"chat": "5", **told})).raise_for_status().json()


async def sent(town: httpx.AsyncClient, text: str = "Вопрос", **fields: Any) -> int:
    result = (await call(town, "sendMessage", chat_id=5, text=text, **fields))["result"]
    return int(result["message_id"])


class TestUpdates:
    async def test_they_stay_until_the_offset_passes_them(self, town: httpx.AsyncClient) -> None:
        for text in ("раз", "два"):
            await do(town, "say", text=text)
        first, second = (await call(town, "getUpdates"))["result"]
        assert second["update_id"] == first["update_id"] + 1
        assert (await call(town, "getUpdates", offset=second["update_id"]))["result"] == [second]
        assert (await call(town, "getUpdates", offset=second["update_id"] + 1))["result"] == []

    async def test_only_what_was_asked_for(self, town: httpx.AsyncClient) -> None:
        await call(town, "getUpdates", allowed_updates=["callback_query"])
        await do(town, "say", text="раз")
        await do(town, "press", message_id=1, data="x")
        (update,) = (await call(town, "getUpdates"))["result"]
        assert "callback_query" in update

    async def test_one_who_asks_sends_the_other_away(self, town: httpx.AsyncClient) -> None:
        polls = {asyncio.create_task(call(town, "getUpdates", timeout=4)) for _ in range(2)}
        gone, waiting = await asyncio.wait(polls, return_when=asyncio.FIRST_COMPLETED)
        assert [each.result()["error_code"] for each in gone] == [409]
        await do(town, "say", text="раз")
        assert [len((await each)["result"]) for each in waiting] == [1]

    async def test_not_while_a_webhook_is_set(self, town: httpx.AsyncClient) -> None:
        await call(town, "setWebhook", url="http://127.0.0.1:9/hook")
        assert (await call(town, "getUpdates"))["error_code"] == 409
        await call(town, "deleteWebhook")
        assert (await call(town, "getUpdates"))["ok"]

    async def test_a_webhook_that_fails_is_tried_again(self, town: httpx.AsyncClient) -> None:
        heard: list[Any] = []
        done = asyncio.Event()

        async def hook(request: web.Request) -> web.Response:
            heard.append(await request.json())
            if len(heard) == 1:
                return web.Response(status=503)
            done.set()
            return web.Response()

        app = web.Application()
        app.router.add_post("/hook", hook)
        async with TestServer(app, host="127.0.0.1") as server:
            await call(town, "setWebhook", url=str(server.make_url("/hook")), secret_token="s3")
            await do(town, "say", text="раз")
            await asyncio.wait_for(done.wait(), 10)
            assert heard[0] == heard[1]
            info = (await call(town, "getWebhookInfo"))["result"]
        assert "503" in info["last_error_message"]

    async def test_a_secret_has_an_alphabet(self, town: httpx.AsyncClient) -> None:
        told = await call(town, "setWebhook", url="http://x", secret_token="не тот")
        assert told["description"] == "Bad Request: secret token contains unallowed characters"


class TestButtons:
    async def test_a_press_brings_the_whole_message_and_is_answered_once(self, town: httpx.AsyncClient) -> None:
        message = await sent(town, reply_markup=KEYS)
        await do(town, "press", button="Да")
        (update,) = (await call(town, "getUpdates"))["result"]
        query = update["callback_query"]
        assert query["message"]["message_id"] == message
        assert query["message"]["reply_markup"] == KEYS
        assert (await call(town, "answerCallbackQuery", callback_query_id=query["id"], text="Да!"))["ok"]
        again = await call(town, "answerCallbackQuery", callback_query_id=query["id"])
        assert again["description"].startswith("Bad Request: query is too old")

    async def test_there_is_no_such_button(self, town: httpx.AsyncClient) -> None:
        answer = await town.post("/control/telegram/press", json={"chat": "5", "button": "Нет"})
        assert answer.status_code == 404

    @pytest.mark.parametrize("data", ["", "ы" * 33], ids=["empty", "66 bytes"])
    async def test_data_has_1_to_64_bytes(self, town: httpx.AsyncClient, data: str) -> None:
        keys = {"inline_keyboard": [[{"text": "Да", "callback_data": data}]]}
        told = await call(town, "sendMessage", chat_id=5, text="x", reply_markup=keys)
        assert told["description"] == "Bad Request: BUTTON_DATA_INVALID"


class TestEdits:
    async def test_the_same_again_is_refused(self, town: httpx.AsyncClient) -> None:
        message = await sent(town, reply_markup=KEYS)
        same = await call(town, "editMessageText", chat_id=5, message_id=message, text="Вопрос", reply_markup=KEYS)
        assert same["description"].startswith("Bad Request: message is not modified")
        other = await call(town, "editMessageText", chat_id=5, message_id=message, text="Ответ")
        assert (other["result"]["text"], "reply_markup" in other["result"]) == ("Ответ", False)
        assert other["result"]["edit_date"]

    async def test_what_is_gone_cannot_be_edited(self, town: httpx.AsyncClient) -> None:
        message = await sent(town)
        assert (await call(town, "deleteMessage", chat_id=5, message_id=message))["ok"]
        told = await call(town, "editMessageText", chat_id=5, message_id=message, text="x")
        assert told["description"] == "Bad Request: message to edit not found"
        assert not (await call(town, "deleteMessage", chat_id=5, message_id=message))["ok"]

    async def test_a_picture_has_no_text(self, town: httpx.AsyncClient) -> None:
        files = {"photo": ("qr.png", b"\x89PNG", "image/png")}
        answer = await town.post(f"{BOT}/sendPhoto", data={"chat_id": "5", "caption": "QR"}, files=files)
        photo = answer.json()["result"]
        assert photo["photo"][0]["file_id"]
        told = await call(town, "editMessageText", chat_id=5, message_id=photo["message_id"], text="x")
        assert told["description"] == "Bad Request: there is no text in the message to edit"
        shown = (await town.get("/control/telegram/received", params={"to": "5"})).json()["notes"][-1]
        assert (await town.get(f"/phone/files/{shown['extra']['file']['id']}")).content == b"\x89PNG"


class TestPeople:
    async def test_a_contact_is_ones_own_or_somebody_elses(self, town: httpx.AsyncClient) -> None:
        await do(town, "contact", phone="+79130008323")
        await do(town, "contact", phone="+79130008323", owner="6")
        contacts = [each["message"]["contact"] for each in (await call(town, "getUpdates"))["result"]]
        assert [each["user_id"] for each in contacts] == [5, 6]

    async def test_the_page_shows_buttons_and_they_work(self, town: httpx.AsyncClient) -> None:
        anna = {"name": "Анна", "phone": "+79130008323", "telegram": "5", "guest_id": ""}
        await town.put("/control/people/anna", json=anna)
        contact = {"keyboard": [[{"text": "Поделиться", "request_contact": True}]]}
        await sent(town, "Номер?", reply_markup=contact)
        message = await sent(town, reply_markup=KEYS)
        page = (await town.get("/phone", params={"who": "anna"})).text
        assert "Поделиться номером" in page
        form = {"who": "anna", "message": str(message), "data": "yes"}
        await town.post("/phone/press", data=form)
        await town.post("/phone/contact", data={"who": "anna"})
        pressed, shared = (await call(town, "getUpdates"))["result"]
        assert pressed["callback_query"]["data"] == "yes"
        assert shared["message"]["contact"]["phone_number"] == "+79130008323"
        assert shared["message"]["from"]["first_name"] == "Анна"

    async def test_somebody_new_can_try_the_bot(self, town: httpx.AsyncClient) -> None:
        page = await town.post("/phone/new", follow_redirects=True)
        assert "Начать" in page.text
