"""`ratings` in each shop's database: one document for each purchase that was asked about or rated."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel

from bezkart.contracts.event import Message
from bezkart.kernel.errors import VersionConflict
from bezkart.kit.documents import OUTBOX_INDEX, Change, Documents
from bezkart.kit.mongo import Databases, Document
from services.feedback.domain.rating import Rating
from services.feedback.domain.statistics import Cell

RATINGS: Final = "ratings"
RATING_INDEXES: Final = (
    OUTBOX_INDEX,
    IndexModel("guest_id", name="guest"),
    IndexModel([("state", ASCENDING), ("given_at", DESCENDING), ("_id", DESCENDING)], name="state"),
)
_PLAIN: Final = tuple(name for name in Rating.__dataclass_fields__ if name not in {"id", "version"})


class Ratings:
    """Ratings of every shop."""

    def __init__(self, databases: Databases, documents: Documents) -> None:
        self._databases = databases
        self._documents = documents

    async def load(self, shop: str, rating_id: str) -> Rating | None:
        document = await self._documents.load(await self._databases.shop(shop), rating_id)
        return _rating(document) if document else None

    async def save(self, shop: str, rating: Rating, messages: Sequence[Message], at: datetime) -> None:
        """One write. Raises VersionConflict."""
        state: Document = {name: getattr(rating, name) for name in _PLAIN}
        change = Change(rating.id, expected=rating.version, state=state, at=at, events=messages)
        await self._documents.save(await self._databases.shop(shop), change)

    async def open(self, shop: str, rating: Rating, messages: Sequence[Message], at: datetime) -> None:
        """Make the document, or find it made: the id says which of the guest's ratings it is."""
        try:
            await self.save(shop, rating, messages, at)
        except VersionConflict:
            return

    async def expire(self, shop: str, now: datetime) -> int:
        """Requests that nobody answered in time; how many. They cannot be answered before this is written down either."""
        ratings = (await self._databases.shop(shop))[RATINGS]
        expired = {"$set": {"state": "expired", "due": None}, "$inc": {"version": 1}}
        return (await ratings.update_many({"state": "asked", "due": {"$lte": now}}, expired)).modified_count

    async def next_due(self, shop: str) -> datetime | None:
        """When the next request expires."""
        wanted = {"state": "asked", "due": {"$type": "date"}}
        found = await (await self._databases.shop(shop))[RATINGS].find_one(
            wanted, {"due": 1}, sort=[("due", ASCENDING)]
        )
        return found["due"] if found else None

    async def given(
        self, shop: str, first: datetime, end: datetime, *, after: tuple[datetime, str] | None, limit: int
    ) -> list[Rating]:
        """Ratings given from `first` until before `end`, newest first, those after the position (given_at, id)."""
        wanted: Document = {"state": "given", "given_at": {"$gte": first, "$lt": end}}
        if after:
            moment, rating_id = after
            wanted["$or"] = [{"given_at": {"$lt": moment}}, {"given_at": moment, "_id": {"$lt": rating_id}}]
        ratings = (await self._databases.shop(shop))[RATINGS]
        found = ratings.find(wanted, {"outbox": 0}).sort([("given_at", DESCENDING), ("_id", DESCENDING)]).limit(limit)
        return [_rating(document) async for document in found]

    async def of_guest(self, shop: str, guest_id: str) -> list[Rating]:
        """All of one guest, oldest first."""
        ratings = (await self._databases.shop(shop))[RATINGS]
        found = ratings.find({"guest_id": guest_id}, {"outbox": 0}).sort("opened_at", ASCENDING)
        return [_rating(document) async for document in found]

    async def opened(self, shop: str, first: datetime, end: datetime) -> int:
        """How many ratings were opened from `first` until before `end`, answered or not."""
        ratings = (await self._databases.shop(shop))[RATINGS]
        return await ratings.count_documents({"opened_at": {"$gte": first, "$lt": end}})

    async def cells(self, shop: str, first: datetime, end: datetime, *, timezone: str) -> list[Cell]:
        """Ratings given in that time, counted by the database; days are those of `timezone`, in their order."""
        day = {"$dateToString": {"date": "$given_at", "format": "%Y-%m-%d", "timezone": timezone}}
        group = {"day": day, "staff_id": "$staff_id", "segment": "$segment", "stars": "$stars"}
        counting: list[Document] = [
            {"$match": {"state": "given", "given_at": {"$gte": first, "$lt": end}}},
            {"$group": {"_id": group, "count": {"$sum": 1}}},
            {"$sort": {"_id.day": ASCENDING, "_id.staff_id": ASCENDING, "_id.segment": ASCENDING}},
        ]
        ratings = (await self._databases.shop(shop))[RATINGS]
        return [_cell(each) async for each in await ratings.aggregate(counting)]

    async def erase(self, shop: str, guest_id: str) -> None:
        await (await self._databases.shop(shop))[RATINGS].delete_many({"guest_id": guest_id})


def _cell(found: Document) -> Cell:
    group = found["_id"]
    return Cell(
        day=datetime.fromisoformat(group["day"]).date(),
        staff_id=group["staff_id"],
        segment=group.get("segment"),
        stars=group["stars"],
        count=found["count"],
    )


def _rating(document: Document) -> Rating:
    fields: dict[str, Any] = {name: document[name] for name in _PLAIN}
    return Rating(id=document["_id"], version=document["version"], **fields)
