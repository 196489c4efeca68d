"""One aggregate, one document, one write: state, version and outbox change together or not at all."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import SystemRandom
from typing import Any, Final, TypeVar

from pymongo import IndexModel, InsertOne, UpdateOne
from pymongo.errors import BulkWriteError, DuplicateKeyError

from bezkart.contracts.event import Message
from bezkart.kernel.errors import Unavailable, VersionConflict
from bezkart.kit import faults
from bezkart.kit.bus.envelope import Sealed, seal
from bezkart.kit.bus.publisher import OutboxPublisher
from bezkart.kit.mongo import Collection, Database, Document, raise_unless_duplicates

OUTBOX_INDEX: Final = IndexModel("outbox.at", name="outbox", partialFilterExpression={"outbox.at": {"$exists": True}})
CONFLICT_TRIES: Final = 60
_jitter = SystemRandom()

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Change:
    """What one write does to document `id`: replaces the fields of `state` and adds `events` to the outbox.

    `expected` is the version the change was decided on; 0 makes the document.
    """

    id: str
    expected: int
    state: Document
    at: datetime
    events: Sequence[Message] = field(default=())

    def sealed(self) -> tuple[Sealed, ...]:
        return tuple(seal(event, self.at) for event in self.events)


class Documents:
    """The aggregates of one collection name, in whichever database it is asked for."""

    def __init__(self, collection: str, publisher: OutboxPublisher) -> None:
        self._collection = collection
        self._publisher = publisher
        self._known: dict[str, Collection] = {}

    async def load(self, database: Database, document_id: str) -> Document | None:
        """The document without its outbox, None if there is none."""
        return await self._of(database).find_one({"_id": document_id}, {"outbox": 0})

    async def load_many(self, database: Database, ids: Iterable[str]) -> dict[str, Document]:
        """Documents by id; those that do not exist are missing."""
        found = self._of(database).find({"_id": {"$in": list(ids)}}, {"outbox": 0})
        return {document["_id"]: document async for document in found}

    async def save(self, database: Database, change: Change) -> None:
        """Write and hand the events over. Raises VersionConflict; DuplicateKeyError for another unique index than `_id`."""
        collection = self._of(database)
        sealed = change.sealed()
        faults.strike("before-write")
        if change.expected == 0:
            await _insert(collection, _new_document(change, sealed))
        else:
            written = await collection.update_one(*_update(change, sealed))
            if written.matched_count == 0:
                raise VersionConflict
        faults.strike("after-write")
        self._publisher.hand_over(collection, change.id, sealed)

    async def save_many(self, database: Database, changes: Sequence[Change]) -> None:
        """Write all in one round trip, each by its own condition. Raises VersionConflict when any of them was not met.

        After a conflict the caller decides on all of them again; those that went through are recognised by their versions.
        """
        if not changes:
            return
        collection = self._of(database)
        sealed = {change.id: change.sealed() for change in changes}
        writes = [_write(change, sealed[change.id]) for change in changes]
        faults.strike("before-write")
        try:
            result = await collection.bulk_write(writes, ordered=False)
            complete = result.matched_count + result.inserted_count == len(changes)
        except BulkWriteError as error:
            raise_unless_duplicates(error)
            complete = False
        if not complete:
            sealed = await self._written(collection, sealed)
        faults.strike("after-write")
        for owner, events in sealed.items():
            self._publisher.hand_over(collection, owner, events)
        if not complete:
            raise VersionConflict

    def _of(self, database: Database) -> Collection:
        """Collections are costly to make and do not change."""
        if database.name not in self._known:
            self._known[database.name] = database[self._collection]
        return self._known[database.name]

    @staticmethod
    async def _written(collection: Collection, sealed: dict[str, tuple[Sealed, ...]]) -> dict[str, tuple[Sealed, ...]]:
        """Which of the events really lie in an outbox after a bulk write that was not complete."""
        there: set[str] = set()
        async for document in collection.find({"_id": {"$in": list(sealed)}}, {"outbox.id": 1}):
            there.update(entry["id"] for entry in document["outbox"])
        return {owner: tuple(event for event in events if event.id in there) for owner, events in sealed.items()}


def _new_document(change: Change, sealed: Sequence[Sealed]) -> Document:
    return {"_id": change.id, "version": 1, **change.state, "outbox": [event.document() for event in sealed]}


def _update(change: Change, sealed: Sequence[Sealed]) -> tuple[Document, Document]:
    update: dict[str, Any] = {"$set": {**change.state, "version": change.expected + 1}}
    if sealed:
        update["$push"] = {"outbox": {"$each": [event.document() for event in sealed]}}
    return {"_id": change.id, "version": change.expected}, update


def _write(change: Change, sealed: Sequence[Sealed]) -> InsertOne[Document] | UpdateOne:
    if change.expected == 0:
        return InsertOne(_new_document(change, sealed))
    return UpdateOne(*_update(change, sealed))


async def _insert(collection: Collection, document: Document) -> None:
    try:
        await collection.insert_one(document)
    except DuplicateKeyError as error:
        if "_id" in (error.details or {}).get("keyPattern", {}):
            raise VersionConflict from None
        raise


async def until_written(attempt: Callable[[], Awaitable[Result]]) -> Result:
    """Run a use case again while others win the race for its document. Raises Unavailable after many tries."""
    for tries in range(CONFLICT_TRIES):
        try:
            return await attempt()
        except VersionConflict:
            await asyncio.sleep(_jitter.uniform(0, 0.002 * (tries + 1)))
    raise Unavailable("too many changes of one record at the same moment")
