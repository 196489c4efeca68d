"""The ledgers of the shops: `ledger` in each shop's database."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel, InsertOne
from pymongo.errors import BulkWriteError

from bezkart.kit.mongo import Databases, Document, raise_unless_duplicates, without
from services.purchases.domain.ledger import Balance, Entry

LEDGER: Final = "ledger"
LEDGER_INDEXES: Final = (
    IndexModel([("guest_id", ASCENDING), ("version", DESCENDING), ("place", DESCENDING)], name="history"),
)
_ENTRY_FIELDS: Final = tuple(field for field in Entry.__dataclass_fields__ if field != "id")


@dataclass(frozen=True, slots=True)
class Sums:
    """What accounts hold, or ledger entries add up to, in a shop. Owed points count against `points`."""

    purchases: int = 0
    cups: int = 0
    spent: int = 0
    gifts: int = 0
    points: int = 0
    entries: int = 0

    def plus(self, other: "Sums") -> "Sums":
        return Sums(*(getattr(self, name) + getattr(other, name) for name in Sums.__dataclass_fields__))


class Ledger:
    """The ledgers of every shop: entries are only ever added."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    async def add(self, shop: str, entries: Sequence[Entry]) -> None:
        """Insert what is not there yet."""
        ledger = (await self._databases.shop(shop))[LEDGER]
        inserts = [InsertOne(_entry_document(entry)) for entry in entries]
        try:
            await ledger.bulk_write(inserts, ordered=False)
        except BulkWriteError as error:
            raise_unless_duplicates(error)

    async def known(self, shop: str, ids: Collection[str]) -> set[str]:
        """Which of the entry ids are there."""
        ledger = (await self._databases.shop(shop))[LEDGER]
        return {found["_id"] async for found in ledger.find({"_id": {"$in": list(ids)}}, {"_id": 1})}

    async def counts(self, shop: str, guest_ids: Collection[str]) -> dict[str, int]:
        """Entries per guest; guests without any are missing."""
        ledger = (await self._databases.shop(shop))[LEDGER]
        counting: list[Document] = [
            {"$match": {"guest_id": {"$in": list(guest_ids)}}},
            {"$group": {"_id": "$guest_id", "entries": {"$sum": 1}}},
        ]
        return {found["_id"]: found["entries"] async for found in await ledger.aggregate(counting)}

    async def sums(self, shop: str) -> Sums:
        """Over all entries."""
        ledger = (await self._databases.shop(shop))[LEDGER]
        taken_back = {"$and": [{"$eq": ["$kind", "reverse"]}, {"$gt": ["$purchase_id", None]}]}
        fields = {
            "purchases": {
                "$sum": {"$switch": {"branches": [_case("earn", 1), {"case": taken_back, "then": -1}], "default": 0}}
            },
            "cups": {"$sum": "$cups"},
            "spent": {"$sum": "$amount"},
            "gifts": {"$sum": {"$subtract": ["$after.gifts", "$before.gifts"]}},
            "points": {"$sum": "$points"},
            "entries": {"$sum": 1},
        }
        async for found in await ledger.aggregate([{"$group": {"_id": None, **fields}}]):
            return Sums(**without(found, "_id"))
        return Sums()

    async def page(self, shop: str, guest_id: str, *, after: tuple[int, int] | None, limit: int) -> list[Entry]:
        """A guest's entries, newest first, those after the position (version, place)."""
        ledger = (await self._databases.shop(shop))[LEDGER]
        wanted: Document = {"guest_id": guest_id}
        if after:
            version, place = after
            wanted["$or"] = [{"version": {"$lt": version}}, {"version": version, "place": {"$lt": place}}]
        found = ledger.find(wanted).sort([("version", DESCENDING), ("place", DESCENDING)]).limit(limit)
        return [_entry(document) async for document in found]

    async def erase(self, shop: str, guest_ids: Collection[str]) -> None:
        """Remove everything about the guests."""
        await (await self._databases.shop(shop))[LEDGER].delete_many({"guest_id": {"$in": list(guest_ids)}})


def _case(kind: str, value: int) -> Document:
    return {"case": {"$eq": ["$kind", kind]}, "then": value}


def _entry_document(entry: Entry) -> Document:
    state: Document = {name: getattr(entry, name) for name in _ENTRY_FIELDS}
    return state | {"_id": entry.id, "before": _balance(entry.before), "after": _balance(entry.after)}


def _balance(balance: Balance) -> Document:
    return {name: getattr(balance, name) for name in Balance.__dataclass_fields__}


def _entry(document: Document) -> Entry:
    fields: dict[str, Any] = without(document, "_id")
    fields |= {
        "before": Balance(**fields["before"]),
        "after": Balance(**fields["after"]),
        "items": tuple(fields["items"]),
    }
    return Entry(id=document["_id"], **fields)
