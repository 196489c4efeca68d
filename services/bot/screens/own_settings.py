"""Settings and the guest's own data."""

from typing import Any, Final

from services.bot.screens.screen import Attachment, Screen, stacked
from services.bot.screens.voice import Voice

Facts = dict[str, Any]
SWITCHES: Final = ("receipts", "ratings", "reminders")


def settings(voice: Voice, switches: Facts, consents: Facts) -> Screen:
    """What comes, in which language, and what was consented to. Codes always come."""
    state = {True: "✅", False: "⬜"}
    kept = [name for name in SWITCHES if name in switches]
    buttons = [
        voice.button(
            f"settings.{name}", "g.switch", name, "0" if switches[name] else "1", state=state[bool(switches[name])]
        )
        for name in kept
    ]
    advertising = bool(consents.get("advertising"))
    buttons.append(
        voice.button("settings.advertising", "g.consent", "0" if advertising else "1", state=state[advertising])
    )
    language = voice.button("settings.language", "g.language", "en" if voice.words.language == "ru" else "ru")
    return Screen(
        voice("settings.title", shop=voice.shop_name), stacked(*buttons, language, voice.button("back", "g.home"))
    )


def data(voice: Voice, guest: Facts) -> Screen:
    name = guest.get("name") or voice("data.no_name")
    phone = guest.get("masked_phone") or "—"
    text = voice("data.title", shop=voice.shop_name, name=name, phone=phone)
    return Screen(
        text,
        stacked(
            voice.button("data.export", "g.export"),
            voice.button("data.erase", "g.erase"),
            voice.button("back", "g.home"),
        ),
    )


def ask_erasure(voice: Voice) -> Screen:
    return Screen(
        voice("data.erase_ask", shop=voice.shop_name),
        ((voice.button("data.erase_yes", "g.erase_yes"), voice.button("data.erase_no", "g.data")),),
    )


def erased(voice: Voice) -> Screen:
    return Screen(voice("data.erased", shop=voice.shop_name), stacked(voice.button("join.begin_again", "g.join")))


def document(voice: Voice, content: bytes) -> Attachment:
    return Attachment("my-data.json", content, is_photo=False, caption=voice("data.document", shop=voice.shop_name))
