"""One aggregate, one document, one write: state, version and outbox change together or not at all."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
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
from bezkart.kit.gathering import Gathering
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
    """The aggregates of one collection name, in whichever database it is asked for.

    Loads and saves of the same moment share round trips (`Gathering`). A save may report a conflict although it went through,
    when a fault hid the outcome: whoever decides again finds the newer version, and its own answer there.
    """

    def __init__(self, collection: str, publisher: OutboxPublisher) -> None:
        self._collection = collection
        self._publisher = publisher
        self._shelves: dict[str, _Shelf] = {}

    async def load(self, database: Database, document_id: str) -> Document | None:
        """The document without its outbox, None if there is none."""
        return await self._of(database).load(document_id)

    async def load_many(self, database: Database, ids: Iterable[str]) -> dict[str, Document]:
        """Documents by id; those that do not exist are missing."""
        return await self._of(database).load_many(ids)

    async def save(self, database: Database, change: Change) -> None:
        """Write and hand the events over. Raises VersionConflict; DuplicateKeyError for another unique index than `_id`."""
        await self._of(database).save(change)

    async def save_many(self, database: Database, changes: Sequence[Change]) -> None:
        """Write all in one round trip, each by its own condition. Raises VersionConflict when any of them was not met.

        After a conflict the caller decides on all of them again; those that went through are recognised by their versions.
        """
        if changes and any(await self._of(database).save_many(changes)):
            raise VersionConflict

    def _of(self, database: Database) -> "_Shelf":
        """Collections are costly to make and do not change."""
        if database.name not in self._shelves:
            self._shelves[database.name] = _Shelf(database[self._collection], self._publisher)
        return self._shelves[database.name]


class _Shelf:
    """The aggregates of one collection."""

    def __init__(self, collection: Collection, publisher: OutboxPublisher) -> None:
        self._collection = collection
        self._publisher = publisher
        self.load: Gathering[str, Document | None] = Gathering(self._load)
        self.save: Gathering[Change, None] = Gathering(self.save_many)

    async def load_many(self, ids: Iterable[str]) -> dict[str, Document]:
        found = self._collection.find({"_id": {"$in": list(ids)}}, {"outbox": 0})
        return {document["_id"]: document async for document in found}

    async def save_many(self, changes: Sequence[Change]) -> list[Exception | None]:
        """What became of each change: written, a VersionConflict, or a DuplicateKeyError of another index than `_id`."""
        sealed = [change.sealed() for change in changes]
        faults.strike("before-write")
        if len(changes) == 1:
            outcomes = [await self._write_one(changes[0], sealed[0])]
        else:
            outcomes = await self._write_many(changes, sealed)
        faults.strike("after-write")
        for change, events, outcome in zip(changes, sealed, outcomes, strict=True):
            if outcome is None:
                self._publisher.hand_over(self._collection, change.id, events)
        return outcomes

    async def _load(self, ids: Sequence[str]) -> list[Document | None]:
        if len(ids) == 1:
            return [await self._collection.find_one({"_id": ids[0]}, {"outbox": 0})]
        found = await self.load_many(ids)
        return [found.get(each) for each in ids]

    async def _write_one(self, change: Change, sealed: Sequence[Sealed]) -> Exception | None:
        try:
            if change.expected == 0:
                await self._collection.insert_one(_new_document(change, sealed))
                return None
            written = await self._collection.update_one(*_update(change, sealed))
        except DuplicateKeyError as error:
            return _refusal(error.details or {})
        return None if written.matched_count else VersionConflict()

    async def _write_many(
        self, changes: Sequence[Change], sealed: Sequence[tuple[Sealed, ...]]
    ) -> list[Exception | None]:
        writes = [_write(change, events) for change, events in zip(changes, sealed, strict=True)]
        refused: dict[int, Exception] = {}
        try:
            result = await self._collection.bulk_write(writes, ordered=False)
            if result.matched_count + result.inserted_count == len(changes):
                return [None] * len(changes)
        except BulkWriteError as error:
            raise_unless_duplicates(error)
            refused = {each["index"]: _refusal(each) for each in error.details["writeErrors"]}
        there = await self._in_outboxes(change.id for change in changes)
        return [
            refused.get(at) or (None if events and events[0].id in there else VersionConflict())
            for at, events in enumerate(sealed)
        ]

    async def _in_outboxes(self, owners: Iterable[str]) -> set[str]:
        """The events that lie in the outboxes: what really was written when a bulk write was not complete."""
        found = self._collection.find({"_id": {"$in": list(owners)}}, {"outbox.id": 1})
        return {entry["id"] async for document in found for entry in document["outbox"]}


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


def _refusal(details: Mapping[str, Any]) -> Exception:
    """A key that is there already: of `_id`, then somebody else made the document first; or of another index."""
    if "_id" in details.get("keyPattern", {}):
        return VersionConflict()
    return DuplicateKeyError(details.get("errmsg", ""), details.get("code"), details)


async def until_written(attempt: Callable[[], Awaitable[Result]]) -> Result:
    """Run a use case again while others win the race for its document. Raises Unavailable after many tries."""
    for tries in range(CONFLICT_TRIES):
        try:
            return await attempt()
        except VersionConflict:
            await asyncio.sleep(_jitter.uniform(0, 0.002 * (tries + 1)))
    raise Unavailable("too many changes of one record at the same moment")
