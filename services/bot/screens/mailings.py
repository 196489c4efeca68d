"""The owner's mailings in a chat: the list, one of them as it goes, and ready scenarios. Nothing leaves before its number was seen."""

from datetime import datetime
from typing import Any, Final

from services.bot.screens.screen import Button, Screen, stacked
from services.bot.screens.voice import Voice

Facts = dict[str, Any]
LISTED: Final = 8
GOING: Final = frozenset({"launching", "sending"})
_MARKS: Final = {
    "draft": "✏️",
    "scheduled": "🕘",
    "launching": "▶️",
    "sending": "▶️",
    "done": "✅",
    "stopped": "⏹",
    "failed": "⚠️",
}
_REASONS: Final = frozenset({"owner", "plan-required", "audience-empty", "limit", "too-late"})
_SHOWN_OF_A_TEXT: Final = 600


def mailings(voice: Voice, found: list[Facts]) -> Screen:
    buttons = [voice.plain(f"{_MARKS[each['state']]} {each['name']}"[:60], "s.mailing", each["id"]) for each in found]
    words = voice("mailings.title", shop=voice.shop_name)
    text = words if found else f"{words}\n\n{voice('mailings.none')}"
    scenarios = voice.button("mailings.scenarios", "s.scenarios")
    return Screen(text, stacked(*buttons[:LISTED], scenarios, voice.button("back", "s.home")))


def mailing(voice: Voice, told: Facts, progress: Facts, now: datetime) -> Screen:
    """What it says, where it is, and what may be done with it now."""
    lines = [
        f"{_MARKS[told['state']]} {told['name']}",
        _state(voice, told, now),
        _figures(voice, progress, now) if told["runs"] else "",
        f"«{_cut(told['texts'][0]['text'])}»",
    ]
    return Screen("\n\n".join(filter(None, lines)), stacked(*_what_may_be_done(voice, told), _to_list(voice)))


def ask_launch(voice: Voice, told: Facts, estimate: Facts, now: datetime, *, problem: str = "") -> Screen:
    """How many will get it, what it may cost, and when; only then the button."""
    text = "\n\n".join(
        filter(None, (problem, voice("mailings.ask", name=told["name"]), _estimate(voice, estimate, now)))
    )
    guests = estimate["will_get"]
    go = voice.button("mailings.go", "s.mail_go", told["id"], str(guests), n=guests) if guests else None
    return Screen(text, stacked(go, voice.button("mailings.no", "s.mailing", told["id"])))


def scenarios(voice: Voice, found: list[Facts]) -> Screen:
    buttons = [voice.plain(voice.said(each["title"]), "s.scenario", each["name"]) for each in found]
    back = voice.button("back", "s.mailings")
    return Screen(voice("scenarios.title"), stacked(*buttons, back))


def scenario(voice: Voice, told: Facts, *, active: bool, guests: int | None) -> Screen:
    """What it does, the words guests read, and how many it is about; `guests` is None for one that is about no segment."""
    lines = [
        voice.said(told["title"]),
        voice.said(told["about"]),
        f"«{_cut(voice.said(told['text']))}»",
        "" if guests is None else voice("scenarios.now", n=guests),
        voice("scenarios.works") if active else "",
    ]
    now = voice.button("scenarios.send", "s.scn_mail", told["name"], n=guests) if guests else None
    switch = None if active else voice.button("scenarios.on", "s.scn_ask", told["name"])
    return Screen("\n\n".join(filter(None, lines)), stacked(now, switch, voice.button("back", "s.scenarios")))


def ask_scenario(voice: Voice, told: Facts, guests: int) -> Screen:
    """Before it goes on by itself for good."""
    words = voice("scenarios.ask", name=voice.said(told["title"]), guests=voice.count("guests", guests))
    return Screen(
        words,
        stacked(
            voice.button("scenarios.yes", "s.scn_on", told["name"]),
            voice.button("mailings.no", "s.scenario", told["name"]),
        ),
    )


def _state(voice: Voice, told: Facts, now: datetime) -> str:
    words = voice(f"mailing.{told['state']}")
    if told["state"] == "scheduled" and told["starts_at"]:
        return f"{words}: {voice.moment(told['starts_at'], now)}"
    if told["state"] in {"stopped", "failed"} and told["reason"] in _REASONS:
        return f"{words}. {voice('mailing.why_' + told['reason'].replace('-', '_'))}"
    return words


def _figures(voice: Voice, progress: Facts, now: datetime) -> str:
    lines = [voice("mailing.handed", handed=voice.number(progress["handed"]), all=voice.number(progress["audience"]))]
    lines += [
        voice(f"mailing.figure_{name}", n=voice.number(progress[name]))
        for name in ("delivered", "failed", "cancelled", "held_out")
        if progress[name]
    ]
    if left_out := sum(progress["left_out"].values()):
        lines.append(voice("mailing.figure_left_out", n=voice.number(left_out)))
    if progress["held_until"]:
        lines.append(voice("mailing.quiet", when=voice.moment(progress["held_until"], now)))
    return "\n".join(lines)


def _what_may_be_done(voice: Voice, told: Facts) -> tuple[Button, ...]:
    state, identity = told["state"], told["id"]
    if state == "draft":
        return (voice.button("mailings.launch", "s.mail_ask", identity),)
    if state == "scheduled":
        return (voice.button("mailings.cancel", "s.mail_back", identity),)
    if state in GOING:
        return (
            voice.button("mailings.again", "s.mailing", identity),
            voice.button("mailings.stop", "s.mail_stop", identity),
        )
    return ()


def _estimate(voice: Voice, told: Facts, now: datetime) -> str:
    if not told["will_get"]:
        return voice("mailings.nobody")
    lines = [voice("mailings.will_get", guests=voice.count("guests", told["will_get"]))]
    if told["holdout"]:
        lines.append(voice("mailings.holdout", guests=voice.count("guests", told["holdout"])))
    if excluded := sum(told["excluded"].values()):
        lines.append(voice("mailings.excluded", guests=voice.count("guests", excluded)))
    if told["gift_cost_max"]:
        lines.append(voice("mailings.cost", money=voice.money(told["gift_cost_max"])))
    if told["quiet_until"]:
        lines.append(voice("mailings.quiet", when=voice.moment(told["quiet_until"], now)))
    return "\n".join(lines)


def _to_list(voice: Voice) -> Button:
    return voice.button("back", "s.mailings")


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN_OF_A_TEXT else text[:_SHOWN_OF_A_TEXT] + "…"
