"""The owner's report and segments (F60, F71), each with its picture where one can be drawn."""

import asyncio
from typing import Final

from services.bot.dialogues.turn import Pressed, Turn
from services.bot.screens import reports as screens
from services.bot.screens.action import Action
from services.bot.screens.screen import Screen


async def report(turn: Turn, _action: Action) -> Screen:
    """Of the shop's day that goes on now."""
    turn.talk.rest()
    day = (await turn.ask("GET", "/reports/today"))["day"]
    daily, drawn = await asyncio.gather(
        turn.ask("GET", f"/reports/daily/{day}"), turn.picture(f"/reports/daily/{day}/picture.png")
    )
    _attach(turn, "report", drawn)
    return screens.report(turn.voice, daily)


async def segments(turn: Turn, _action: Action) -> Screen:
    turn.talk.rest()
    today, drawn = await asyncio.gather(turn.ask("GET", "/reports/today"), turn.picture("/reports/charts/segments.png"))
    _attach(turn, "segments", drawn)
    return screens.segments(turn.voice, today)


def _attach(turn: Turn, name: str, drawn: bytes) -> None:
    if drawn:
        turn.attachments.append(screens.picture(turn.voice, name, drawn))


ACTIONS: Final[dict[str, Pressed]] = {"s.report": report, "s.segments": segments}
