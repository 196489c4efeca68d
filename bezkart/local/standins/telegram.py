"""Telegram's Bot API: the part a shop's bot needs. `POST /telegram/bot<token>/<method>`."""

import asyncio
import math
from collections import deque
from collections.abc import Awaitable, Callable
from itertools import count
from time import monotonic, time
from typing import Any, Final

import orjson
from aiohttp import ClientError, ClientSession, ClientTimeout, web

from bezkart.local.standins.buckets import Buckets, Penalties, Rates
from bezkart.local.standins.logins import TELEGRAM_TOKEN
from bezkart.local.standins.modes import Mode
from bezkart.local.standins.reading import NotUtf8, Unreadable, json_answer, read_fields
from bezkart.local.standins.received import Note, Received, note

MAX_TEXT: Final = 4096
_CHAT_BURST: Final = 2.0  # "avoid sending more than one message per second … short bursts that go over are allowed"
_SILENTLY_FINE: Final = frozenset(
    {"deletewebhook", "setmycommands", "setchatmenubutton", "sendchataction", "answercallbackquery", "setmyname"}
)
Fields = dict[str, Any]


class Refusal(Exception):
    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.answer = {"ok": False, "error_code": code, "description": description}
        if parameters:
            self.answer["parameters"] = parameters
        self.code = code


class Telegram:
    def __init__(self) -> None:
        self.mode = Mode()
        self.received = Received()
        self.penalties = Penalties()
        self.rates = Rates()
        self._buckets = Buckets()
        self._ids = count(1)
        self._updates: deque[dict[str, Any]] = deque(maxlen=1000)
        self._update_ids = count(1)
        self._news = asyncio.Event()
        self._webhook: tuple[str, str] | None = None
        self._methods: dict[str, Callable[[str, Fields], Awaitable[Any]]] = {
            "getme": self._get_me,
            "getupdates": self._get_updates,
            "getwebhookinfo": self._get_webhook,
            "setwebhook": self._set_webhook,
            "sendmessage": self._send_message,
            "editmessagetext": self._edit_message_text,
        }

    def reset(self) -> None:
        self.received.clear()
        self.penalties = Penalties()
        self.rates = Rates()
        self._buckets = Buckets()

    async def answer(self, request: web.Request) -> web.Response:
        try:
            bot = self._bot(request.match_info["token"])
            method = request.match_info["method"].lower()
            if method == "sendmessage":
                self._refuse_early(bot)
            result = await self._run(bot, method, await read_fields(request))
        except NotUtf8:
            return _refused(Refusal(400, "Bad Request: strings must be encoded in UTF-8"))
        except Unreadable:
            return _refused(Refusal(400, "Bad Request: can't parse JSON object"))
        except Refusal as refusal:
            return _refused(refusal)
        return json_answer({"ok": True, "result": result})

    async def say(self, chat: str, text: str) -> None:
        """A guest writes to the bot."""
        identity = next(self._ids)
        person = {"id": int(chat), "is_bot": False, "first_name": "Гость"}
        message = {"message_id": identity, "from": person, "chat": _chat(chat), "date": int(time()), "text": text}
        self.received.show(chat, note(str(identity), text, kind="sent"))
        await self._tell({"update_id": next(self._update_ids), "message": message})

    async def press(self, chat: str, message_id: int, data: str) -> None:
        """A guest presses a button under a message."""
        person = {"id": int(chat), "is_bot": False, "first_name": "Гость"}
        message = {"message_id": message_id, "chat": _chat(chat), "date": int(time())}
        query = {"id": str(next(self._ids)), "from": person, "message": message, "data": data, "chat_instance": chat}
        await self._tell({"update_id": next(self._update_ids), "callback_query": query})

    def _bot(self, token: str) -> str:
        if token != TELEGRAM_TOKEN and token not in self.mode.tokens:
            raise Refusal(401, "Unauthorized") if token.partition(":")[0].isdecimal() else Refusal(404, "Not Found")
        return token.partition(":")[0]

    def _refuse_early(self, bot: str) -> None:
        if wait := self.penalties.remaining(bot):
            raise _too_many(wait)

    async def _run(self, bot: str, method: str, fields: Fields) -> Any:
        if known := self._methods.get(method):
            return await known(bot, fields)
        if method in _SILENTLY_FINE:
            return True
        raise Refusal(404, "Not Found: method not found")

    async def _get_me(self, bot: str, _fields: Fields) -> dict[str, Any]:
        return {"id": int(bot), "is_bot": True, "first_name": "BezKart", "username": "bezkart_bot"}

    async def _send_message(self, bot: str, fields: Fields) -> dict[str, Any]:
        chat, text = self._recipient(fields), _text_of(fields)
        self._limit(bot, chat)
        identity = next(self._ids)
        extra = {"reply_markup": fields["reply_markup"]} if "reply_markup" in fields else {}
        self.received.add(chat, Note(str(identity), text, time(), "message", extra))
        self.rates.count()
        return _message(identity, chat, text)

    async def _edit_message_text(self, _bot: str, fields: Fields) -> dict[str, Any]:
        chat, text = self._recipient(fields), _text_of(fields)
        identity = str(fields.get("message_id", ""))
        if not self.received.replace(chat, note(identity, text)):
            raise Refusal(400, "Bad Request: message to edit not found")
        return _message(int(identity), chat, text)

    def _recipient(self, fields: Fields) -> str:
        chat = str(fields.get("chat_id") or "")
        if not chat:
            raise Refusal(400, "Bad Request: chat_id is empty")
        if chat in self.mode.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        if chat in self.mode.gone or not chat.lstrip("-").isdecimal():
            raise Refusal(400, "Bad Request: chat not found")
        return chat

    def _limit(self, bot: str, chat: str) -> None:
        mode = self.mode
        if not mode.limits:
            return
        fits = self._buckets.take(bot, per_second=mode.per_second, burst=mode.per_second)
        if fits and mode.seconds_per_chat:
            fits = self._buckets.take(f"{bot}/{chat}", per_second=1 / mode.seconds_per_chat, burst=_CHAT_BURST)
        if not fits:
            self.penalties.tell(bot, mode.retry_after)
            raise _too_many(mode.retry_after)

    async def _get_updates(self, _bot: str, fields: Fields) -> list[dict[str, Any]]:
        offset = int(fields.get("offset") or 0)
        until = monotonic() + min(50.0, float(fields.get("timeout") or 0))
        while True:
            while self._updates and self._updates[0]["update_id"] < offset:
                self._updates.popleft()
            left = until - monotonic()
            if self._updates or left <= 0:
                return list(self._updates)[: int(fields.get("limit") or 100)]
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), left)
            except TimeoutError:
                return []

    async def _set_webhook(self, _bot: str, fields: Fields) -> bool:
        url = str(fields.get("url") or "")
        self._webhook = (url, str(fields.get("secret_token") or "")) if url else None
        return True

    async def _get_webhook(self, _bot: str, _fields: Fields) -> dict[str, Any]:
        url = self._webhook[0] if self._webhook else ""
        return {"url": url, "has_custom_certificate": False, "pending_update_count": len(self._updates)}

    async def _tell(self, update: dict[str, Any]) -> None:
        if self._webhook is None:
            self._updates.append(update)
            self._news.set()
            return
        url, secret = self._webhook
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret, "Content-Type": "application/json"}
        try:
            async with (
                ClientSession(timeout=ClientTimeout(total=5)) as session,
                session.post(url, data=orjson.dumps(update), headers=headers),
            ):
                return
        except (ClientError, TimeoutError):
            self._updates.append(update)  # the real one tries again; here it waits for getUpdates


def _text_of(fields: Fields) -> str:
    text = fields.get("text")
    if not isinstance(text, str) or not text.strip():
        raise Refusal(400, "Bad Request: message text is empty")
    if len(text.encode("utf-16-le", "surrogatepass")) // 2 > MAX_TEXT:
        raise Refusal(400, "Bad Request: message is too long")
    return text


def _chat(chat: str) -> dict[str, Any]:
    return {"id": int(chat), "type": "private", "first_name": "Гость"}


def _message(identity: int, chat: str, text: str) -> dict[str, Any]:
    return {"message_id": identity, "date": int(time()), "chat": _chat(chat), "text": text}


def _too_many(wait: float) -> Refusal:
    seconds = max(1, math.ceil(wait))
    return Refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


def _refused(refusal: Refusal) -> web.Response:
    return json_answer(refusal.answer, status=refusal.code)
