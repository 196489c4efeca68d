"""`messages` in each shop's database: one document a message, with its attempts inside; it is the delivery log and the inbox copy too."""

from collections.abc import Collection as Many
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from pymongo import DESCENDING, UpdateOne
from pymongo.errors import BulkWriteError

from bezkart.contracts.event import Message as Fact
from bezkart.kit.bus.envelope import Sealed, seal
from bezkart.kit.bus.publisher import OutboxPublisher
from bezkart.kit.mongo import Collection, Databases, Document, raise_unless_duplicates
from services.notifications.channels.port import Outgoing
from services.notifications.domain.message import PENDING, UNTAKEN, UNTAKEN_FOR_SURE, Message, State
from services.notifications.store import MESSAGES
from services.notifications.store.documents import attempt_document, document_of, message_of, state_of

_STILL: Final = [state.value for state in PENDING]
_READ: Final = {"outbox": 0, "lease": 0}


@dataclass(frozen=True, slots=True)
class Change:
    """The message before and after, and what is told about it. A delivery is written whoever else wrote meanwhile."""

    before: Message
    after: Message
    events: Sequence[Fact] = field(default=())


@dataclass(frozen=True, slots=True)
class Waiting:
    """Pending messages of one kind in one shop."""

    channel: str
    urgency: str
    state: str
    count: int
    oldest: datetime


class StoredCopies:
    """The inbox's copies (`channels.inbox.Copies`): a message is its own copy, so there is nothing to add."""

    async def put(self, outgoing: Outgoing) -> None:
        """It has been there since it was accepted."""


class Messages:
    """Messages of every shop."""

    def __init__(self, databases: Databases, publisher: OutboxPublisher) -> None:
        self._databases = databases
        self._publisher = publisher

    async def add(self, shop: str, new: Sequence[tuple[Message, Sequence[Fact]]], at: datetime) -> None:
        """Insert those whose id is not there yet; the others change nothing."""
        if not new:
            return
        collection = await self._collection(shop)
        sealed = {message.id: [seal(event, at) for event in events] for message, events in new}
        documents = {message.id: document_of(message, sealed[message.id]) for message, _ in new}
        known: set[str] = set()
        try:
            await collection.insert_many(list(documents.values()), ordered=False)
        except BulkWriteError as error:
            raise_unless_duplicates(error)
            known = {failed["op"]["_id"] for failed in error.details["writeErrors"]}
        for message_id, events in sealed.items():
            if events and message_id not in known:
                self._publisher.hand_over(collection, message_id, events)

    async def claim(self, shop: str, ids: Sequence[str], *, channel: str, lease: str, until: datetime) -> list[Message]:
        """Take those that wait for this channel; nobody else gets them before `until`."""
        collection = await self._collection(shop)
        waiting = {"_id": {"$in": list(ids)}, "state": State.WAITING.value, "channel": channel}
        taking = {"$set": {"state": State.SENDING.value, "lease": lease, "due_at": until}, "$inc": {"rev": 1}}
        taken = await collection.update_many(waiting, taking)
        if not taken.modified_count:
            return []
        mine = {"_id": {"$in": list(ids)}, "lease": lease, "state": State.SENDING.value}
        return [message_of(document) async for document in collection.find(mine, _READ)]

    async def save(self, shop: str, changes: Sequence[Change], at: datetime) -> bool:
        """Write all in one round trip, each unless somebody else wrote it meanwhile; whether all were written."""
        if not changes:
            return True
        collection = await self._collection(shop)
        sealed = [[seal(event, at) for event in change.events] for change in changes]
        writes = [_update(change, events) for change, events in zip(changes, sealed, strict=True)]
        result = await collection.bulk_write(writes, ordered=False)
        complete = result.matched_count == len(changes)
        if not complete:  # which of them lost a race is not told
            self._publisher.look_again(collection)
            return False
        for change, events in zip(changes, sealed, strict=True):
            self._publisher.hand_over(collection, change.after.id, events)
        return True

    async def park(self, shop: str, ids: Sequence[str], *, channel: str, until: datetime) -> int:
        """Those of `ids` that wait for this channel are not tried for now."""
        waiting = {"_id": {"$in": list(ids)}, "state": State.WAITING.value, "channel": channel}
        parking = {"$set": {"state": State.PARKED.value, "due_at": until}, "$inc": {"rev": 1}}
        return (await (await self._collection(shop)).update_many(waiting, parking)).modified_count

    async def keep_parked(self, shop: str, *, channel: str, at: datetime, until: datetime) -> None:
        """All that are parked and due stay so, unless they expire before."""
        due = {"due_at": {"$lte": at}, "expires_at": {"$gt": until}, "state": State.PARKED.value, "channel": channel}
        await (await self._collection(shop)).update_many(due, {"$set": {"due_at": until}})

    async def leave_alone(self, shop: str, queued: Sequence[Message], at: datetime) -> None:
        """The broker has the tasks of these, which were `queued` at that moment: look at those that still wait later than otherwise."""
        collection = await self._collection(shop)
        for urgency, until in UNTAKEN_FOR_SURE.items():
            ids = [each.id for each in queued if each.urgency == urgency]
            waiting = {"_id": {"$in": ids}, "state": State.WAITING.value, "due_at": at + UNTAKEN[urgency]}
            if ids and until > UNTAKEN[urgency]:
                await collection.update_many(waiting, {"$set": {"due_at": at + until}, "$inc": {"rev": 1}})

    async def due(self, shop: str, at: datetime, limit: int) -> list[Message]:
        """Those that somebody must look at, longest due first."""
        found = (await self._collection(shop)).find({"due_at": {"$lte": at}}, _READ).sort("due_at").limit(limit)
        return [message_of(document) async for document in found]

    async def next_due(self, shop: str) -> datetime | None:
        """When the next one will be due."""
        first = (
            (await self._collection(shop)).find({"due_at": {"$exists": True}}, {"due_at": 1}).sort("due_at").limit(1)
        )
        async for document in first:
            found: datetime = document["due_at"]
            return found
        return None

    async def parked_twice(self, shop: str, channel: str, limit: int) -> list[list[Message]]:
        """Guests for whom more than one message is parked: their messages, oldest first.

        Those for staff stay apart, and those of campaigns: each has its button, and its end is told.
        """
        collection = await self._collection(shop)
        grouping: list[Document] = [
            {
                "$match": {
                    "due_at": {"$exists": True},
                    "state": State.PARKED.value,
                    "channel": channel,
                    "staff": {"$exists": False},
                    "campaign": {"$exists": False},
                }
            },
            {"$group": {"_id": "$guest_id", "ids": {"$push": "$_id"}, "count": {"$sum": 1}}},
            {"$match": {"count": {"$gt": 1}}},
            {"$limit": limit},
        ]
        groups = [each["ids"] async for each in await collection.aggregate(grouping)]
        wanted = {"_id": {"$in": [each for ids in groups for each in ids]}, "state": State.PARKED.value}
        by_guest: dict[str, list[Message]] = {}
        async for document in collection.find(wanted, _READ).sort("created_at"):
            by_guest.setdefault(document["guest_id"], []).append(message_of(document))
        return [messages for messages in by_guest.values() if len(messages) > 1]

    async def load(self, shop: str, message_id: str) -> Message | None:
        document = await (await self._collection(shop)).find_one({"_id": message_id}, _READ)
        return message_of(document) if document else None

    async def load_many(self, shop: str, ids: Many[str]) -> list[Message]:
        found = (await self._collection(shop)).find({"_id": {"$in": list(ids)}}, _READ)
        return [message_of(document) async for document in found]

    async def of_guest(self, shop: str, guest_id: str, *, before: datetime | None, limit: int) -> list[Message]:
        """A guest's messages, newest first."""
        wanted: Document = {"guest_id": guest_id}
        if before:
            wanted["created_at"] = {"$lt": before}
        found = (await self._collection(shop)).find(wanted, _READ).sort("created_at", DESCENDING).limit(limit)
        return [message_of(document) async for document in found]

    async def everything(self, shop: str, guest_id: str) -> list[Message]:
        """All of a guest's messages, oldest first."""
        found = (await self._collection(shop)).find({"guest_id": guest_id}, _READ).sort("created_at")
        return [message_of(document) async for document in found]

    async def mark_read(self, shop: str, guest_id: str, *, up_to: datetime, at: datetime) -> None:
        """Those of the guest that came until `up_to` have been seen."""
        unread = {"guest_id": guest_id, "created_at": {"$lte": up_to}, "read_at": {"$exists": False}}
        await (await self._collection(shop)).update_many(unread, {"$set": {"read_at": at}})

    async def unread(self, shop: str, guest_id: str, *, but: Many[str]) -> int:
        """How many the guest has not seen, `but` those of some templates."""
        wanted = {
            "guest_id": guest_id,
            "read_at": {"$exists": False},
            "text": {"$ne": None},
            "template": {"$nin": list(but)},
        }
        return await (await self._collection(shop)).count_documents(wanted)

    async def latest(self, shop: str, limit: int) -> list[Message]:
        """The shop's messages, newest first."""
        found = (await self._collection(shop)).find({}, _READ).sort("created_at", DESCENDING).limit(limit)
        return [message_of(document) async for document in found]

    async def waiting(self, shop: str) -> list[Waiting]:
        """What is pending, by channel, urgency and state."""
        counting: list[Document] = [
            {"$match": {"due_at": {"$exists": True}, "state": {"$in": _STILL}}},
            {
                "$group": {
                    "_id": {"channel": "$channel", "urgency": "$urgency", "state": "$state"},
                    "count": {"$sum": 1},
                    "oldest": {"$min": "$created_at"},
                }
            },
        ]
        found = await (await self._collection(shop)).aggregate(counting)
        return [Waiting(**each["_id"], count=each["count"], oldest=each["oldest"]) async for each in found]

    async def erase(self, shop: str, guest_ids: Many[str], *, staff: Many[str]) -> None:
        """The guests' messages, and what the `staff` was told about them."""
        collection, guests = await self._collection(shop), {"$in": list(guest_ids)}
        await collection.delete_many({"guest_id": guests})
        await collection.delete_many({"guest_id": {"$in": list(staff)}, "about": guests})

    async def shops(self) -> list[str]:
        return await self._databases.shops()

    async def _collection(self, shop: str) -> Collection:
        return (await self._databases.shop(shop))[MESSAGES]


def _update(change: Change, events: Sequence[Sealed]) -> UpdateOne:
    before, after = change.before, change.after
    condition: Document = {"_id": after.id, "rev": before.rev}
    if after.state is State.DELIVERED and before.pending:
        condition = {"_id": after.id, "state": {"$in": _STILL}}
    known, state = state_of(before), state_of(after)
    changed = {name: value for name, value in state.items() if value != known[name]}
    absent = [name for name in ("due_at",) if state[name] is None]
    if before.picture and not after.pending:
        absent.append("picture")
    update: dict[str, Any] = {
        "$set": {name: value for name, value in changed.items() if name not in absent},
        "$unset": dict.fromkeys([*absent, "lease"], ""),
        "$inc": {"rev": 1},
    }
    if not update["$set"]:
        del update["$set"]
    new = after.attempts[len(before.attempts) :]
    pushed = {
        **({"attempts": {"$each": [attempt_document(each) for each in new]}} if new else {}),
        **({"outbox": {"$each": [event.document() for event in events]}} if events else {}),
    }
    if pushed:
        update["$push"] = pushed
    return UpdateOne(condition, update)
