"""`guests` and `lookups` in each shop's database."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from pymongo import DESCENDING, IndexModel
from pymongo.errors import DuplicateKeyError

from bezkart.contracts.event import Event
from bezkart.kit.documents import OUTBOX_INDEX, Change, Documents
from bezkart.kit.mongo import Databases, Document, without
from services.identity.domain.errors import GuestExists
from services.identity.domain.guest import Consent, Contacts, Guest, SealedPhone

GUESTS: Final = "guests"
LOOKUPS: Final = "lookups"


def _where_present(field: str, *, unique: bool = False) -> IndexModel:
    return IndexModel(field, name=field, unique=unique, partialFilterExpression={field: {"$exists": True}})


INDEXES: Final = {
    GUESTS: (OUTBOX_INDEX, _where_present("identifiers", unique=True), _where_present("last4")),
    LOOKUPS: (IndexModel([("at", DESCENDING)], name="at"),),
}


@dataclass(frozen=True, slots=True)
class Lookup:
    """Who looked whom up, and by what (never the digits themselves)."""

    id: str
    at: datetime
    staff_id: str
    role: str
    by: str
    guest_ids: tuple[str, ...]


class Guests:
    """Guests of every shop."""

    def __init__(self, databases: Databases, documents: Documents) -> None:
        self._databases = databases
        self._documents = documents

    async def load(self, shop: str, guest_id: str) -> Guest | None:
        document = await self._documents.load(await self._databases.shop(shop), guest_id)
        return _guest(document) if document else None

    async def by_identifiers(self, shop: str, identifiers: Iterable[str]) -> list[Guest]:
        """Those who have any of the identifiers."""
        return await self._find(shop, {"identifiers": {"$in": list(identifiers)}})

    async def by_last4(self, shop: str, last4: str) -> list[Guest]:
        return await self._find(shop, {"last4": last4})

    async def save(self, shop: str, guest: Guest, events: Sequence[Event], at: datetime) -> None:
        """Write a new version. Raises VersionConflict, GuestExists when a contact belongs to another guest."""
        try:
            await self._documents.save(await self._databases.shop(shop), _change(guest, events, at))
        except DuplicateKeyError:
            raise GuestExists from None

    async def save_many(self, shop: str, changes: Sequence[tuple[Guest, Sequence[Event]]], at: datetime) -> None:
        """Write many in one round trip. Raises VersionConflict."""
        written = [_change(guest, events, at) for guest, events in changes]
        await self._documents.save_many(await self._databases.shop(shop), written)

    async def total(self, shop: str) -> int:
        """How many guests are registered and not erased."""
        guests = (await self._databases.shop(shop))[GUESTS]
        return await guests.count_documents({"erased_at": None})

    async def note_lookup(self, shop: str, lookup: Lookup) -> None:
        document = {"_id": lookup.id, **without(asdict(lookup), "id")}
        await (await self._databases.shop(shop))[LOOKUPS].insert_one(document)

    async def lookups(self, shop: str, limit: int) -> list[Lookup]:
        """The latest look-ups, newest first."""
        return await self._lookups(shop, {}, limit)

    async def _lookups(self, shop: str, wanted: Document, limit: int) -> list[Lookup]:
        found = (await self._databases.shop(shop))[LOOKUPS].find(wanted).sort("at", DESCENDING).limit(limit)
        return [
            Lookup(id=document.pop("_id"), guest_ids=tuple(document.pop("guest_ids")), **document)
            async for document in found
        ]

    async def lookups_of(self, shop: str, guest_id: str) -> list[Lookup]:
        """When and by whom one guest was looked up, newest first: the guest may know."""
        return await self._lookups(shop, {"guest_ids": guest_id}, 1000)

    async def forget_lookups(self, shop: str, guest_id: str) -> None:
        """Take an erased guest out of the audit log."""
        lookups = (await self._databases.shop(shop))[LOOKUPS]
        await lookups.update_many({"guest_ids": guest_id}, {"$pull": {"guest_ids": guest_id}})

    async def _find(self, shop: str, wanted: Document) -> list[Guest]:
        guests = (await self._databases.shop(shop))[GUESTS]
        return [_guest(document) async for document in guests.find(wanted, {"outbox": 0}).limit(1000)]


def _change(guest: Guest, events: Sequence[Event], at: datetime) -> Change:
    contacts = guest.contacts
    state: Document = {
        "registered_at": guest.registered_at,
        "source": guest.source,
        "name": guest.name,
        "card": contacts.card,
        "telegram_id": contacts.telegram_id,
        "code": contacts.code,
        "language": guest.language,
        "birthday": guest.birthday,
        "phone": asdict(contacts.phone) if contacts.phone else None,
        "consents": [asdict(consent) for consent in guest.consents],
        "erased_at": guest.erased_at,
        # Unique among all guests, so an erased one needs an identifier of its own as well.
        "identifiers": list(contacts.identifiers) or [f"erased:{guest.id}"],
        "last4": contacts.phone.last4 if contacts.phone else "",
    }
    return Change(guest.id, expected=guest.version - 1, state=state, at=at, events=events)


def _guest(document: Document) -> Guest:
    phone = SealedPhone(**document["phone"]) if document["phone"] else None
    return Guest(
        id=document["_id"],
        version=document["version"],
        registered_at=document["registered_at"],
        source=document["source"],
        contacts=Contacts(phone, document["telegram_id"], document["card"], document.get("code")),
        name=document["name"],
        consents=tuple(Consent(**consent) for consent in document["consents"]),
        erased_at=document["erased_at"],
        language=document.get("language", "ru"),
        birthday=document.get("birthday"),
    )
