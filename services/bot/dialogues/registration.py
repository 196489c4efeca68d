"""Becoming a guest of a shop: contact, both consents, and the proof where the number is at another Telegram account."""

from typing import Final

from aiogram.types import Contact

from bezkart.kit.vault import Envelopes, VaultLocked
from services.bot.dialogues import guest
from services.bot.dialogues.turn import Pressed, Said, Stale, Turn
from services.bot.gateway_client import Json, Refused
from services.bot.screens import registration as screens
from services.bot.screens.action import Action
from services.bot.screens.screen import Screen

_LONGEST_NAME: Final = 60


class Registration:
    """`envelopes`: a number waits in Redis for the two answers, and nobody else may read it there."""

    def __init__(self, envelopes: Envelopes) -> None:
        self._envelopes = envelopes
        self.actions: dict[str, Pressed] = {
            "g.join": self.join,
            "g.processing": self.processing,
            "g.advertising": self.advertising,
        }
        self.steps: dict[str, Said] = {
            "contact": self.contact_awaited,
            "prove": self.prove,
            "consents": self.consents_awaited,
        }

    async def begin(self, turn: Turn, shop: str, referral: str = "") -> Screen:
        """By a link of the shop. One who is a guest already sees the own balance."""
        await turn.enter(shop, "guest")
        try:
            return await guest.home(turn)
        except Refused as refusal:
            if refusal.slug != "role-required":
                raise
        turn.talk.expect("contact", referral=referral)
        return screens.ask_contact(turn.voice)

    async def join(self, turn: Turn, _action: Action) -> Screen:
        return await self.begin(turn, turn.talk.shop)

    async def share(self, turn: Turn, contact: Contact) -> Screen | None:
        """A contact came. Only one's own: the account in it must be the one that sent it."""
        if contact.user_id != turn.person.id:
            return await self._again(turn, "join.foreign_contact")
        if turn.talk.step != "contact":
            return None
        turn.put_contact_button_away = True
        referral = turn.talk.notes.get("referral", "")
        phone = contact.phone_number if contact.phone_number.startswith("+") else f"+{contact.phone_number}"
        turn.talk.expect("consents", phone=self._envelopes.seal(phone), referral=referral)
        return screens.ask_processing(turn.voice)

    async def processing(self, turn: Turn, action: Action) -> Screen:
        self._phone(turn)
        if action.arguments != ("yes",):
            turn.talk.rest()
            return screens.without_consent(turn.voice)
        turn.talk.notes["processing"] = "yes"
        return screens.ask_advertising(turn.voice)

    async def advertising(self, turn: Turn, action: Action) -> Screen:
        phone = self._phone(turn)
        if turn.talk.notes.get("processing") != "yes":
            return screens.ask_processing(turn.voice)
        consents: Json = {"processing": True, "advertising": action.arguments == ("yes",)}
        body: Json = {"phone": phone, "consents": consents}
        if name := turn.person.name[:_LONGEST_NAME]:
            body["name"] = name
        if referral := turn.talk.notes.get("referral"):
            body["referral"] = referral
        try:
            await turn.ask("POST", "/telegram/guests", body)
        except Refused as refusal:
            if refusal.slug != "proof-required":
                if refusal.slug != "guest-exists":
                    raise
            else:
                turn.talk.expect("prove", sign_in=str(refusal.members["sign_in_id"]))
                return screens.ask_proof(turn.voice)
        return await self._arrive(turn)

    async def prove(self, turn: Turn, text: str) -> Screen:
        """The code from the SMS: then the number moves to this Telegram account."""
        digits = "".join(each for each in text if each.isdigit())
        body = {"sign_in_id": turn.talk.notes["sign_in"], "code": digits}
        if not 4 <= len(digits) <= 8:
            return screens.ask_proof(turn.voice, turn.voice("join.code_digits"))
        try:
            await turn.ask("POST", "/telegram/guests/prove", body)
        except Refused as refusal:
            if refusal.slug == "wrong-code":
                attempts = turn.voice.count("attempts", int(refusal.members.get("attempts_left", 0)))
                return screens.ask_proof(turn.voice, turn.voice("problem.wrong-code", attempts=attempts))
            if refusal.slug in {"code-expired", "too-many-attempts"}:
                turn.talk.rest()
            raise
        return await self._arrive(turn)

    async def contact_awaited(self, turn: Turn, _text: str) -> Screen:
        """Words instead of a contact."""
        return await self._again(turn, "join.press_contact")

    async def consents_awaited(self, turn: Turn, _text: str) -> Screen:
        """Words instead of a button."""
        agreed = turn.talk.notes.get("processing") == "yes"
        return screens.ask_advertising(turn.voice) if agreed else screens.ask_processing(turn.voice)

    async def _again(self, turn: Turn, words: str) -> Screen:
        asked = screens.ask_contact(turn.voice)
        waiting = turn.talk.step == "contact"
        return Screen(turn.voice(words), contact_button=asked.contact_button if waiting else "")

    async def _arrive(self, turn: Turn) -> Screen:
        turn.gateway.forget(turn.who("guest"))
        turn.talk.rest()
        return await guest.home(turn, greeting=turn.voice("join.done"), with_terms=True)

    def _phone(self, turn: Turn) -> str:
        try:
            return self._envelopes.open(turn.talk.notes["phone"])
        except (KeyError, VaultLocked):
            raise Stale from None
