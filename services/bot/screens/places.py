"""Where one is known, and what is said when something is not possible."""

from dataclasses import dataclass
from typing import Literal

from bezkart.kernel.ids import shop_mark
from services.bot.screens.screen import Button, Screen, stacked
from services.bot.screens.voice import Voice

Acting = Literal["guest", "staff"]


@dataclass(frozen=True, slots=True)
class Place:
    """A shop where the person is a guest or works."""

    shop: str
    name: str
    acting: Acting


def choose(voice: Voice, places: list[Place]) -> Screen:
    if not places:
        return Screen(voice("shops.none"))
    buttons = [
        Button(voice(f"shops.as_{place.acting}", name=place.name), f"{place.acting[0]}.home@{shop_mark(place.shop)}")
        for place in places
    ]
    return Screen(voice("shops.choose"), stacked(*buttons))


def away(voice: Voice, again: str) -> Screen:
    """The system does not answer. `again` is the action that was tried; empty when a text was."""
    if not again:
        return Screen(voice("away.text"))
    return Screen(voice("away.button"), stacked(Button(voice("away.again"), again)))


def said(voice: Voice, words: str, *, back: str) -> Screen:
    """A sentence with the way back."""
    return Screen(words, stacked(voice.button("back", back)))
