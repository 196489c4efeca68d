"""Telegram's Bot API: the part a shop's bot needs. `POST /telegram/bot<token>/<method>`, as https://core.telegram.org/bots/api says."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import count
from time import time
from typing import Any, Final

from aiohttp import web

from bezkart.local.standins.buckets import Buckets, Penalties, Rates
from bezkart.local.standins.logins import TELEGRAM_TOKEN
from bezkart.local.standins.modes import Mode
from bezkart.local.standins.reading import NotUtf8, Unreadable, json_answer, read_fields
from bezkart.local.standins.received import Note, Received
from bezkart.local.standins.refusals import Refusal, too_many
from bezkart.local.standins.telegram_messages import (
    Fields,
    Files,
    as_message,
    caption_of,
    chat,
    file_of,
    inline,
    markup_of,
    media,
    text_of,
)
from bezkart.local.standins.telegram_updates import Updates

_CHAT_BURST: Final = 2.0  # "avoid sending more than one message per second … short bursts that go over are allowed"
_SILENTLY_FINE: Final = frozenset({"setchatmenubutton", "setmyname", "setmydescription", "setmyshortdescription"})
_COUNTED: Final = frozenset({"sendmessage", "sendphoto", "senddocument"})
_QUERIES_KEPT: Final = 10_000
GUEST: Final = "Гость"
MAIN_BOT: Final = TELEGRAM_TOKEN.partition(":")[0]
Method = Callable[[str, Fields], Awaitable[Any]]


class Telegram:
    def __init__(self) -> None:
        self.mode = Mode()
        self.received = Received()
        self.penalties = Penalties()
        self.rates = Rates()
        self.files = Files()
        self.keyboards: dict[str, dict[str, Any]] = {}
        """By chat: the reply keyboard that stands under the field."""
        self.toasts: dict[str, str] = {}
        """By chat: what the last pressed button answered."""
        self.ids = count(1)
        self._buckets = Buckets()
        self._updates: dict[str, Updates] = {}
        self._queries: OrderedDict[str, str] = OrderedDict()
        self._commands: dict[str, Any] = {}
        self._methods: dict[str, Method] = {
            "getme": self._get_me,
            "getupdates": lambda bot, fields: self.updates(bot).get(fields),
            "getwebhookinfo": self._get_webhook,
            "setwebhook": lambda bot, fields: self.updates(bot).set_webhook(fields),
            "deletewebhook": lambda bot, fields: self.updates(bot).delete_webhook(fields),
            "sendmessage": self._send_message,
            "sendphoto": self._send_photo,
            "senddocument": self._send_document,
            "sendchataction": self._send_chat_action,
            "editmessagetext": self._edit_text,
            "editmessagereplymarkup": self._edit_markup,
            "deletemessage": self._delete,
            "answercallbackquery": self._answer_query,
            "setmycommands": self._set_commands,
            "getmycommands": self._get_commands,
        }

    def reset(self) -> None:
        self.received.clear()
        self.keyboards.clear()
        self.toasts.clear()
        self.penalties = Penalties()
        self.rates = Rates()
        self._buckets = Buckets()

    async def close(self) -> None:
        for updates in self._updates.values():
            await updates.close()

    def updates(self, bot: str) -> Updates:
        return self._updates.setdefault(bot, Updates())

    def ask(self, chat_id: str) -> str:
        """The id of a callback query that waits for its answer."""
        identity = str(next(self.ids))
        self._queries[identity] = chat_id
        if len(self._queries) > _QUERIES_KEPT:
            self._queries.popitem(last=False)
        return identity

    def message(self, bot: str, chat_id: str, message_id: str) -> dict[str, Any] | None:
        """A bot's message as it is now, None when it is gone."""
        found = self.received.one(chat_id, message_id)
        return as_message(found, bot=_me(bot), talk=chat(chat_id, GUEST)) if found else None

    async def answer(self, request: web.Request) -> web.Response:
        try:
            bot = self._bot(request.match_info["token"])
            method = request.match_info["method"].lower()
            if method in _COUNTED and (wait := self.penalties.remaining(bot)):
                raise too_many(wait)
            result = await self._run(bot, method, await read_fields(request))
        except NotUtf8:
            return _refused(Refusal(400, "Bad Request: strings must be encoded in UTF-8"))
        except Unreadable:
            return _refused(Refusal(400, "Bad Request: can't parse JSON object"))
        except Refusal as refusal:
            return _refused(refusal)
        return json_answer({"ok": True, "result": result})

    def _bot(self, token: str) -> str:
        if token != TELEGRAM_TOKEN and token not in self.mode.tokens:
            raise Refusal(401, "Unauthorized") if token.partition(":")[0].isdecimal() else Refusal(404, "Not Found")
        return token.partition(":")[0]

    async def _run(self, bot: str, method: str, fields: Fields) -> Any:
        if known := self._methods.get(method):
            return await known(bot, fields)
        if method in _SILENTLY_FINE:
            return True
        raise Refusal(404, "Not Found: method not found")

    async def _get_me(self, bot: str, _fields: Fields) -> dict[str, Any]:
        return _me(bot)

    async def _get_webhook(self, bot: str, _fields: Fields) -> dict[str, Any]:
        return self.updates(bot).webhook_info()

    async def _send_message(self, bot: str, fields: Fields) -> dict[str, Any]:
        return self._sent(bot, self._recipient(fields), text_of(fields), markup_of(fields))

    async def _send_photo(self, bot: str, fields: Fields) -> dict[str, Any]:
        return self._sent_file(bot, fields, "photo")

    async def _send_document(self, bot: str, fields: Fields) -> dict[str, Any]:
        return self._sent_file(bot, fields, "document")

    def _sent_file(self, bot: str, fields: Fields, kind: str) -> dict[str, Any]:
        recipient, caption, stored = self._recipient(fields), caption_of(fields), file_of(fields, kind)
        identity = str(next(self.ids))
        self.files.keep(identity, stored)
        shown = {"file": {"id": identity, "name": stored.name, "is_photo": kind == "photo"}}
        extra = {**media(kind, identity, stored), **shown}
        return self._sent(bot, recipient, caption, markup_of(fields), identity=identity, **extra)

    def _sent(
        self, bot: str, chat_id: str, text: str, markup: dict[str, Any] | None, identity: str = "", **extra: Any
    ) -> dict[str, Any]:
        self._limit(bot, chat_id)
        if markup and "keyboard" in markup:
            self.keyboards[chat_id] = markup
        elif markup and "remove_keyboard" in markup:
            self.keyboards.pop(chat_id, None)
        note = Note(identity or str(next(self.ids)), text, time(), "message", {**extra, **inline(markup)})
        self.received.add(chat_id, note)
        self.rates.count()
        return as_message(note, bot=_me(bot), talk=chat(chat_id, GUEST))

    async def _send_chat_action(self, _bot: str, fields: Fields) -> bool:
        self._recipient(fields)
        return True

    async def _edit_text(self, bot: str, fields: Fields) -> dict[str, Any]:
        chat_id, text = self._recipient(fields), text_of(fields)
        note = self._editable(chat_id, fields)
        if "photo" in note.extra or "document" in note.extra:
            raise Refusal(400, "Bad Request: there is no text in the message to edit")
        return self._edited(bot, chat_id, note, text, markup_of(fields))

    async def _edit_markup(self, bot: str, fields: Fields) -> dict[str, Any]:
        chat_id = self._recipient(fields)
        note = self._editable(chat_id, fields)
        return self._edited(bot, chat_id, note, note.text, markup_of(fields))

    def _editable(self, chat_id: str, fields: Fields) -> Note:
        note = self.received.one(chat_id, str(fields.get("message_id", "")))
        if note is None:
            raise Refusal(400, "Bad Request: message to edit not found")
        if note.kind == "sent":
            raise Refusal(400, "Bad Request: message can't be edited")
        return note

    def _edited(self, bot: str, chat_id: str, note: Note, text: str, markup: dict[str, Any] | None) -> dict[str, Any]:
        before = {"reply_markup": note.extra["reply_markup"]} if "reply_markup" in note.extra else {}
        if text == note.text and inline(markup) == before:
            raise Refusal(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly the same"
                " as a current content and reply markup of the message",
            )
        kept = {key: value for key, value in note.extra.items() if key != "reply_markup"}
        changed = replace(note, text=text, extra={**kept, "edit_date": int(time()), **inline(markup)})
        self.received.replace(chat_id, changed)
        return as_message(changed, bot=_me(bot), talk=chat(chat_id, GUEST))

    async def _delete(self, _bot: str, fields: Fields) -> bool:
        if not self.received.remove(self._recipient(fields), str(fields.get("message_id", ""))):
            raise Refusal(400, "Bad Request: message to delete not found")
        return True

    async def _answer_query(self, _bot: str, fields: Fields) -> bool:
        chat_id = self._queries.pop(str(fields.get("callback_query_id", "")), None)
        if chat_id is None:
            raise Refusal(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        self.toasts[chat_id] = str(fields.get("text") or "")
        self.received.version += 1
        return True

    async def _set_commands(self, bot: str, fields: Fields) -> bool:
        self._commands[bot] = fields.get("commands")
        return True

    async def _get_commands(self, bot: str, _fields: Fields) -> Any:
        return self._commands.get(bot) or []

    def _recipient(self, fields: Fields) -> str:
        recipient = str(fields.get("chat_id") or "")
        if not recipient:
            raise Refusal(400, "Bad Request: chat_id is empty")
        if recipient in self.mode.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        if recipient in self.mode.gone or not recipient.lstrip("-").isdecimal():
            raise Refusal(400, "Bad Request: chat not found")
        return recipient

    def _limit(self, bot: str, recipient: str) -> None:
        mode = self.mode
        if not mode.limits:
            return
        fits = self._buckets.take(bot, per_second=mode.per_second, burst=mode.per_second)
        if fits and mode.seconds_per_chat:
            fits = self._buckets.take(f"{bot}/{recipient}", per_second=1 / mode.seconds_per_chat, burst=_CHAT_BURST)
        if not fits:
            self.penalties.tell(bot, mode.retry_after)
            raise too_many(mode.retry_after)


def _me(bot: str) -> dict[str, Any]:
    names = {"first_name": "BezKart", "username": "bezkart_bot" if bot == MAIN_BOT else f"bezkart_{bot}_bot"}
    return {"id": int(bot), "is_bot": True, **names}


def _refused(refusal: Refusal) -> web.Response:
    return json_answer(refusal.answer, status=refusal.code)
