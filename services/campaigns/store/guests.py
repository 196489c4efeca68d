"""`guests` in each shop's database: the projection that audiences are chosen from, and which campaigns reached a guest lately.

`marks` and `free_at` belong to the sending (`store.marks`): no event touches them.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from pymongo import ASCENDING, IndexModel

from bezkart.kit.documents import Change, Documents
from bezkart.kit.mongo import Databases, Document
from services.campaigns.domain.agenda import Entry, GuestAgenda
from services.campaigns.domain.guest import Account, Guest, Profile, Visit

GUESTS: Final = "guests"
AUDIENCE_INDEX: Final = "audience"
COUNTED: Final = (
    "ads",
    "segment",
    "reach",
    "free_at",
    "purchases",
    "last_purchase_at",
    "registered_at",
    "tier",
)
"""What an audience is counted by: all in one index, so a million guests are counted without reading one of them."""
GUEST_INDEXES: Final = (
    IndexModel([(field, ASCENDING) for field in COUNTED], name=AUDIENCE_INDEX),
    IndexModel("occasion_due", name="occasions", partialFilterExpression={"occasion_due": {"$type": "date"}}),
)
_PROFILE: Final = tuple(Profile.__dataclass_fields__)
_ACCOUNT: Final = tuple(Account.__dataclass_fields__)
_VISIT: Final = tuple(Visit.__dataclass_fields__)
_PLAIN: Final = (
    "profile_version",
    "account_version",
    "segment",
    "segment_version",
    "telegram_dead",
    "telegram_at",
    "erased",
)


class Guests:
    """Guests of every shop. They announce nothing: their outboxes stay empty."""

    def __init__(self, databases: Databases, documents: Documents) -> None:
        self._databases = databases
        self._documents = documents

    async def load(self, shop: str, guest_id: str) -> Guest | None:
        document = await self._documents.load(await self._databases.shop(shop), guest_id)
        return _guest(document) if document else None

    async def load_many(self, shop: str, guest_ids: Collection[str]) -> dict[str, Guest]:
        """By id; whoever nobody has heard of yet is an empty one."""
        found = await self._documents.load_many(await self._databases.shop(shop), guest_ids)
        return {each: _guest(found[each]) if each in found else Guest(each) for each in guest_ids}

    async def save_many(self, shop: str, guests: Sequence[Guest], at: datetime) -> None:
        """All in one round trip. Raises VersionConflict."""
        changes = [Change(guest.id, expected=guest.version, state=guest_document(guest), at=at) for guest in guests]
        await self._documents.save_many(await self._databases.shop(shop), changes)

    async def forget_marks(self, shop: str, guest_ids: Collection[str]) -> None:
        """Of the erased."""
        guests = (await self._databases.shop(shop))[GUESTS]
        await guests.update_many({"_id": {"$in": list(guest_ids)}}, {"$unset": {"marks": "", "free_at": ""}})

    async def with_occasions(self, shop: str, now: datetime, limit: int) -> list[Guest]:
        """To whom something is due to be said, the longest overdue first."""
        guests = (await self._databases.shop(shop))[GUESTS]
        found = guests.find({"occasion_due": {"$lte": now}}, {"outbox": 0}).sort("occasion_due", ASCENDING).limit(limit)
        return [_guest(document) async for document in found]

    async def next_occasion(self, shop: str) -> datetime | None:
        wanted = {"occasion_due": {"$type": "date"}}
        guests = (await self._databases.shop(shop))[GUESTS]
        found = await guests.find_one(wanted, {"occasion_due": 1}, sort=[("occasion_due", ASCENDING)])
        return found["occasion_due"] if found else None

    async def last_seen(self, shop: str, since: datetime, until: datetime) -> dict[str, datetime]:
        """Guests who may be written to and were here last, or registered and never were, later than `since` and up to `until`."""
        guests = (await self._databases.shop(shop))[GUESTS]
        span = {"$gt": since, "$lte": until}
        wanted = {"ads": True, "$or": [{"last_purchase_at": span}, {"purchases": 0, "registered_at": span}]}
        found = guests.find(wanted, {"last_purchase_at": 1, "registered_at": 1})
        return {each["_id"]: each["last_purchase_at"] or each["registered_at"] async for each in found}

    async def born_on(self, shop: str, birthdays: Collection[str]) -> list[str]:
        """Guests who may be written to and whose birthday ("MM-DD") is one of these."""
        wanted = {"ads": True, "birthday": {"$in": list(birthdays)}}
        guests = (await self._databases.shop(shop))[GUESTS]
        return [each["_id"] async for each in guests.find(wanted, {"_id": 1})]

    async def shops(self) -> list[str]:
        """The shops that have guests."""
        return await self._databases.shops()


def guest_document(guest: Guest) -> Document:
    """The fields of a guest's document that events decide on. Who is not registered, or not any more, has no `ads`."""
    return {
        **_fields(guest.profile, _PROFILE),
        **_fields(guest.account, _ACCOUNT),
        **_fields(guest, _PLAIN),
        "purchases": guest.account.purchases if guest.account else 0,
        "reach": guest.reach,
        "favourites": list(guest.favourites),
        "visits": [_fields(visit, _VISIT) for visit in guest.visits],
        "occasions": [asdict(entry) for entry in guest.agenda.entries],
        "occasion_due": guest.agenda.next_due(),
    }


def _fields(value: Any, names: Sequence[str]) -> Document:
    """Several times as quick as `asdict`: a rebuild makes a document for every event."""
    return {name: getattr(value, name, None) for name in names}


def _guest(document: Document) -> Guest:
    plain: dict[str, Any] = {name: document[name] for name in _PLAIN}
    return Guest(
        id=document["_id"],
        version=document["version"],
        profile=Profile(**{name: document[name] for name in _PROFILE}) if document["profile_version"] else None,
        account=Account(**{name: document[name] for name in _ACCOUNT}) if document["account_version"] else None,
        visits=tuple(Visit(**{**each, "items": tuple(each["items"])}) for each in document["visits"]),
        agenda=GuestAgenda(tuple(Entry(**each) for each in document.get("occasions", ()))),
        **plain,
    )
