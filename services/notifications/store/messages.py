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
from services.notifications.domain.message import PENDING, Attempt, Message, State
from services.notifications.store import MESSAGES

_STILL: Final = [state.value for state in PENDING]
_FIXED: Final = ("guest_id", "key", "template", "urgency", "created_at", "expires_at", "secret")
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
        documents = {message.id: _document(message, sealed[message.id]) for message, _ in new}
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
        return [_message(document) async for document in collection.find(mine, _READ)]

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

    async def due(self, shop: str, at: datetime, limit: int) -> list[Message]:
        """Those that somebody must look at, longest due first."""
        found = (await self._collection(shop)).find({"due_at": {"$lte": at}}, _READ).sort("due_at").limit(limit)
        return [_message(document) async for document in found]

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
        """Guests for whom more than one message is parked: their messages, oldest first."""
        collection = await self._collection(shop)
        grouping: list[Document] = [
            {"$match": {"due_at": {"$exists": True}, "state": State.PARKED.value, "channel": channel}},
            {"$group": {"_id": "$guest_id", "ids": {"$push": "$_id"}, "count": {"$sum": 1}}},
            {"$match": {"count": {"$gt": 1}}},
            {"$limit": limit},
        ]
        groups = [each["ids"] async for each in await collection.aggregate(grouping)]
        wanted = {"_id": {"$in": [each for ids in groups for each in ids]}, "state": State.PARKED.value}
        by_guest: dict[str, list[Message]] = {}
        async for document in collection.find(wanted, _READ).sort("created_at"):
            by_guest.setdefault(document["guest_id"], []).append(_message(document))
        return [messages for messages in by_guest.values() if len(messages) > 1]

    async def load(self, shop: str, message_id: str) -> Message | None:
        document = await (await self._collection(shop)).find_one({"_id": message_id}, _READ)
        return _message(document) if document else None

    async def of_guest(self, shop: str, guest_id: str, *, before: datetime | None, limit: int) -> list[Message]:
        """A guest's messages, newest first."""
        wanted: Document = {"guest_id": guest_id}
        if before:
            wanted["created_at"] = {"$lt": before}
        found = (await self._collection(shop)).find(wanted, _READ).sort("created_at", DESCENDING).limit(limit)
        return [_message(document) async for document in found]

    async def latest(self, shop: str, limit: int) -> list[Message]:
        """The shop's messages, newest first."""
        found = (await self._collection(shop)).find({}, _READ).sort("created_at", DESCENDING).limit(limit)
        return [_message(document) async for document in found]

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

    async def erase(self, shop: str, guest_ids: Many[str]) -> None:
        await (await self._collection(shop)).delete_many({"guest_id": {"$in": list(guest_ids)}})

    async def shops(self) -> list[str]:
        return await self._databases.shops()

    async def _collection(self, shop: str) -> Collection:
        return (await self._databases.shop(shop))[MESSAGES]


def _update(change: Change, events: Sequence[Sealed]) -> UpdateOne:
    before, after = change.before, change.after
    condition: Document = {"_id": after.id, "rev": before.rev}
    if after.state is State.DELIVERED and before.pending:
        condition = {"_id": after.id, "state": {"$in": _STILL}}
    known, state = _state(before), _state(after)
    changed = {name: value for name, value in state.items() if value != known[name]}
    absent = [name for name in ("due_at",) if state[name] is None]
    update: dict[str, Any] = {
        "$set": {name: value for name, value in changed.items() if name not in absent},
        "$unset": dict.fromkeys([*absent, "lease"], ""),
        "$inc": {"rev": 1},
    }
    if not update["$set"]:
        del update["$set"]
    new = after.attempts[len(before.attempts) :]
    pushed = {
        **({"attempts": {"$each": [_attempt_document(each) for each in new]}} if new else {}),
        **({"outbox": {"$each": [event.document() for event in events]}} if events else {}),
    }
    if pushed:
        update["$push"] = pushed
    return UpdateOne(condition, update)


def _state(message: Message) -> Document:
    return {
        "state": message.state.value,
        "channel": message.channel,
        "steps": message.steps,
        "step": message.step,
        "step_until": message.step_until,
        "due_at": message.due_at,
        "tries": message.tries,
        "again": message.again,
        "text": message.text,
        "reason": message.reason,
    }


def _document(message: Message, events: Sequence[Sealed]) -> Document:
    state = _state(message)
    if state["due_at"] is None:
        del state["due_at"]
    fixed: Document = {name: getattr(message, name) for name in _FIXED}
    return {
        "_id": message.id,
        "rev": 1,
        **fixed,
        **state,
        "attempts": [_attempt_document(each) for each in message.attempts],
        "outbox": [event.document() for event in events],
    }


def _attempt_document(attempt: Attempt) -> Document:
    return {name: getattr(attempt, name) for name in Attempt.__dataclass_fields__}


def _message(document: Document) -> Message:
    fixed: Document = {name: document[name] for name in _FIXED}
    return Message(
        id=document["_id"],
        rev=document["rev"],
        **fixed,
        state=State(document["state"]),
        steps=tuple(document["steps"]),
        step=document["step"],
        step_until=document["step_until"],
        due_at=document.get("due_at"),
        tries=document["tries"],
        again=tuple(document["again"]),
        text=document["text"],
        reason=document["reason"],
        attempts=tuple(Attempt(**each) for each in document["attempts"]),
    )
