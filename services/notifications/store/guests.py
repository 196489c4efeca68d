"""`guests` in each shop's database: how everybody is reached, sealed as it came from identity, and the present segment (F46).

Those who work in the shop are there too, told by their `role`.
"""

from collections.abc import Collection as Many
from collections.abc import Sequence
from dataclasses import dataclass

from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from bezkart.kit.mongo import Collection, Databases, Document, raise_unless_duplicates
from services.notifications.domain.routes import SMS, TELEGRAM, Browser, Routes
from services.notifications.store import GUESTS


@dataclass(frozen=True, slots=True)
class Reach:
    """How many guests of a segment can be reached by what; every guest has the web inbox."""

    segment: str | None
    guests: int
    telegram: int
    sms: int


class Guests:
    """The guests of every shop."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    async def load_many(self, shop: str, guest_ids: Many[str]) -> dict[str, Routes]:
        """Routes of those who are known and not erased."""
        wanted = {"_id": {"$in": list(guest_ids)}, "erased": {"$ne": True}}
        found = (await self._collection(shop)).find(wanted, {"segment": 0, "segment_version": 0})
        return {document["_id"]: _routes(document) async for document in found}

    async def erased(self, shop: str, guest_ids: Many[str]) -> set[str]:
        """Which of them must not hear anything any more."""
        wanted = {"_id": {"$in": list(guest_ids)}, "erased": True}
        return {document["_id"] async for document in (await self._collection(shop)).find(wanted, {"_id": 1})}

    async def learn(self, shop: str, routes: Sequence[Routes]) -> None:
        """Take what is newer; addresses that come anew are no longer dead."""
        await self._write(shop, [_learn(each) for each in routes])

    async def learn_staff(self, shop: str, staff: Sequence[tuple[Routes, str]]) -> None:
        """The same for those who work there, each with the role."""
        await self._write(shop, [_learn(routes, role=role) for routes, role in staff])

    async def staff(self, shop: str) -> list[tuple[Routes, str]]:
        """Everybody who works or has worked there, each with the role."""
        found = (await self._collection(shop)).find({"role": {"$exists": True}})
        return [(_routes(document), document["role"]) async for document in found]

    async def move(self, shop: str, moves: Sequence[tuple[str, int, str]]) -> None:
        """Guest id, version and name of the segment; taken if newer."""
        await self._write(shop, [_move(*each) for each in moves])

    async def mark_dead(self, shop: str, routes: Routes, channel: str, reason: str) -> None:
        """Nothing more goes there until the guest's contacts change."""
        same = {"_id": routes.guest_id, "version": routes.version}
        await (await self._collection(shop)).update_one(same, {"$set": {f"dead.{channel}": reason}})

    async def erase(self, shop: str, guest_ids: Many[str]) -> None:
        """Only the mark remains."""
        collection = await self._collection(shop)
        for guest_id in guest_ids:
            await collection.replace_one({"_id": guest_id}, {"erased": True, "version": 0}, upsert=True)

    async def reach(self, shop: str) -> list[Reach]:
        """Reachability now, by segment."""
        grouping: list[Document] = [
            {"$match": {"erased": {"$ne": True}, "role": {"$exists": False}}},
            {
                "$group": {
                    "_id": "$segment",
                    "guests": {"$sum": 1},
                    "telegram": {"$sum": _usable("telegram", TELEGRAM)},
                    "sms": {"$sum": _usable("phone", SMS)},
                }
            },
        ]
        found = await (await self._collection(shop)).aggregate(grouping)
        return [Reach(each["_id"], each["guests"], each["telegram"], each["sms"]) async for each in found]

    async def _write(self, shop: str, writes: Sequence[tuple[Document, Document]]) -> None:
        """Each a condition and an update; a guest who is not there yet is made."""
        if not writes:
            return
        collection = await self._collection(shop)
        try:
            await collection.bulk_write([UpdateOne(*each, upsert=True) for each in writes], ordered=False)
        except BulkWriteError as error:
            raise_unless_duplicates(error)
            # What is there is newer or erased, or another event has made the guest at this very moment: once more to tell.
            await collection.bulk_write([UpdateOne(*each) for each in writes], ordered=False)

    async def _collection(self, shop: str) -> Collection:
        return (await self._databases.shop(shop))[GUESTS]


def _learn(routes: Routes, **more: str) -> tuple[Document, Document]:
    older = {"_id": routes.guest_id, "version": {"$lt": routes.version}, "erased": {"$ne": True}}
    known: Document = {
        "version": routes.version,
        "telegram": routes.telegram,
        "phone": routes.phone,
        "masked_phone": routes.masked_phone,
        "name": routes.name,
        "language": routes.language,
        "advertising": routes.advertising,
        "dead": {},
        **more,
    }
    return older, {"$set": known}


def _move(guest_id: str, version: int, segment: str) -> tuple[Document, Document]:
    newer = {"$or": [{"segment_version": {"$lt": version}}, {"segment_version": {"$exists": False}}]}
    older = {"_id": guest_id, "erased": {"$ne": True}, **newer}
    known: Document = {"$set": {"segment": segment, "segment_version": version}, "$setOnInsert": {"version": 0}}
    return older, known


def _usable(field: str, channel: str) -> Document:
    there = {"$gt": [f"${field}", None]}
    alive = {"$not": [{"$ifNull": [f"$dead.{channel}", False]}]}
    return {"$cond": [{"$and": [there, alive]}, 1, 0]}


def _routes(document: Document) -> Routes:
    return Routes(
        guest_id=document["_id"],
        version=document["version"],
        telegram=document.get("telegram"),
        phone=document.get("phone"),
        masked_phone=document.get("masked_phone"),
        language=document.get("language", "ru"),
        dead=document.get("dead", {}),
        muted=frozenset(document.get("muted", ())),
        browsers=tuple(Browser(**each) for each in document.get("browsers", ())),
        name=document.get("name"),
        advertising=document.get("advertising"),
    )
