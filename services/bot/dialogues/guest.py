"""The guest's menu: balance, QR, code, history, conditions."""

import asyncio
import io
from typing import Final

import segno

from services.bot.dialogues.turn import Pressed, Turn
from services.bot.gateway_client import GatewayAway, Json, Refused
from services.bot.screens import guest as screens
from services.bot.screens.action import Action
from services.bot.screens.screen import Screen

_CODE_TEMPLATE: Final = "gift-code"
_QR_SCALE: Final = 10


async def home(turn: Turn, _action: Action | None = None, *, greeting: str = "", with_terms: bool = False) -> Screen:
    turn.talk.rest()
    account, rating = await asyncio.gather(turn.ask("GET", "/accounts/me"), _is_rating_awaited(turn))
    conditions = await _conditions(turn) if with_terms else ""
    return screens.home(turn.voice, account, greeting=greeting, conditions=conditions, rating=rating)


async def history(turn: Turn, _action: Action) -> Screen:
    return screens.history(turn.voice, await turn.ask("GET", "/accounts/me"), turn.now)


async def terms(turn: Turn, _action: Action) -> Screen:
    return screens.conditions(turn.voice, await _conditions(turn) or turn.voice("terms.none"))


async def qr(turn: Turn, _action: Action) -> None:
    """A picture beside the screen; its own button takes it away again."""
    guest = await turn.ask("GET", "/guests/me")
    code = str(guest["short_code"])
    turn.attachments.append(screens.qr(turn.voice, _picture(f"{turn.pages}/terminal?guest={code}"), code))


async def drop(turn: Turn, _action: Action) -> None:
    turn.remove_pressed = True


async def code(turn: Turn, _action: Action) -> Screen:
    """The code of the gift that is being handed over, or the one that needs no channel (F45)."""
    account = await turn.ask("GET", "/accounts/me")
    if account.get("gift_request") and (text := await _live_code(turn)):
        return screens.live_code(turn.voice, text)
    return await _offline(turn, account)


async def offline(turn: Turn, _action: Action) -> Screen:
    return await _offline(turn, await turn.ask("GET", "/accounts/me"))


async def _offline(turn: Turn, account: Json) -> Screen:
    shown = await turn.ask("GET", "/accounts/me/offline-code")
    has_gift = account["gifts"] > 0 or bool(account.get("gift_request"))
    return screens.offline_code(turn.voice, shown["code"], shown["valid_seconds"], has_gift=has_gift)


async def _live_code(turn: Turn) -> str:
    """The text of the newest message with a code; notifications being away is no reason to show nothing."""
    try:
        messages: list[Json] = (await turn.ask("GET", "/inbox"))["messages"]
    except (GatewayAway, Refused):
        return ""
    return next((str(each["text"]) for each in messages if each["template"] == _CODE_TEMPLATE and each["text"]), "")


async def _is_rating_awaited(turn: Turn) -> bool:
    """Whether a visit waits for its stars; a rating that could still be changed waits for nothing."""
    try:
        rating = (await turn.ask("GET", "/feedback/mine")).get("open_rating")
    except (GatewayAway, Refused):
        return False
    return rating is not None and rating["stars"] is None


async def _conditions(turn: Turn) -> str:
    told = await turn.ask("GET", "/program/mine")
    return turn.voice.said(told["conditions"])


def _picture(content: str) -> bytes:
    out = io.BytesIO()
    segno.make_qr(content, error="m").save(out, kind="png", scale=_QR_SCALE, border=4)
    return out.getvalue()


ACTIONS: Final[dict[str, Pressed]] = {
    "g.home": home,
    "g.history": history,
    "g.terms": terms,
    "g.qr": qr,
    "g.code": code,
    "g.offline": offline,
    "drop": drop,
}
