"""`threads` in each shop's database: conversations, each with its messages in one document."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, Literal, get_args

from pymongo import ASCENDING, DESCENDING, IndexModel

from bezkart.contracts.event import Message as Announcement
from bezkart.kit.documents import OUTBOX_INDEX, Change, Documents
from bezkart.kit.mongo import Databases, Document, without
from services.feedback.domain.thread import Message, RatingNote, State, Thread
from services.feedback.store.agenda import Waiting

THREADS: Final = "threads"
THREAD_INDEXES: Final = (
    OUTBOX_INDEX,
    IndexModel([("guest_id", ASCENDING), ("last_at", DESCENDING)], name="guest"),
    IndexModel([("state", ASCENDING), ("last_at", DESCENDING), ("_id", DESCENDING)], name="state"),
)
_PLAIN: Final = tuple(
    name for name in Thread.__dataclass_fields__ if name not in {"id", "version", "rating", "messages"}
)

Position = tuple[datetime, str]


@dataclass(frozen=True, slots=True)
class Listed:
    """A thread in a list: of its `count` messages only the last one is there."""

    thread: Thread
    count: int


class Threads:
    """Conversations of every shop."""

    def __init__(self, databases: Databases, documents: Documents) -> None:
        self._databases = databases
        self._documents = documents

    async def load(self, shop: str, thread_id: str) -> Thread | None:
        document = await self._documents.load(await self._databases.shop(shop), thread_id)
        return _thread(document) if document else None

    async def save(self, shop: str, thread: Thread, messages: Sequence[Announcement], at: datetime) -> None:
        """One write. Raises VersionConflict."""
        state: Document = {name: getattr(thread, name) for name in _PLAIN}
        state |= {
            "rating": asdict(thread.rating) if thread.rating else None,
            "messages": [asdict(message) for message in thread.messages],
            "count": len(thread.messages),
        }
        change = Change(thread.id, expected=thread.version, state=state, at=at, events=messages)
        await self._documents.save(await self._databases.shop(shop), change)

    async def page(
        self, shop: str, state: State | Literal["all"], *, after: Position | None, limit: int
    ) -> list[Listed]:
        """The latest first, those after the position (last_at, id)."""
        wanted: Document = {"state": {"$in": get_args(State)} if state == "all" else state}
        if after:
            moment, thread_id = after
            wanted["$or"] = [{"last_at": {"$lt": moment}}, {"last_at": moment, "_id": {"$lt": thread_id}}]
        threads = (await self._databases.shop(shop))[THREADS]
        shown = {"outbox": 0, "messages": {"$slice": -1}}
        found = threads.find(wanted, shown).sort([("last_at", DESCENDING), ("_id", DESCENDING)]).limit(limit)
        return [Listed(_thread(document), document["count"]) async for document in found]

    async def of_guest(self, shop: str, guest_id: str, limit: int = 0) -> list[Thread]:
        """One guest's, the latest first; 0 is all of them."""
        threads = (await self._databases.shop(shop))[THREADS]
        found = threads.find({"guest_id": guest_id}, {"outbox": 0}).sort("last_at", DESCENDING).limit(limit)
        return [_thread(document) async for document in found]

    async def open_of_guest(self, shop: str, guest_id: str) -> int:
        """How many of his wait for an answer."""
        threads = (await self._databases.shop(shop))[THREADS]
        return await threads.count_documents({"guest_id": guest_id, "state": "open"})

    async def due(self, shop: str, now: datetime, limit: int) -> list[Thread]:
        """Of which the owner has to be reminded, the longest overdue first; those that wait are few."""
        threads = (await self._databases.shop(shop))[THREADS]
        found = threads.find({"state": "open", "due": {"$lte": now}}, {"outbox": 0}).sort("due", ASCENDING).limit(limit)
        return [_thread(document) async for document in found]

    async def next_due(self, shop: str) -> datetime | None:
        """When the owner has to be reminded next."""
        wanted = {"state": "open", "due": {"$type": "date"}}
        found = await (await self._databases.shop(shop))[THREADS].find_one(
            wanted, {"due": 1}, sort=[("due", ASCENDING)]
        )
        return found["due"] if found else None

    async def waiting(self, shop: str) -> Waiting:
        threads = (await self._databases.shop(shop))[THREADS]
        summing: list[Document] = [
            {"$match": {"state": "open"}},
            {"$group": {"_id": None, "threads": {"$sum": 1}, "oldest": {"$min": "$waiting_since"}}},
        ]
        async for found in await threads.aggregate(summing):
            return Waiting(found["threads"], found["oldest"])
        return Waiting(0, None)

    async def erase(self, shop: str, guest_id: str) -> None:
        await (await self._databases.shop(shop))[THREADS].delete_many({"guest_id": guest_id})


def _thread(document: Document) -> Thread:
    fields: dict[str, Any] = without(document, "_id", "rating", "messages", "count")
    rating = document["rating"]
    return Thread(
        id=document["_id"],
        rating=RatingNote(**rating) if rating else None,
        messages=tuple(Message(**message) for message in document["messages"]),
        **fields,
    )
