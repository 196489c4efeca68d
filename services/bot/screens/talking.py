"""Ratings, surveys and messages between a guest and the owner; what either of them wrote stands there as it was written."""

from datetime import datetime
from typing import Any, Final

from services.bot.screens.action import pack
from services.bot.screens.screen import Button, Rows, Screen, in_rows, stacked
from services.bot.screens.voice import Voice

Facts = dict[str, Any]
LONGEST_TEXT: Final = 2000
_SHOWN_OF_A_THREAD: Final = 10
_SHOWN_OF_A_MESSAGE: Final = 350
_LISTED: Final = 8


def ask_stars(voice: Voice, rating_id: str = "") -> Screen:
    """Without an id the last purchase is meant."""
    row = [Button(f"{stars} ★", _rate(voice, rating_id, stars)) for stars in range(1, 6)]
    return Screen(voice("rate.ask", shop=voice.shop_name), (tuple(row), (voice.button("back", "g.home"),)))


def _rate(voice: Voice, rating_id: str, stars: int) -> str:
    return f"rate:{rating_id}:{stars}" if rating_id else pack("g.stars", str(stars), shop=voice.shop)


def thanks(voice: Voice, stars: int, rating_id: str) -> Screen:
    words = voice("rate.thanks_low" if stars <= 3 else "rate.thanks", stars="⭐" * stars)
    comment = voice.button("rate.comment", "g.comment", rating_id, str(stars))
    return Screen(words, stacked(comment, voice.button("back", "g.home")))


def ask_comment(voice: Voice, problem: str = "") -> Screen:
    return Screen(_with(problem, voice("rate.ask_comment")), stacked(voice.button("cancel", "g.home")))


def thanks_for_comment(voice: Voice) -> Screen:
    return Screen(voice("rate.thanks_comment"), stacked(voice.button("back", "g.home")))


def thanks_for_score(voice: Voice) -> Screen:
    return Screen(voice("nps.thanks"), stacked(voice.button("back", "g.home")))


def own_threads(voice: Voice, threads: list[Facts]) -> Screen:
    """The guest's conversations with the owner, the latest first."""
    buttons = [voice.plain(_headline(voice, each), "g.thread", each["id"]) for each in threads[:_LISTED]]
    rows = stacked(voice.button("write.new", "g.write"), *buttons, voice.button("back", "g.home"))
    return Screen(voice("write.title", shop=voice.shop_name), rows)


def ask_message(voice: Voice, problem: str = "", *, back: str = "g.threads") -> Screen:
    return Screen(_with(problem, voice("write.ask")), stacked(voice.button("cancel", back)))


def confirm_message(voice: Voice, text: str) -> Screen:
    plain, contact = voice.button("write.send", "g.send", "0"), voice.button("write.send_contact", "g.send", "1")
    rows: Rows = ((plain,), (contact,), (voice.button("write.rewrite", "g.write"), voice.button("cancel", "g.threads")))
    return Screen(voice("write.confirm", text=text), rows)


def thread(voice: Voice, told: Facts, now: datetime, *, owner: bool, problem: str = "") -> Screen:
    """One conversation; the owner also sees who writes and the stars it began with."""
    lines = [_message(voice, each, now, owner=owner) for each in told["messages"][-_SHOWN_OF_A_THREAD:]]
    text = "\n\n".join([_head(voice, told, owner=owner), *_comment(told), *lines, *([problem] if problem else [])])
    if not owner:
        return Screen(
            text, stacked(voice.button("write.answer", "g.reply", told["id"]), voice.button("back", "g.threads"))
        )
    answer = voice.button("write.answer", "s.reply", told["id"])
    close = voice.button("write.close", "s.close", told["id"]) if told["state"] == "open" else None
    return Screen(text, stacked(answer, close, voice.button("back", "s.threads")))


def ask_reply(voice: Voice, thread_id: str, problem: str = "", *, owner: bool) -> Screen:
    back = voice.button("cancel", "s.thread" if owner else "g.thread", thread_id)
    return Screen(_with(problem, voice("write.ask_reply_owner" if owner else "write.ask")), stacked(back))


def threads(voice: Voice, found: list[Facts], *, state: str) -> Screen:
    """The owner's list."""
    buttons = [voice.plain(_headline(voice, each), "s.thread", each["id"]) for each in found[:_LISTED]]
    other = "all" if state == "open" else "open"
    words = voice(f"threads.{state}" if found else f"threads.{state}_empty")
    return Screen(
        words,
        stacked(*buttons, voice.button(f"threads.show_{other}", "s.threads", other), voice.button("back", "s.home")),
    )


def ratings(voice: Voice, found: list[Facts], now: datetime) -> Screen:
    """The low ones, for the owner."""
    lines = [
        f"{voice.moment(each['given_at'], now)} {'⭐' * each['stars']} {each['comment']}".rstrip() for each in found
    ]
    text = voice("ratings.title") + "\n\n" + ("\n".join(lines[:15]) or voice("ratings.empty"))
    return Screen(text, stacked(voice.button("back", "s.home")))


def scores(survey_id: str) -> Rows:
    return in_rows([Button(str(score), f"nps:{survey_id}:{score}") for score in range(11)], 6)


def _head(voice: Voice, told: Facts, *, owner: bool) -> str:
    if not owner:
        return voice("write.thread", shop=voice.shop_name)
    guest = told.get("guest") or {}
    facts = [voice("threads.guest", name=guest.get("name") or voice("threads.nameless"))]
    if told["rating"]:
        facts.append("⭐" * int(told["rating"]["stars"]))
    if told["contact_me"]:
        facts.append(voice("threads.contact", phone=guest.get("masked_phone") or "—"))
    return " · ".join(facts)


def _message(voice: Voice, told: Facts, now: datetime, *, owner: bool) -> str:
    by_owner = told["author"] == "owner"
    who = "write.by_you" if by_owner == owner else "write.by_guest" if owner else "write.by_owner"
    text = str(told["text"])
    cut = text if len(text) <= _SHOWN_OF_A_MESSAGE else text[:_SHOWN_OF_A_MESSAGE] + "…"
    return f"{voice(who)}, {voice.moment(told['at'], now)}:\n{cut}"


def _comment(told: Facts) -> list[str]:
    """What was written beside the stars."""
    comment = (told["rating"] or {}).get("comment", "")
    return [f"«{comment[:_SHOWN_OF_A_MESSAGE]}»"] if comment else []


def _headline(voice: Voice, told: Facts) -> str:
    """A button's words: the last message, or the stars it began with."""
    messages = told["messages"]
    last = told.get("last_message") or (messages[-1] if isinstance(messages, list) and messages else None)
    stars = "⭐" * int(told["rating"]["stars"]) + " " if told["rating"] else ""
    text = str(last["text"]) if last else voice("threads.rating")
    mark = "● " if told["state"] == "open" else ""
    return f"{mark}{stars}{text[:40]}{'…' if len(text) > 40 else ''}"


def _with(problem: str, words: str) -> str:
    return f"{problem}\n\n{words}" if problem else words
