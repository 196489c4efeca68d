"""What is on for a guest, and whether he wants to hear of it."""

from datetime import datetime, timedelta
from typing import Any, Final

from services.bot.screens.screen import Screen, stacked
from services.bot.screens.voice import Voice

Facts = dict[str, Any]
_COUPON: Final = "coupon"
_MOMENT: Final = timedelta(seconds=1)


def offers(voice: Voice, promotions: list[Facts], coupons: list[Facts], now: datetime) -> Screen:
    """The guest's own coupons first; what holds for everybody after them."""
    known = {each["id"]: each for each in promotions}
    own = [_coupon(voice, each, known.get(each["promotion_id"]), now) for each in coupons]
    shared = [_promotion(voice, each) for each in promotions if each["kind"] != _COUPON]
    words = "\n\n".join([*own, *shared]) or voice("offers.none")
    text = voice("offers.title", shop=voice.shop_name) + "\n\n" + words
    return Screen(text, stacked(voice.button("back", "g.home")))


def unsubscribed(voice: Voice) -> Screen:
    """One tap took the consent back; another gives it again."""
    again, home = voice.button("offers.again", "g.hear", "1"), voice.button("offers.home", "g.home")
    return Screen(voice("offers.unsubscribed", shop=voice.shop_name), stacked(again, home))


def subscribed(voice: Voice) -> Screen:
    stop, home = voice.button("offers.stop", "g.hear", "0"), voice.button("offers.home", "g.home")
    return Screen(voice("offers.subscribed", shop=voice.shop_name), stacked(stop, home))


def _coupon(voice: Voice, coupon: Facts, promotion: Facts | None, now: datetime) -> str:
    name = voice.said(promotion["name"]) if promotion else voice("offers.coupon")
    about = voice.said(promotion["about"]) if promotion else ""
    until = _last_day(voice, coupon["valid_until"], now)
    return "\n".join(filter(None, (f"🎟 {name}", about, until, voice("offers.coupon_how"))))


def _promotion(voice: Voice, promotion: Facts) -> str:
    return "\n".join(filter(None, (f"☕ {voice.said(promotion['name'])}", voice.said(promotion["about"]))))


def _last_day(voice: Voice, until: str, now: datetime) -> str:
    """The end itself is not part of it: what ends at midnight was good on the day before."""
    last = datetime.fromisoformat(until) - _MOMENT
    return voice("offers.until", day=voice.day(last.isoformat(), now))
