"""Telegram: `sendMessage` and `sendPhoto` of the Bot API (https://core.telegram.org/bots/api#sendmessage).

The base address is a setting: api.telegram.org may be out of reach, and a proxy or a Bot API server of one's own stands in.
A repeat is not recognised by Telegram: a try that ended in a timeout may have been shown.
"""

from collections import deque
from collections.abc import Mapping
from typing import Any, Final

import aiohttp
import orjson

from bezkart.kernel.ids import shop_mark
from services.notifications.channels.http import Answer, Wire, refuse_server_errors
from services.notifications.channels.port import (
    AddressDead,
    Outgoing,
    ProviderDown,
    ProviderRefuses,
    Receipt,
    TextRefused,
    Throttled,
)
from services.notifications.channels.text import refuse_text, units
from services.notifications.domain.buttons import Button, rows

MAX_LENGTH: Final = 4096  # characters, counted by Telegram in UTF-16 units
MAX_CAPTION: Final = 1024  # the same, of the words under a picture
_JSON: Final = {"Content-Type": "application/json"}
_NO_WAIT_GIVEN: Final = 1.0
_SHOWN_KEPT: Final = 200
_DEAD_CHATS: Final = {
    "chat not found": "chat-not-found",
    "peer_id_invalid": "chat-not-found",
    "user not found": "chat-not-found",
    "group chat was upgraded": "chat-not-found",
}


class Telegram:
    """`token` is the bot all shops share, `tokens` the own bots of some."""

    name = "telegram"
    provider = "telegram"

    def __init__(self, *, api: str, token: str, tokens: Mapping[str, str] | None = None, seconds: float = 5.0) -> None:
        self._wire = Wire(api, seconds=seconds)
        self._shared = token
        self._tokens = dict(tokens or {})
        self._shown: deque[str] = deque(maxlen=_SHOWN_KEPT)

    def account(self, shop: str) -> str:
        """The bot's id: the digits before the colon of its token."""
        return self._token(shop).partition(":")[0] or "none"

    async def send(self, outgoing: Outgoing) -> Receipt:
        refuse_text(outgoing.text, longest=MAX_LENGTH)
        if outgoing.picture is None:
            result = await self._send_text(outgoing)
        elif units(outgoing.text) <= MAX_CAPTION:
            result = await self._send_photo(outgoing, outgoing.picture, caption=outgoing.text)
        else:
            await self._show(outgoing, outgoing.picture)
            result = await self._send_text(outgoing)
        return Receipt(provider_id=str(result.get("message_id", "")) or None, cost=0)

    async def check(self, shop: str) -> None:
        await self._call(shop, "getMe", b"{}", _JSON)

    async def aclose(self) -> None:
        await self._wire.aclose()

    def _token(self, shop: str) -> str:
        return self._tokens.get(shop, self._shared)

    async def _send_text(self, outgoing: Outgoing) -> dict[str, Any]:
        note: dict[str, Any] = {"chat_id": outgoing.address, "text": outgoing.text}
        if outgoing.buttons:
            note["reply_markup"] = {"inline_keyboard": _keyboard(outgoing)}
        return await self._call(outgoing.shop, "sendMessage", orjson.dumps(note), _JSON)

    async def _show(self, outgoing: Outgoing, picture: bytes) -> None:
        """The picture alone, before words too long for a caption; not again when those had to be tried twice."""
        if outgoing.message_id not in self._shown:
            await self._send_photo(outgoing, picture)
            self._shown.append(outgoing.message_id)

    async def _send_photo(self, outgoing: Outgoing, picture: bytes, *, caption: str = "") -> dict[str, Any]:
        """A file is uploaded as a form. Buttons stand under what the reader reads last."""
        form = aiohttp.FormData({"chat_id": outgoing.address})
        form.add_field("photo", picture, filename="picture.png", content_type="image/png")
        if caption:
            form.add_field("caption", caption)
            if outgoing.buttons:
                keyboard = {"inline_keyboard": _keyboard(outgoing)}
                form.add_field("reply_markup", orjson.dumps(keyboard).decode())
        return await self._call(outgoing.shop, "sendPhoto", form, {})

    async def _call(
        self, shop: str, method: str, body: bytes | aiohttp.FormData, headers: Mapping[str, str]
    ) -> dict[str, Any]:
        token = self._token(shop)
        if not token:
            raise ProviderRefuses("no-token")
        answer = await self._wire.post(f"/bot{token}/{method}", body, headers)
        if answer.status != 200:
            _refuse(answer)
        told = answer.json()
        result = told.get("result")
        if told.get("ok") is not True or not isinstance(result, dict):
            raise ProviderDown("unreadable-answer")
        return result


def _keyboard(outgoing: Outgoing) -> list[list[dict[str, str]]]:
    """https://core.telegram.org/bots/api#inlinekeyboardmarkup; the bot understands the actions."""
    return [
        [{"text": each.text, "callback_data": _data(each, outgoing.shop)} for each in row]
        for row in rows(outgoing.buttons)
    ]


def _data(button: Button, shop: str) -> str:
    """One bot serves many shops: an action without an id says of which shop it is."""
    return button.action if ":" in button.action else f"{button.action}@{shop_mark(shop)}"


def _refuse(answer: Answer) -> None:
    """Raises what a failed answer means: `{"ok": false, "error_code", "description", "parameters"?}`."""
    refuse_server_errors(answer)
    if answer.status in {401, 404}:  # 404: no bot was ever called so
        raise ProviderRefuses("wrong-token")
    told = answer.json()
    description = str(told.get("description", ""))
    if answer.status == 429:
        wait = (told.get("parameters") or {}).get("retry_after", _NO_WAIT_GIVEN)
        raise Throttled(float(wait))
    if answer.status == 403:
        raise AddressDead("bot-blocked", detail=description)
    if answer.status == 400:
        _refuse_request(description)
    raise ProviderDown(f"http-{answer.status}", detail=description)


def _refuse_request(description: str) -> None:
    lowered = description.lower()
    for words, reason in _DEAD_CHATS.items():
        if words in lowered:
            raise AddressDead(reason, detail=description)
    if "too long" in lowered:
        raise TextRefused("too-long", detail=description)
    raise TextRefused("text-refused", detail=description)
