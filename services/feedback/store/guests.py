"""`guests` in each shop's database: what feedback knows of a guest. A projection, and how often he was asked."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

from pymongo import ASCENDING, IndexModel

from bezkart.kit.documents import Change, Documents
from bezkart.kit.mongo import Databases, Document
from services.feedback.domain.guest import Guest, Visit

GUESTS: Final = "guests"
GUEST_INDEXES: Final = (IndexModel("due", name="due", partialFilterExpression={"due": {"$type": "date"}}),)
_PLAIN: Final = (
    "account_version",
    "last_purchase_at",
    "segment",
    "segment_version",
    "opened",
    "opened_at",
    "rating_id",
    "due",
    "erased",
)


class Guests:
    """Guests of every shop. They announce nothing: their outboxes stay empty."""

    def __init__(self, databases: Databases, documents: Documents) -> None:
        self._databases = databases
        self._documents = documents

    async def load(self, shop: str, guest_id: str) -> Guest:
        """Whoever nobody has heard of yet is an empty one."""
        document = await self._documents.load(await self._databases.shop(shop), guest_id)
        return _guest(document) if document else Guest(guest_id)

    async def load_many(self, shop: str, guest_ids: Collection[str]) -> dict[str, Guest]:
        found = await self._documents.load_many(await self._databases.shop(shop), guest_ids)
        return {each: _guest(found[each]) if each in found else Guest(each) for each in guest_ids}

    async def save(self, shop: str, guest: Guest, at: datetime) -> None:
        """One write. Raises VersionConflict."""
        await self._documents.save(await self._databases.shop(shop), _change(guest, at))

    async def save_many(self, shop: str, guests: Sequence[Guest], at: datetime) -> None:
        """All in one round trip. Raises VersionConflict."""
        await self._documents.save_many(await self._databases.shop(shop), [_change(guest, at) for guest in guests])

    async def due(self, shop: str, now: datetime, limit: int) -> list[Guest]:
        """Of whom it has to be decided now whether to ask, the longest overdue first."""
        guests = (await self._databases.shop(shop))[GUESTS]
        found = guests.find({"due": {"$lte": now}}, {"outbox": 0}).sort("due", ASCENDING).limit(limit)
        return [_guest(document) async for document in found]

    async def who_bought(self, shop: str, since: datetime, *, after: str, limit: int) -> list[Guest]:
        """Guests with a purchase since then, in the order of ids."""
        guests = (await self._databases.shop(shop))[GUESTS]
        wanted = {"_id": {"$gt": after}, "last_purchase_at": {"$gte": since}}
        found = guests.find(wanted, {"outbox": 0}).sort("_id", ASCENDING).limit(limit)
        return [_guest(document) async for document in found]

    async def count_who_bought(self, shop: str, since: datetime) -> int:
        guests = (await self._databases.shop(shop))[GUESTS]
        return await guests.count_documents({"last_purchase_at": {"$gte": since}})

    async def next_due(self, shop: str) -> datetime | None:
        """When it has to be decided on a guest next."""
        wanted = {"due": {"$type": "date"}}
        found = await (await self._databases.shop(shop))[GUESTS].find_one(wanted, {"due": 1}, sort=[("due", ASCENDING)])
        return found["due"] if found else None

    async def shops(self) -> list[str]:
        """The shops that have guests."""
        return await self._databases.shops()


def _change(guest: Guest, at: datetime) -> Change:
    state: Document = {name: getattr(guest, name) for name in _PLAIN}
    state["visits"] = [
        {"purchase_id": each.purchase_id, "at": each.at, "staff_id": each.staff_id, "undone": each.undone}
        for each in guest.visits
    ]
    return Change(guest.id, expected=guest.version, state=state, at=at)


def _guest(document: Document) -> Guest:
    fields: dict[str, Any] = {name: document[name] for name in _PLAIN}
    visits = tuple(Visit(**each) for each in document["visits"])
    return Guest(id=document["_id"], version=document["version"], visits=visits, **fields)
