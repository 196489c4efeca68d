"""One update of one person, and everything needed to answer it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, cast

from bezkart.kernel.ids import shop_mark
from bezkart.kit.assertion import Acting, Assertion
from bezkart.kit.glossary import Glossary, language_of
from services.bot.gateway_client import Gateway, GatewayAway, Json, Params, Refused
from services.bot.screens.action import Action
from services.bot.screens.places import Place
from services.bot.screens.screen import Attachment, Screen
from services.bot.screens.voice import Voice
from services.bot.store import Talk

DEFAULT_ZONE: Final = "Europe/Moscow"


class Stale(Exception):
    """The button belongs to a time that is over."""


@dataclass(frozen=True, slots=True)
class Person:
    """`language` is what Telegram says."""

    id: int
    name: str
    language: str


@dataclass(slots=True)
class Turn:
    """`key` tells this act from all others: the same for the same button of the same screen, whatever Telegram repeats.

    `pages` is the address of the web pages.

    Handlers return the screen that follows; None leaves what is there. `toast` answers the button, `attachments` go beside the screen.
    """

    person: Person
    talk: Talk
    gateway: Gateway
    glossary: Glossary
    now: datetime
    key: str
    pages: str
    only_shop: str = ""
    late: bool = False
    toast: str = ""
    attachments: list[Attachment] = field(default_factory=list)
    remove_pressed: bool = False
    put_contact_button_away: bool = False

    @property
    def voice(self) -> Voice:
        language = language_of(self.talk.language or self.person.language)
        zone = self.talk.timezone or DEFAULT_ZONE
        return Voice(self.glossary.words(language), self.talk.shop, self.talk.shop_name, zone)

    def who(self, acting: Acting | None = None, *, shop: str | None = None) -> Assertion:
        chosen = self.talk.shop if shop is None else shop
        return Assertion(self.person.id, chosen, acting or cast("Acting", self.talk.acting))

    async def ask(
        self, method: str, path: str, body: Json | None = None, *, key: str = "", params: Params | None = None
    ) -> Json:
        """Of the shop and in the role of this dialogue. Raises Refused, GatewayAway."""
        full = f"bot:{self.key}:{key}" if key else ""
        return await self.gateway.ask(self.who(), method, path, body=body, key=full, params=params)

    async def picture(self, path: str) -> bytes:
        """In the reader's language; empty where there is none right now: the words beside it stand alone."""
        try:
            return await self.gateway.fetch(self.who(), path, language=self.voice.words.language)
        except (GatewayAway, Refused):
            return b""

    async def places(self) -> list[Place]:
        """Where the person is known; in a shop's own bot only that shop."""
        told = await self.gateway.ask(self.who("guest", shop=self.only_shop), "GET", "/telegram/shops")
        known = [Place(each["slug"], each["name"], acting) for each in told["shops"] for acting in each["as"]]
        return [place for place in known if self.only_shop in {"", place.shop}]

    async def enter(self, shop: str, acting: Acting, *, name: str = "") -> None:
        """From here on the dialogue is in `shop`, as a guest or as one who works there."""
        talk = self.talk
        if shop != talk.shop or not talk.shop_name:
            card = await self.gateway.ask(self.who("guest", shop=shop), "GET", f"/shops/{shop}/card")
            talk.shop, talk.shop_name = shop, name or card["name"]
            talk.timezone = card.get("timezone") or ""
            talk.rest()
        talk.acting = acting

    async def enter_marked(self, mark: str, acting: Acting) -> None:
        """Into the shop whose button was pressed. Raises Stale when the person is known in no such shop any more."""
        if shop_mark(self.talk.shop) != mark:
            for place in await self.places():
                if shop_mark(place.shop) == mark and place.acting == acting:
                    await self.enter(place.shop, acting, name=place.name)
                    return
            raise Stale
        self.talk.acting = acting

    def refuse_late(self) -> None:
        """For what moves value: an old screen may tell of another time. Raises Stale."""
        if self.late:
            raise Stale


Pressed = Callable[[Turn, Action], Awaitable[Screen | None]]
Said = Callable[[Turn, str], Awaitable[Screen | None]]
