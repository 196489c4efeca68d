"""The terminal in a chat (F71): find a guest, record, undo, register."""

import asyncio
import re
from typing import Final

from bezkart.kit.vault import Envelopes, VaultLocked
from services.bot.dialogues.turn import Pressed, Said, Stale, Turn
from services.bot.gateway_client import Json, Refused, part
from services.bot.screens import barista as screens
from services.bot.screens.action import Action
from services.bot.screens.barista import Card, long_id, short_id
from services.bot.screens.screen import Screen

_PHONE: Final = re.compile(r"\+?[\d\s()-]{10,20}")
_SHORT_CODE: Final = re.compile(r"[A-Za-z0-9]{6}")
_AMOUNT: Final = re.compile(r"(\d{1,6})(?:[.,](\d{1,2}))?")
_MOST_FOUND: Final = 50
_LONGEST_CODE: Final = 40
_NOT_THIS_FRIEND: Final = frozenset({"referral-code-unknown", "referral-own", "invalid-request"})


async def desk(turn: Turn, _action: Action | None = None, *, problem: str = "") -> Screen:
    """Where the search begins; also tells who one is here."""
    turn.talk.rest()
    presence = await turn.ask("GET", "/sessions/current")
    turn.talk.role = presence["staff"]["role"]
    turn.talk.timezone = presence["shop"]["timezone"]
    return screens.desk(turn.voice, presence["staff"]["name"], owner=turn.talk.role == "owner", problem=problem)


async def find(turn: Turn, text: str) -> Screen:
    """Four digits, a short code or a whole number; in the body, so that no log holds it."""
    wanted = text.strip()
    digits = "".join(each for each in wanted if each.isdigit())
    if re.fullmatch(r"\d{4}", wanted):
        search = {"last4": wanted}
    elif _SHORT_CODE.fullmatch(wanted):
        search = {"code": wanted.upper()}
    elif _PHONE.fullmatch(wanted) and len(digits) >= 10:
        search = {"phone": wanted}
    else:
        return await desk(turn, problem=turn.voice("desk.what"))
    found = (await turn.ask("POST", "/guests/search", search))["guests"]
    if not found:
        return screens.nobody(turn.voice, digits[-4:] or wanted.upper())
    if len(found) == 1:
        return await card(turn, found[0]["id"])
    ids = [guest["id"] for guest in found[:_MOST_FOUND]]
    answer = await turn.ask("GET", "/accounts", params={"guest_id": ids})
    accounts = {account["guest_id"]: account for account in answer["accounts"]}
    pairs = sorted(
        ((guest, accounts.get(guest["id"])) for guest in found),
        key=lambda pair: (pair[1] or {}).get("last_purchase_at") or "",
        reverse=True,
    )
    return screens.several(turn.voice, pairs, turn.now)


async def card(turn: Turn, guest_id: str, *, news: str = "", amount: int = 0, points: int = 0) -> Screen:
    """The guest as he is now. While a code is out, the next text is that code."""
    shown = await load_card(turn, guest_id, amount=amount, points=points)
    request = shown.account.get("gift_request")
    notes = {"guest": short_id(guest_id)} | ({"amount": str(amount), "points": str(points)} if amount else {})
    turn.talk.expect("code" if request else "", **notes, **({"gift": request["gift_id"]} if request else {}))
    return screens.card(turn.voice, shown, turn.now, news=news)


async def load_card(turn: Turn, guest_id: str, *, amount: int = 0, points: int = 0) -> Card:
    guest, account = await asyncio.gather(
        turn.ask("GET", f"/guests/{part(guest_id)}"), turn.ask("GET", f"/accounts/{part(guest_id)}")
    )
    return Card(guest, account, amount, points, by_owner=turn.talk.role == "owner")


async def show_card(turn: Turn, action: Action) -> Screen:
    return await card(turn, guest_of(action))


async def record(turn: Turn, action: Action) -> Screen:
    """`s.cup<n>`. The key is the screen's: whichever cups are pressed on it, and however often, it counts once."""
    turn.refuse_late()
    guest_id, version = guest_of(action), version_of(action)
    body: Json = {"guest_id": guest_id, "cups": int(action.verb.removeprefix("s.cup")), "terminal": "telegram"}
    notes = turn.talk.notes
    if notes.get("guest") == short_id(guest_id) and (amount := int(notes.get("amount", "0"))):
        body["amount"] = amount
        if points := int(notes.get("points", "0")):
            body["spend_points"] = points
    try:
        receipt = await turn.ask("POST", "/purchases", body, key=f"record:{version}")
    except Refused as refusal:
        if refusal.slug != "idempotency-key-reused":
            raise
        return await card(turn, guest_id, news=turn.voice("card.recorded_before"))
    return await card(turn, guest_id, news=_recorded(turn, receipt))


async def undo(turn: Turn, action: Action) -> Screen:
    turn.refuse_late()
    guest_id, version = guest_of(action), version_of(action)
    shown = await load_card(turn, guest_id)
    line = screens.undoable(shown.account, turn.now)
    if line is None:
        return await card(turn, guest_id, news=turn.voice("problem.undo-too-late"))
    where = "gifts" if line["kind"] == "gift" else "purchases"
    await turn.ask("POST", f"/{where}/{part(line['id'])}/undo", {"guest_id": guest_id}, key=f"undo:{version}")
    cups = turn.voice.count("cups", line["cups"])
    return await card(
        turn, guest_id, news=turn.voice("card.gift_undone" if where == "gifts" else "card.undone", cups=cups)
    )


async def ask_amount(turn: Turn, action: Action) -> Screen:
    turn.talk.expect("amount", guest=short_id(guest_of(action)))
    return screens.ask_amount(turn.voice, turn.talk.notes["guest"])


async def amount(turn: Turn, text: str) -> Screen:
    """The bill in roubles; kopecks after a comma."""
    short = turn.talk.notes["guest"]
    found = _AMOUNT.fullmatch(text.strip().replace(" ", ""))
    if not found:
        return screens.ask_amount(turn.voice, short, turn.voice("card.amount_what"))
    minor = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0") or 0)
    return await card(turn, long_id(short), amount=minor)


async def points(turn: Turn, action: Action) -> Screen:
    """Pay with points, as many as the program lets; pressed again, none."""
    guest_id, notes = guest_of(action), turn.talk.notes
    amount = int(notes.get("amount", "0")) if notes.get("guest") == short_id(guest_id) else 0
    if not amount:
        return await card(turn, guest_id)
    if int(notes.get("points", "0")):
        return await card(turn, guest_id, amount=amount)
    account, program = await asyncio.gather(turn.ask("GET", f"/accounts/{part(guest_id)}"), turn.ask("GET", "/program"))
    most = min(account["points"], amount * program["points"]["max_share"] // 100)
    return await card(turn, guest_id, amount=amount, points=most)


async def ask_friend(turn: Turn, action: Action) -> Screen:
    turn.talk.expect("friend", guest=short_id(guest_of(action)))
    return screens.ask_friend(turn.voice, turn.talk.notes["guest"])


async def friend(turn: Turn, text: str) -> Screen:
    """Who brought the newcomer: the friend's code as it is read out, in groups and in any case."""
    short = turn.talk.notes["guest"]
    body = {"code": "".join(text.split()).replace("-", "")[:_LONGEST_CODE]}
    try:
        await turn.ask("POST", f"/accounts/{part(long_id(short))}/referral", body, key="friend")
    except Refused as refusal:
        if refusal.slug not in _NOT_THIS_FRIEND:
            raise
        return screens.ask_friend(turn.voice, short, turn.voice(f"problem.{refusal.slug}"))
    return await card(turn, long_id(short), news=turn.voice("card.friend_noted"))


class Enlisting:
    """Registering a guest at the counter; the number waits sealed until both consents are said."""

    def __init__(self, envelopes: Envelopes) -> None:
        self._envelopes = envelopes
        self.actions: dict[str, Pressed] = {"s.register": self.ask_phone, "s.enlist": self.enlist}
        self.steps: dict[str, Said] = {"phone": self.phone}

    async def ask_phone(self, turn: Turn, _action: Action) -> Screen:
        turn.talk.expect("phone")
        return screens.ask_phone(turn.voice)

    async def phone(self, turn: Turn, text: str) -> Screen:
        if not _PHONE.fullmatch(text.strip()):
            return screens.ask_phone(turn.voice, turn.voice("problem.invalid-phone"))
        turn.talk.expect("phone", phone=self._envelopes.seal(text.strip()))
        return screens.ask_consents(turn.voice)

    async def enlist(self, turn: Turn, action: Action) -> Screen:
        try:
            phone = self._envelopes.open(turn.talk.notes["phone"])
        except (KeyError, VaultLocked):
            raise Stale from None
        consents = {"processing": True, "advertising": action.arguments == ("1",)}
        try:
            guest = await turn.ask("POST", "/guests", {"phone": phone, "consents": consents})
        except Refused as refusal:
            if refusal.slug == "invalid-phone":
                return screens.ask_phone(turn.voice, turn.voice("problem.invalid-phone"))
            if refusal.slug != "guest-exists" or "guest_id" not in refusal.members:
                raise
            return await card(turn, refusal.members["guest_id"], news=turn.voice("join.staff_known"))
        return await card(turn, guest["id"], news=turn.voice("join.staff_done"))


def guest_of(action: Action) -> str:
    if not action.arguments:
        raise Stale
    return long_id(action.arguments[0])


def version_of(action: Action) -> str:
    if len(action.arguments) != 2:
        raise Stale
    return action.arguments[1]


def _recorded(turn: Turn, receipt: Json) -> str:
    voice = turn.voice
    facts = [voice("card.recorded", cups=voice.count("cups", receipt["cups"]))]
    if receipt.get("discount"):
        facts.append(
            voice("card.discount", money=voice.money(receipt["discount"]), to_pay=voice.money(receipt["to_pay"]))
        )
    if receipt["points_earned"]:
        facts.append(voice("card.earned", points=voice.points(receipt["points_earned"])))
    if receipt["points_spent"]:
        facts.append(voice("card.spent", points=voice.points(receipt["points_spent"])))
    if receipt["gifts_earned"]:
        facts.append(voice("card.gift_earned"))
    facts += [
        voice("card.promotion", name=voice.said(each["name"]))
        for each in receipt.get("promotions", ())
        if each["applied"]
    ]
    return " ".join(facts)


ACTIONS: Final[dict[str, Pressed]] = {
    "s.home": desk,
    "s.card": show_card,
    **{f"s.cup{cups}": record for cups in range(1, screens.MOST_CUPS + 1)},
    "s.undo": undo,
    "s.amount": ask_amount,
    "s.friend": ask_friend,
    "s.points": points,
}
STEPS: Final[dict[str, Said]] = {"amount": amount, "friend": friend}
