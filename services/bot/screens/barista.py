"""The terminal in a chat: find a guest, the card, cups, the gift."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from services.bot.screens.guest import balance
from services.bot.screens.screen import Rows, Screen, in_rows, stacked
from services.bot.screens.voice import Voice, minutes_left

Facts = dict[str, Any]
MOST_CUPS: Final = 9
_MOST_LISTED: Final = 10
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_PREFIX: Final = "g_"


@dataclass(frozen=True, slots=True)
class Card:
    """A guest on the screen. Every button carries the account's version: pressed twice it asks for the same thing."""

    guest: Facts
    account: Facts
    amount: int = 0
    points: int = 0
    by_owner: bool = False

    @property
    def tail(self) -> tuple[str, str]:
        return short_id(self.guest["id"]), in_short(self.account["version"])


def short_id(guest_id: str) -> str:
    return guest_id.removeprefix(_PREFIX)


def long_id(short: str) -> str:
    return _PREFIX + short


def in_short(number: int) -> str:
    """In base 36: a button has few bytes."""
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits or "0"


def desk(voice: Voice, name: str, *, owner: bool, problem: str = "", unanswered: int | None = None) -> Screen:
    """Where a barista begins."""
    words = "\n\n".join(
        filter(None, (voice("desk.title", shop=voice.shop_name, name=name), problem, voice("desk.find")))
    )
    rows = list(stacked(voice.button("desk.register", "s.register")))
    if owner:
        threads = voice.button("desk.threads", "s.threads", "open", n=unanswered or 0)
        rows += [
            (voice.button("desk.report", "s.report"), voice.button("desk.segments", "s.segments")),
            (voice.button("desk.mailings", "s.mailings"), threads),
            (voice.button("desk.ratings", "s.ratings"),),
        ]
    rows += stacked(voice.button("menu.shops", "shops"))
    return Screen(words, tuple(rows))


def several(voice: Voice, found: list[tuple[Facts, Facts | None]], now: datetime) -> Screen:
    """Guests with the same digits: the masked number and the last visit tell them apart."""
    buttons = [
        voice.plain(_line(voice, guest, account, now), "s.card", short_id(guest["id"])) for guest, account in found
    ]
    rows = stacked(*buttons[:_MOST_LISTED], voice.button("desk.other", "s.home"))
    return Screen(voice("desk.several", n=len(found)), rows)


def nobody(voice: Voice, digits: str) -> Screen:
    return Screen(
        voice("desk.nobody", digits=digits),
        stacked(voice.button("desk.register", "s.register"), voice.button("desk.other", "s.home")),
    )


def card(voice: Voice, shown: Card, now: datetime, *, news: str = "") -> Screen:
    """The guest, the cups, and what may be done now."""
    account = shown.account
    lines = [
        news,
        _who(voice, shown.guest),
        balance(voice, account, told_to_staff=True),
        _last(voice, account, now),
        _bill(voice, shown),
    ]
    text = "\n\n".join(filter(None, lines))
    if account.get("gift_request"):
        return Screen(f"{text}\n\n{_handing_over(voice, account, now)}", _gift_rows(voice, shown))
    cups = [voice.plain(f"+{cups}", f"s.cup{cups}", *shown.tail) for cups in range(1, MOST_CUPS + 1)]
    rows: list[tuple[Any, ...]] = [*in_rows(cups, 3), (voice.button("card.amount", "s.amount", *shown.tail),)]
    if shown.amount and account["points"] and account.get("tier"):
        rows.append((voice.button("card.points_off" if shown.points else "card.points", "s.points", *shown.tail),))
    if account["gifts"]:
        rows.append(
            (voice.button("card.gift", "s.gift", *shown.tail), voice.button("card.offline", "s.offline", *shown.tail))
        )
    if _may_have_been_brought(account):
        rows.append((voice.button("card.friend", "s.friend", *shown.tail),))
    if undo := undoable(account, now):
        key = "card.undo_gift" if undo["kind"] == "gift" else "card.undo"
        rows.append((voice.button(key, "s.undo", *shown.tail, cups=voice.count("cups", undo["cups"])),))
    rows.append((voice.button("desk.other", "s.home"),))
    return Screen(text, tuple(rows))


def undoable(account: Facts, now: datetime) -> Facts | None:
    """The latest operation, when it may still be undone."""
    for line in account.get("operations", ())[:1]:
        until = line["undoable_until"]
        if (
            line["kind"] in {"purchase", "gift"}
            and not line["undone"]
            and until
            and datetime.fromisoformat(until) > now
        ):
            return dict(line)
    return None


def ask_amount(voice: Voice, short: str, problem: str = "") -> Screen:
    return Screen(
        "\n\n".join(filter(None, (problem, voice("card.ask_amount")))), stacked(voice.button("cancel", "s.card", short))
    )


def ask_friend(voice: Voice, short: str, problem: str = "") -> Screen:
    return Screen(
        "\n\n".join(filter(None, (problem, voice("card.ask_friend")))), stacked(voice.button("cancel", "s.card", short))
    )


def ask_code(voice: Voice, shown: Card, now: datetime, problem: str = "") -> Screen:
    text = "\n\n".join(filter(None, (problem, _who(voice, shown.guest), _handing_over(voice, shown.account, now))))
    return Screen(text, _gift_rows(voice, shown))


def ask_offline(voice: Voice, short: str, problem: str = "") -> Screen:
    return Screen(
        "\n\n".join(filter(None, (problem, voice("card.ask_offline")))),
        stacked(voice.button("cancel", "s.card", short)),
    )


def ask_reason(voice: Voice, short: str) -> Screen:
    return Screen(voice("card.ask_reason"), stacked(voice.button("cancel", "s.card", short)))


def ask_phone(voice: Voice, problem: str = "") -> Screen:
    return Screen(
        "\n\n".join(filter(None, (problem, voice("join.ask_phone")))), stacked(voice.button("cancel", "s.home"))
    )


def ask_consents(voice: Voice) -> Screen:
    """The barista asks the guest both, one by one."""
    both, one = voice.button("join.staff_both", "s.enlist", "1"), voice.button("join.staff_one", "s.enlist", "0")
    return Screen(voice("join.staff_consents"), stacked(both, one, voice.button("cancel", "s.home")))


def _gift_rows(voice: Voice, shown: Card) -> Rows:
    sms = voice.button("card.sms", "s.sms", *shown.tail) if shown.guest.get("masked_phone") else None
    return stacked(
        sms,
        voice.button("card.offline", "s.offline", *shown.tail),
        voice.button("card.override", "s.override", *shown.tail) if shown.by_owner else None,
        voice.button("card.release", "s.release", *shown.tail),
        voice.button("desk.other", "s.home"),
    )


def _may_have_been_brought(account: Facts) -> bool:
    """A newcomer in a shop with points (then there is a tier), of whom nobody has said who brought him."""
    return not account["purchases"] and not account.get("referred") and bool(account.get("tier"))


def _handing_over(voice: Voice, account: Facts, now: datetime) -> str:
    request = account["gift_request"]
    minutes = voice.count("minutes", minutes_left(request["until"], now))
    return voice("card.handing_over", gift=voice.said(request["words"]), minutes=minutes)


def _who(voice: Voice, guest: Facts) -> str:
    return f"👤 {guest.get('name') or voice('card.no_name')} · {guest.get('masked_phone') or voice('card.no_phone')}"


def _last(voice: Voice, account: Facts, now: datetime) -> str:
    at = account.get("last_purchase_at")
    return voice("card.last", when=voice.moment(at, now)) if at else voice("card.never")


def _bill(voice: Voice, shown: Card) -> str:
    if not shown.amount:
        return ""
    bill = voice("card.bill", amount=voice.money(shown.amount))
    return bill + (" " + voice("card.paying", points=voice.points(shown.points)) if shown.points else "")


def _line(voice: Voice, guest: Facts, account: Facts | None, now: datetime) -> str:
    facts = [guest.get("name") or voice("card.no_name"), guest.get("masked_phone") or ""]
    at = (account or {}).get("last_purchase_at")
    facts.append(voice.moment(at, now) if at else voice("card.never"))
    return " · ".join(filter(None, facts))
