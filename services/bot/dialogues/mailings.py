"""Mailings and ready scenarios for the owner (F30, F32, F71): looked at, launched after their number was seen, stopped."""

import asyncio
from contextlib import suppress
from typing import Final

from services.bot.dialogues.turn import Pressed, Stale, Turn
from services.bot.gateway_client import Json, Refused, part
from services.bot.screens import mailings as screens
from services.bot.screens.action import Action
from services.bot.screens.screen import Screen

_SEGMENT: Final = "segment-entered"
_MOVED_ON: Final = frozenset({"mailing-started", "mailing-not-running", "mailing-not-draft"})
"""Somebody was quicker, or the clock: what holds now is shown."""


async def mailings(turn: Turn, _action: Action) -> Screen:
    turn.talk.rest()
    found = await turn.ask("GET", "/mailings", params={"limit": str(screens.LISTED)})
    return screens.mailings(turn.voice, found["mailings"])


async def mailing(turn: Turn, action: Action) -> Screen:
    turn.talk.rest()
    path = f"/mailings/{part(_id(action))}"
    told, progress = await asyncio.gather(turn.ask("GET", path), turn.ask("GET", f"{path}/progress"))
    return screens.mailing(turn.voice, told, progress, turn.now)


async def ask_launch(turn: Turn, action: Action) -> Screen:
    return await _ask_launch(turn, await turn.ask("GET", f"/mailings/{part(_id(action))}"))


async def launch(turn: Turn, action: Action) -> Screen:
    """With the number that stood on the screen; where it is another one by now, it is shown and asked about anew."""
    turn.refuse_late()
    if len(action.arguments) != 2 or not action.arguments[1].isdecimal():
        raise Stale
    path = f"/mailings/{part(action.arguments[0])}"
    try:
        await turn.ask("POST", f"{path}/launch", {"expected": int(action.arguments[1])}, key="launch")
    except Refused as refusal:
        if refusal.slug == "audience-changed":
            changed = turn.voice("problem.audience-changed")
            return await _ask_launch(turn, await turn.ask("GET", path), problem=changed)
        if refusal.slug not in _MOVED_ON:
            raise
    return await mailing(turn, action)


async def take_back(turn: Turn, action: Action) -> Screen:
    """Before it began."""
    return await _end(turn, action, "cancel")


async def stop(turn: Turn, action: Action) -> Screen:
    return await _end(turn, action, "stop")


async def scenarios(turn: Turn, _action: Action) -> Screen:
    turn.talk.rest()
    return screens.scenarios(turn.voice, await _scenarios(turn))


async def scenario(turn: Turn, action: Action) -> Screen:
    told = await _scenario(turn, action)
    guests = (await _estimate(turn, told))["will_get"] if _about_a_segment(told) else None
    return screens.scenario(turn.voice, told, active=await _active(turn, told), guests=guests)


async def mail_scenario(turn: Turn, action: Action) -> Screen:
    """A mailing to those who are in the segment today: a draft, and the question with its number."""
    told = await _scenario(turn, action)
    if not _about_a_segment(told):
        raise Stale
    trigger = await turn.ask("GET", f"/triggers/{part(await _made(turn, told))}")
    body: Json = {
        "name": turn.voice.said(told["title"]),
        "audience": _audience(told),
        "texts": [{"variant": "a", "text": trigger["text"]}],
        "fallback_name": trigger["fallback_name"],
        "offer": trigger["offer"],
        "holdout_percent": trigger["holdout_percent"],
        "schedule": {"kind": "now"},
    }
    return await _ask_launch(turn, await turn.ask("POST", "/mailings", body, key="draft"))


async def ask_scenario(turn: Turn, action: Action) -> Screen:
    told = await _scenario(turn, action)
    return screens.ask_scenario(turn.voice, told, (await _estimate(turn, told))["will_get"])


async def switch_on(turn: Turn, action: Action) -> Screen:
    """From now on it works by itself."""
    turn.refuse_late()
    told = await _scenario(turn, action)
    await turn.ask("PATCH", f"/triggers/{part(await _made(turn, told))}", {"active": True})
    turn.toast = turn.voice("scenarios.done")
    return await scenario(turn, action)


async def _ask_launch(turn: Turn, told: Json, *, problem: str = "") -> Screen:
    saved = told["audience"].get("saved")
    body: Json = {
        "audience": {"saved": saved} if saved else told["audience"],
        "offer": told["offer"],
        "holdout_percent": told["holdout_percent"],
    }
    estimate = await turn.ask("POST", "/mailings/estimate", body)
    return screens.ask_launch(turn.voice, told, estimate, turn.now, problem=problem)


async def _end(turn: Turn, action: Action, verb: str) -> Screen:
    try:
        await turn.ask("POST", f"/mailings/{part(_id(action))}/{verb}", key=verb)
        turn.toast = turn.voice(f"mailings.{verb}_done")
    except Refused as refusal:
        if refusal.slug not in _MOVED_ON:
            raise
    return await mailing(turn, action)


async def _scenarios(turn: Turn) -> list[Json]:
    found: list[Json] = (await turn.ask("GET", "/triggers/scenarios"))["scenarios"]
    return found


async def _scenario(turn: Turn, action: Action) -> Json:
    wanted = _id(action)
    for each in await _scenarios(turn):
        if each["name"] == wanted:
            return each
    raise Stale


async def _made(turn: Turn, told: Json) -> str:
    """The scenario's trigger, made where the shop has none yet; what it promises is on from now."""
    language = turn.voice.words.language
    made = await turn.ask("POST", f"/triggers/scenarios/{part(told['name'])}", {"language": language}, key="scenario")
    if promotion := made["promotion_id"]:
        with suppress(Refused):  # it is on already
            await turn.ask("POST", f"/promotions/{part(promotion)}/resume", key="resume")
    return str(made["trigger_id"])


async def _active(turn: Turn, told: Json) -> bool:
    if not told["trigger_id"]:
        return False
    return bool((await turn.ask("GET", f"/triggers/{part(told['trigger_id'])}"))["active"])


async def _estimate(turn: Turn, told: Json) -> Json:
    return await turn.ask("POST", "/mailings/estimate", {"audience": _audience(told)})


def _audience(told: Json) -> Json:
    """Those it is about today; everybody, where it is about no segment."""
    return {"segments": [told["on"]["segment"]]} if _about_a_segment(told) else {}


def _about_a_segment(told: Json) -> bool:
    return bool(told["on"]["kind"] == _SEGMENT)


def _id(action: Action) -> str:
    if not action.arguments or not action.arguments[0]:
        raise Stale
    return action.arguments[0]


ACTIONS: Final[dict[str, Pressed]] = {
    "s.mailings": mailings,
    "s.mailing": mailing,
    "s.mail_ask": ask_launch,
    "s.mail_go": launch,
    "s.mail_back": take_back,
    "s.mail_stop": stop,
    "s.scenarios": scenarios,
    "s.scenario": scenario,
    "s.scn_mail": mail_scenario,
    "s.scn_ask": ask_scenario,
    "s.scn_on": switch_on,
}
