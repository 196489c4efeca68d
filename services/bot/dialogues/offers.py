"""Offers (F31) on the guest's side, and the one tap that ends them (F33)."""

import asyncio
from typing import Final

from services.bot.dialogues.rating import in_the_right_shop
from services.bot.dialogues.turn import Pressed, Turn
from services.bot.gateway_client import GatewayAway, Json, Refused
from services.bot.screens import offers as screens
from services.bot.screens.action import Action
from services.bot.screens.screen import Screen

_CONSENT: Final = "/guests/me/consents/advertising"


async def offers(turn: Turn, _action: Action) -> Screen:
    """Coupons are the account's; what they are called, and what is on for everybody, is campaigns'."""
    turn.talk.rest()
    account, promotions = await asyncio.gather(turn.ask("GET", "/accounts/me"), _promotions(turn))
    return screens.offers(turn.voice, promotions, account.get("coupons", []), turn.now)


async def unsubscribe(turn: Turn, action: Action) -> Screen:
    """The button under a mailing; it names its shop, as one bot serves many."""
    if action.mark:
        await turn.enter_marked(action.mark, "guest")
        await _say(turn, granted=False)
    else:
        await in_the_right_shop(turn, "guest", lambda: _say(turn, granted=False))
    turn.talk.rest()
    return screens.unsubscribed(turn.voice)


async def hear(turn: Turn, action: Action) -> Screen:
    """Taken back, or given again."""
    granted = action.arguments == ("1",)
    await _say(turn, granted=granted)
    return screens.subscribed(turn.voice) if granted else screens.unsubscribed(turn.voice)


async def _say(turn: Turn, *, granted: bool) -> Json:
    told = await turn.ask("PUT", _CONSENT, {"granted": granted})
    turn.toast = turn.voice("settings.advertising_on" if granted else "settings.advertising_off")
    return told


async def _promotions(turn: Turn) -> list[Json]:
    """Campaigns being away, the guest still sees the coupons."""
    try:
        found: list[Json] = (await turn.ask("GET", "/promotions/mine"))["promotions"]
    except (GatewayAway, Refused):
        return []
    return found


ACTIONS: Final[dict[str, Pressed]] = {"g.offers": offers, "g.hear": hear, "unsub": unsubscribe}
