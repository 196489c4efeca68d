"""Ways in: links of shops, invitations of friends and of the staff, and the choice among the places one is known at."""

from bezkart.kit.assertion import Acting
from services.bot.dialogues import barista, guest
from services.bot.dialogues.registration import Registration
from services.bot.dialogues.turn import Turn
from services.bot.gateway_client import Refused
from services.bot.screens import places as screens
from services.bot.screens.action import Action
from services.bot.screens.places import Place
from services.bot.screens.screen import Screen


class Start:
    def __init__(self, registration: Registration) -> None:
        self._registration = registration

    async def command(self, turn: Turn, text: str) -> Screen:
        """`/start r_<shop>`, `/start f_<shop>_<code of a friend>`, `/start staff_<code>`; anything else is a call for the menu."""
        turn.talk.rest()
        _, _, payload = text.partition(" ")
        kind, _, rest = payload.strip().partition("_")
        if kind == "staff" and rest:
            return await self._link(turn, rest)
        if kind in {"r", "f"} and rest:
            shop, _, referral = rest.partition("_")
            return await self._join(turn, shop, referral)
        return await self.choose(turn)

    async def choose(self, turn: Turn, _action: Action | None = None) -> Screen:
        """The only place one is known at, or a choice."""
        turn.talk.rest()
        places = await turn.places()
        if turn.only_shop and not places:
            return await self._registration.begin(turn, turn.only_shop)
        if len(places) == 1:
            return await self.enter(turn, places[0])
        return screens.choose(turn.voice, places)

    async def menu(self, turn: Turn, *, hint: str = "") -> Screen:
        """Where one was last, with a word about what was not understood."""
        if turn.talk.step and hint:
            return screens.said(turn.voice, turn.voice(hint), back=f"{turn.talk.acting[0]}.home")
        words = turn.voice(hint) if hint else ""
        if not turn.talk.shop:
            chosen = await self.choose(turn)
            return Screen(f"{words}\n\n{chosen.text}".strip(), chosen.rows, chosen.contact_button)
        if turn.talk.acting == "staff":
            return await barista.desk(turn, problem=words)
        return await guest.home(turn, greeting=words)

    async def enter(self, turn: Turn, place: Place) -> Screen:
        await turn.enter(place.shop, place.acting, name=place.name)
        return await (barista.desk(turn) if place.acting == "staff" else guest.home(turn))

    async def home(self, turn: Turn, acting: Acting) -> Screen:
        return await (barista.desk(turn) if acting == "staff" else guest.home(turn))

    async def join(self, turn: Turn) -> Screen:
        """One who is no guest here (any more) may become one."""
        return await self._registration.begin(turn, turn.talk.shop)

    async def _join(self, turn: Turn, shop: str, referral: str) -> Screen:
        try:
            return await self._registration.begin(turn, turn.only_shop or shop.lower(), referral)
        except Refused as refusal:
            if refusal.slug != "shop-not-found":
                raise
        chosen = await self.choose(turn)
        return Screen(turn.voice("shops.unknown") + "\n\n" + chosen.text, chosen.rows, chosen.contact_button)

    async def _link(self, turn: Turn, code: str) -> Screen:
        """An owner's invitation, good once."""
        who = turn.who("guest", shop=turn.only_shop)
        linked = await turn.gateway.ask(who, "POST", "/telegram/staff-links", body={"code": code})
        turn.talk.shop = ""
        turn.gateway.forget(turn.who("staff", shop=linked["shop"]))
        await turn.enter(linked["shop"], "staff", name=linked["shop_name"])
        return await barista.desk(turn, problem=turn.voice("desk.linked"))
