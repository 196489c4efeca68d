"""Settings, consents, language; export and erasure of one's own data."""

import asyncio
from typing import Final

import orjson

from bezkart.kit.glossary import language_of
from services.bot.dialogues.turn import Pressed, Stale, Turn
from services.bot.gateway_client import Json, Refused
from services.bot.screens import own_settings as screens
from services.bot.screens.action import Action
from services.bot.screens.screen import Screen

_EXPORTS: Final = {
    "profile": "/guests/me/export",
    "account": "/accounts/me/export",
    "messages": "/inbox/export",
    "feedback": "/feedback/mine/export",
}


async def settings(turn: Turn, _action: Action | None = None) -> Screen:
    switches, guest = await asyncio.gather(turn.ask("GET", "/inbox/settings"), turn.ask("GET", "/guests/me"))
    return screens.settings(turn.voice, switches, guest["consents"])


async def switch(turn: Turn, action: Action) -> Screen:
    name, wanted = _two(action)
    if name not in screens.SWITCHES:
        raise Stale
    await turn.ask("PUT", "/inbox/settings", {name: wanted == "1"})
    return await settings(turn)


async def consent(turn: Turn, action: Action) -> Screen:
    """Advertising; without processing there is no guest, so that is taken back by erasure."""
    granted = action.arguments == ("1",)
    await turn.ask("PUT", "/guests/me/consents/advertising", {"granted": granted})
    turn.toast = turn.voice("settings.advertising_on" if granted else "settings.advertising_off")
    return await settings(turn)


async def language(turn: Turn, action: Action) -> Screen:
    wanted = language_of(action.arguments[0] if action.arguments else None)
    await turn.ask("PATCH", "/guests/me", {"language": wanted})
    turn.talk.language = wanted
    return await settings(turn)


async def data(turn: Turn, _action: Action) -> Screen:
    return screens.data(turn.voice, await turn.ask("GET", "/guests/me"))


async def export(turn: Turn, _action: Action) -> None:
    """Everything every service holds, as one document in the chat."""
    parts = await asyncio.gather(*(turn.ask("GET", path) for path in _EXPORTS.values()))
    whole: Json = {"shop": turn.talk.shop_name, **dict(zip(_EXPORTS, parts, strict=True))}
    turn.attachments.append(screens.document(turn.voice, orjson.dumps(whole, option=orjson.OPT_INDENT_2)))


async def ask_erasure(turn: Turn, _action: Action) -> Screen:
    return screens.ask_erasure(turn.voice)


async def erase(turn: Turn, _action: Action) -> Screen:
    turn.refuse_late()
    try:
        await turn.ask("DELETE", "/guests/me")
    except Refused as refusal:
        if refusal.slug not in {
            "role-required",
            "guest-not-found",
            "guest-erased",
        }:  # erased by the first of two presses
            raise
    turn.gateway.forget(turn.who("guest"))
    turn.talk.rest()
    return screens.erased(turn.voice)


def _two(action: Action) -> tuple[str, str]:
    if len(action.arguments) != 2:
        raise Stale
    return action.arguments[0], action.arguments[1]


ACTIONS: Final[dict[str, Pressed]] = {
    "g.settings": settings,
    "g.switch": switch,
    "g.consent": consent,
    "g.language": language,
    "g.data": data,
    "g.export": export,
    "g.erase": ask_erasure,
    "g.erase_yes": erase,
}
