"""The guest's screens: menu, card, history, code, conditions."""

from datetime import datetime
from typing import Any, Final

from services.bot.screens.screen import Attachment, Screen, stacked
from services.bot.screens.voice import Voice, cups_drawn

Facts = dict[str, Any]
_NAMES: Final = {"purchase", "undo", "import", "gift", "gift-undo", "bonus", "adjust", "revoke", "expire"}
_TIERS: Final = {"bronze", "silver", "gold"}


def home(voice: Voice, account: Facts, *, conditions: str = "", greeting: str = "", rating: bool = False) -> Screen:
    """The balance with the progress, and everything one can do."""
    text = "\n\n".join(filter(None, (f"☕ {voice.shop_name}", greeting, balance(voice, account), conditions)))
    gift = account["gifts"] > 0 or account.get("gift_request")
    offers = voice.button("menu.coupons" if account.get("coupons") else "menu.offers", "g.offers")
    rows = [
        (voice.button("menu.qr", "g.qr"), voice.button("menu.code" if gift else "menu.offline", "g.code")),
        (voice.button("menu.history", "g.history"), voice.button("menu.conditions", "g.terms")),
        (voice.button("menu.rate_now" if rating else "menu.rate", "g.rate"), voice.button("menu.write", "g.threads")),
        (offers, voice.button("menu.settings", "g.settings")),
        (voice.button("menu.data", "g.data"), voice.button("menu.shops", "shops")),
    ]
    return Screen(text, tuple(rows))


def balance(voice: Voice, account: Facts, *, told_to_staff: bool = False) -> str:
    """Cups, gifts, points: in words for the guest, or about the guest."""
    lines = []
    if account["card_size"]:
        progress = voice("home.progress", done=account["stamps"], size=account["card_size"])
        lines.append(" ".join(filter(None, (cups_drawn(account["stamps"], account["card_size"]), progress))))
    gift = voice.said(account["gift"])
    if account["gifts"]:
        key = "card.gifts" if told_to_staff else "home.gifts"
        lines.append(voice(key, gifts=voice.count("gifts", account["gifts"]), gift=gift))
    elif account["card_size"] and gift:
        left = voice.count("cups", account["card_size"] - account["stamps"])
        lines.append(voice("home.left", cups=left, gift=gift))
    if account.get("tier"):
        tier = voice(f"tier.{account['tier']}") if account["tier"] in _TIERS else account["tier"]
        lines.append(voice("home.points", points=voice.points(account["points"]), tier=tier))
    if following := account.get("next_tier"):
        spend = voice.money(following["spend_left"], account["spent"]["currency"])
        lines.append(voice("home.next_tier", tier=voice(f"tier.{following['tier']}_next"), spend=spend))
    if expiring := account.get("points_expiring"):
        lines.append(voice("home.expiring", points=voice.points(expiring["points"])))
    return "\n".join(lines)


def history(voice: Voice, account: Facts, now: datetime) -> Screen:
    lines = [_operation(voice, each, now) for each in account["operations"]]
    text = voice("history.title", shop=voice.shop_name) + "\n\n" + ("\n".join(lines) or voice("history.empty"))
    return Screen(text, stacked(voice.button("back", "g.home")))


def _operation(voice: Voice, line: Facts, now: datetime) -> str:
    kind = line["kind"] if line["kind"] in _NAMES else "adjust"
    what = voice(f"op.{kind}", cups=voice.count("cups", abs(line["cups"])))
    facts = [what]
    if line["amount"]:
        facts.append(voice.money(line["amount"]))
    if line["points"]:
        sign = "+" if line["points"] > 0 else "−"
        facts.append(sign + voice.points(abs(line["points"])))
    if line["undone"]:
        facts.append(voice("op.undone"))
    return f"{voice.moment(line['at'], now)} — " + " · ".join(facts)


def conditions(voice: Voice, words: str) -> Screen:
    return Screen(voice("terms.title", shop=voice.shop_name) + f"\n\n{words}", stacked(voice.button("back", "g.home")))


def live_code(voice: Voice, text: str) -> Screen:
    """The words of the message that carries the code, as it was sent."""
    rows = stacked(
        voice.button("code.again", "g.code"), voice.button("code.offline", "g.offline"), voice.button("back", "g.home")
    )
    return Screen(f"🎁 {text}", rows)


def offline_code(voice: Voice, code: str, seconds: int, *, has_gift: bool) -> Screen:
    shown = f"{code[:4]} {code[4:]}" if len(code) == 8 else code
    words = voice("code.show", code=shown, seconds=voice.count("seconds", seconds))
    none = "" if has_gift else "\n\n" + voice("code.no_gift")
    return Screen(words + none, stacked(voice.button("code.next", "g.offline"), voice.button("back", "g.home")))


def qr(voice: Voice, picture: bytes, code: str) -> Attachment:
    caption = voice("qr.caption", shop=voice.shop_name, code=code)
    return Attachment(
        "bezkart.png", picture, is_photo=True, caption=caption, rows=((voice.button("qr.put_away", "drop"),),)
    )
