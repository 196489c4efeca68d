"""All stand-ins together, and the people whose phones the demo shows."""

from dataclasses import asdict, dataclass, field
from typing import Any, Final

from aiohttp import web

from bezkart.local.standins.modes import Mode
from bezkart.local.standins.push import Push
from bezkart.local.standins.reading import json_answer, read_fields
from bezkart.local.standins.received import Received, note
from bezkart.local.standins.smsaero import SmsAero
from bezkart.local.standins.smsc import Smsc
from bezkart.local.standins.smsru import SmsRu
from bezkart.local.standins.telegram import GUEST, Telegram
from bezkart.local.standins.telegram_people import People

SMS: Final = ("smsc", "smsru", "smsaero")
_PEOPLE_KEPT: Final = 2000


@dataclass(frozen=True, slots=True)
class Person:
    """A guest as the demo knows him: addresses are empty where he has none."""

    id: str
    name: str
    phone: str = ""
    telegram: str = ""
    guest_id: str = ""


@dataclass(slots=True)
class Town:
    telegram: Telegram = field(default_factory=Telegram)
    smsc: Smsc = field(default_factory=Smsc)
    smsru: SmsRu = field(default_factory=SmsRu)
    smsaero: SmsAero = field(default_factory=SmsAero)
    push: Push = field(default_factory=Push)
    inbox: Received = field(default_factory=Received)
    people: dict[str, Person] = field(default_factory=dict)

    @property
    def in_telegram(self) -> People:
        """What people do there."""
        return People(self.telegram)

    def name_of(self, telegram: str) -> str:
        """Of the person with this Telegram account."""
        return next((each.name for each in self.people.values() if each.telegram == telegram), "") or GUEST

    def modes(self) -> dict[str, Mode]:
        sms = {name: getattr(self, name).mode for name in SMS}
        return {"telegram": self.telegram.mode, **sms, "push": self.push.mode}

    def books(self) -> dict[str, Received]:
        """What came through each provider."""
        sms = {name: getattr(self, name).account.received for name in SMS}
        return {"telegram": self.telegram.received, **sms, "push": self.push.received, "inbox": self.inbox}

    @property
    def version(self) -> int:
        return sum(book.version for book in self.books().values())

    def reset_books(self) -> None:
        for provider in (self.telegram, self.smsc, self.smsru, self.smsaero, self.push):
            provider.reset()
        self.inbox.clear()

    def reset_modes(self) -> None:
        for mode in self.modes().values():
            mode.change(Mode().shown())

    def know(self, person: Person) -> None:
        self.people[person.id] = person
        if len(self.people) > _PEOPLE_KEPT:
            del self.people[next(iter(self.people))]

    async def take_inbox_copy(self, request: web.Request) -> web.Response:
        """`POST /inbox {"id", "shop", "to", "text"}`: what a guest's page would show; the same id once."""
        fields = await read_fields(request)
        to, text, identity = str(fields.get("to", "")), str(fields.get("text", "")), str(fields.get("id", ""))
        if not any(known["id"] == identity for known in self.inbox.of(to)):
            self.inbox.add(to, note(identity, text))
        return json_answer({"ok": True})

    def shown(self, name: str) -> dict[str, Any]:
        """Switches and figures of one provider."""
        told: dict[str, Any] = {"counts": self.books()[name].counts()}
        if name in self.modes():
            told["mode"] = self.modes()[name].shown()
        if name == "telegram":
            told |= {"penalties": self.telegram.penalties.shown(), "rates": self.telegram.rates.shown()}
        return told

    def people_shown(self) -> list[dict[str, Any]]:
        return [asdict(person) for person in self.people.values()]
