"""The owner's figures: today's report and where the guests stand. Pictures lie beside the words."""

from typing import Any, Final

from services.bot.screens.screen import Attachment, Screen, stacked
from services.bot.screens.voice import Voice

Facts = dict[str, Any]
SEGMENTS: Final = ("new", "active", "leaving", "rare", "sleeping")


def report(voice: Voice, daily: Facts) -> Screen:
    again = voice.button("report.again", "s.report")
    return Screen(voice.said(daily["text"]), stacked(again, _to_segments(voice), voice.button("back", "s.home")))


def segments(voice: Voice, today: Facts) -> Screen:
    """Each with the change since a week ago, and the one thing to do next."""
    sizes = {each["segment"]: each for each in today["segments"]}
    lines = [_segment(voice, sizes[name]) for name in SEGMENTS if name in sizes]
    won = voice("segments.won_back", n=today["won_back_week"]) if today["won_back_week"] else ""
    step = today.get("next_step")
    advice = voice(f"segments.next_{step['kind']}", n=step["guests"]) if step else ""
    text = "\n\n".join(filter(None, (voice("segments.title", shop=voice.shop_name), "\n".join(lines), won, advice)))
    ready = voice.button("mailings.scenarios", "s.scenarios") if step else None
    return Screen(text, stacked(ready, voice.button("desk.report", "s.report"), voice.button("back", "s.home")))


def picture(voice: Voice, name: str, content: bytes) -> Attachment:
    return Attachment(
        f"{name}.png",
        content,
        is_photo=True,
        caption=voice(f"{name}.picture", shop=voice.shop_name),
        rows=((voice.button("qr.put_away", "drop"),),),
    )


def _segment(voice: Voice, size: Facts) -> str:
    now, before = size["guests"], size["week_ago"]
    line = voice("segments.line", name=voice(f"segment.{size['segment']}"), guests=voice.number(now))
    if before is None or before == now:
        return line
    arrow, change = ("▲", f"+{voice.number(now - before)}") if now > before else ("▼", f"−{voice.number(before - now)}")
    return f"{line} {arrow} {change}"


def _to_segments(voice: Voice) -> Any:
    return voice.button("desk.segments", "s.segments")
