"""Handing a gift over at the counter: with the code that was sent, with the guest's own rotating one, or with an owner's word."""

from typing import Final

from services.bot.dialogues import barista
from services.bot.dialogues.barista import guest_of, version_of
from services.bot.dialogues.turn import Pressed, Said, Stale, Turn
from services.bot.gateway_client import Refused, part
from services.bot.screens import barista as screens
from services.bot.screens.action import Action
from services.bot.screens.barista import long_id, short_id
from services.bot.screens.screen import Screen

_CODE: Final = 6
_OFFLINE_CODE: Final = 8
_LAST_FOUR: Final = 4


async def request(turn: Turn, action: Action) -> Screen:
    turn.refuse_late()
    guest_id = guest_of(action)
    try:
        await turn.ask("POST", "/gifts/request", {"guest_id": guest_id}, key=f"gift:{version_of(action)}")
    except Refused as refusal:
        if refusal.slug not in {"gift-already-requested", "no-gift", "codes-unavailable"}:
            raise
        return await barista.card(turn, guest_id, news=turn.voice(f"problem.{refusal.slug}"))
    return await barista.card(turn, guest_id)


async def typed(turn: Turn, text: str) -> Screen:
    """What was typed while a code is out: six digits are the code, eight the offline one, four another guest."""
    digits = "".join(each for each in text if each.isdigit())
    if len(digits) == _LAST_FOUR:
        return await barista.find(turn, digits)
    if len(digits) == _OFFLINE_CODE:
        return await offline_typed(turn, digits)
    guest_id, gift = long_id(turn.talk.notes["guest"]), turn.talk.notes["gift"]
    if len(digits) != _CODE:
        return await _asked_again(turn, guest_id, turn.voice("card.six_digits"))
    try:
        path = f"/gifts/{part(gift)}/issue"
        told = await turn.ask("POST", path, {"guest_id": guest_id, "code": digits}, key="issue")
    except Refused as refusal:
        if refusal.slug != "wrong-code":
            return await _over(turn, guest_id, refusal)
        attempts = turn.voice.count("attempts", int(refusal.members.get("attempts_left", 0)))
        return await _asked_again(turn, guest_id, turn.voice("problem.wrong-code", attempts=attempts))
    return await barista.card(turn, guest_id, news=turn.voice("card.issued", gift=turn.voice.said(told["words"])))


async def ask_offline(turn: Turn, action: Action) -> Screen:
    turn.talk.expect("offline", guest=short_id(guest_of(action)))
    return screens.ask_offline(turn.voice, turn.talk.notes["guest"])


async def offline_typed(turn: Turn, text: str) -> Screen:
    """The code from the guest's page or chat, good without any channel (F45)."""
    short = turn.talk.notes["guest"]
    digits = "".join(each for each in text if each.isdigit())
    if len(digits) != _OFFLINE_CODE:
        return screens.ask_offline(turn.voice, short, turn.voice("card.eight_digits"))
    guest_id = long_id(short)
    try:
        body = {"guest_id": guest_id, "code": digits}
        told = await turn.ask("POST", "/gifts/issue-offline", body, key="offline")
    except Refused as refusal:
        if refusal.slug == "wrong-code":
            attempts = turn.voice.count("attempts", int(refusal.members.get("attempts_left", 0)))
            return screens.ask_offline(turn.voice, short, turn.voice("problem.wrong-code", attempts=attempts))
        return await _over(turn, guest_id, refusal)
    return await barista.card(turn, guest_id, news=turn.voice("card.issued", gift=turn.voice.said(told["words"])))


async def by_sms(turn: Turn, action: Action) -> Screen:
    """The same code once more, by SMS."""
    guest_id = guest_of(action)
    shown = await barista.load_card(turn, guest_id)
    asked = shown.account.get("gift_request")
    if asked is None:
        return await barista.card(turn, guest_id, news=turn.voice("problem.gift-not-requested"))
    found = (await turn.ask("GET", "/messages", params={"key": asked["message_key"]}))["messages"]
    if not found:
        return await barista.card(turn, guest_id, news=turn.voice("card.sms_later"))
    try:
        await turn.ask("POST", f"/messages/{part(found[0]['id'])}/escalate", {"channel": "sms"}, key="sms")
    except Refused as refusal:
        if refusal.slug not in {"message-settled", "channel-not-possible"}:
            raise
        return await barista.card(turn, guest_id, news=turn.voice(f"problem.{refusal.slug}"))
    turn.toast = turn.voice("card.sms_toast")
    return await barista.card(turn, guest_id, news=turn.voice("card.sms_sent"))


async def release(turn: Turn, action: Action) -> Screen:
    guest_id, gift = guest_of(action), turn.talk.notes.get("gift")
    if gift is None:
        shown = await barista.load_card(turn, guest_id)
        gift = (shown.account.get("gift_request") or {}).get("gift_id")
    if gift is None:
        raise Stale
    await turn.ask("POST", f"/gifts/{part(gift)}/release", {"guest_id": guest_id}, key=f"release:{version_of(action)}")
    return await barista.card(turn, guest_id, news=turn.voice("card.released"))


async def ask_reason(turn: Turn, action: Action) -> Screen:
    """The owner hands over without a code; the ledger keeps why."""
    turn.talk.expect("reason", guest=short_id(guest_of(action)))
    return screens.ask_reason(turn.voice, turn.talk.notes["guest"])


async def override(turn: Turn, text: str) -> Screen:
    short = turn.talk.notes["guest"]
    reason = text.strip()[:200]
    if len(reason) < 3:
        return screens.ask_reason(turn.voice, short)
    told = await turn.ask("POST", "/gifts/override", {"guest_id": long_id(short), "reason": reason}, key="override")
    return await barista.card(turn, long_id(short), news=turn.voice("card.issued", gift=turn.voice.said(told["words"])))


async def _asked_again(turn: Turn, guest_id: str, problem: str) -> Screen:
    shown = await barista.load_card(turn, guest_id)
    if not shown.account.get("gift_request"):
        return await barista.card(turn, guest_id, news=turn.voice("problem.code-expired"))
    return screens.ask_code(turn.voice, shown, turn.now, problem)


async def _over(turn: Turn, guest_id: str, refusal: Refused) -> Screen:
    """The handing over has ended; the card says how."""
    key = f"problem.{refusal.slug}"
    if not turn.voice.knows(key):
        raise refusal
    return await barista.card(turn, guest_id, news=turn.voice(key))


ACTIONS: Final[dict[str, Pressed]] = {
    "s.gift": request,
    "s.offline": ask_offline,
    "s.sms": by_sms,
    "s.release": release,
    "s.override": ask_reason,
}
STEPS: Final[dict[str, Said]] = {"code": typed, "offline": offline_typed, "reason": override}
