"""What people see when something does not work: never silence, never a technical word, always a way on."""

from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from services.bot.dialogues import barista
from services.bot.dialogues.start import Start
from services.bot.dialogues.turn import Stale, Turn
from services.bot.gateway_client import GatewayAway, Refused
from services.bot.screens import places as screens
from services.bot.screens.barista import long_id
from services.bot.screens.screen import Screen

log = structlog.get_logger(__name__)

_OUTDATED: Final = frozenset(
    {
        "guest-not-found",
        "guest-erased",
        "mailing-not-found",
        "promotion-not-found",
        "trigger-not-found",
        "not-found",
        "purchase-not-found",
        "rating-expired",
        "rating-not-found",
        "survey-closed",
        "survey-not-found",
        "thread-not-found",
    }
)
_STRANGER: Final = frozenset({"role-required", "sign-in-required"})
Act = Callable[[], Awaitable[Screen | None]]


class Trouble:
    def __init__(self, start: Start) -> None:
        self._start = start

    async def spared(self, turn: Turn, act: Act, *, again: str) -> Screen | None:
        """What `act` shows, or a screen about why not. `again` is the button to press once more."""
        try:
            return await self._once(turn, act)
        except GatewayAway:
            return screens.away(turn.voice, again)
        except (Refused, Stale) as error:  # also the way out was refused: begin where nothing is assumed
            log.info("dialogue_reset", error=str(error) or type(error).__name__)
            turn.talk.shop = ""
            return screens.said(turn.voice, turn.voice("problem.other"), back="shops")

    async def _once(self, turn: Turn, act: Act) -> Screen | None:
        try:
            return await act()
        except Stale:
            return await self._fresh(turn)
        except Refused as refusal:
            if refusal.slug in _STRANGER:
                return await self._stranger(turn)
            if refusal.slug in _OUTDATED:
                return await self._fresh(turn)
            return await self._said(turn, refusal)

    async def _fresh(self, turn: Turn) -> Screen:
        """The button is of another time: what holds now is shown instead."""
        turn.toast = turn.voice("stale")
        guest = turn.talk.notes.get("guest")
        if turn.talk.shop and turn.talk.acting == "staff" and guest:
            try:
                return await barista.card(turn, long_id(guest))
            except Refused:
                turn.talk.rest()
        try:
            return await self._start.menu(turn)
        except Refused as refusal:
            if refusal.slug not in _STRANGER:
                raise
        return await self._stranger(turn)

    async def _stranger(self, turn: Turn) -> Screen:
        """No guest here, or no longer one who works here."""
        if turn.talk.acting == "staff":
            turn.toast = turn.voice("desk.not_here")
            turn.talk.acting, turn.talk.shop = "guest", ""
        if not turn.talk.shop:
            return await self._start.choose(turn)
        return await self._start.join(turn)

    async def _said(self, turn: Turn, refusal: Refused) -> Screen:
        """The system's no in words, beside what one was doing."""
        key = f"problem.{refusal.slug}"
        log.info("dialogue_refused", slug=refusal.slug)
        words = turn.voice(key) if turn.voice.knows(key) else turn.voice("problem.other")
        guest = turn.talk.notes.get("guest")
        if turn.talk.acting == "staff" and turn.talk.shop and guest:
            return await barista.card(turn, long_id(guest), news=f"⚠️ {words}")
        return screens.said(turn.voice, words, back=f"{turn.talk.acting[0]}.home" if turn.talk.shop else "shops")
