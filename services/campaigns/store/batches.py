"""`batches` in each shop's database: the frozen audiences of runs, and what was decided of each guest, together with the commands."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.errors import BulkWriteError

from bezkart.contracts.event import Message as Announcement
from bezkart.kit.documents import OUTBOX_INDEX, Change, Documents
from bezkart.kit.mongo import Collection, Databases, Document, raise_unless_duplicates
from services.campaigns.domain.batch import Batch, Ref
from services.campaigns.store.plans import message, message_document

BATCHES: Final = "batches"
BATCH_INDEXES: Final = (
    OUTBOX_INDEX,
    IndexModel("due", name="due", partialFilterExpression={"due": {"$type": "date"}}),
    IndexModel([("run", ASCENDING), ("number", ASCENDING)], name="run"),
)
_PLAIN: Final = (
    "number",
    "due",
    "until",
    "state",
    "reason",
    "limit",
    "unless_bought_since",
    "settled_at",
    "held",
)


@dataclass(frozen=True, slots=True)
class Handed:
    """A run's batches together: guests by outcome, guests whose batch is not settled, messages, and until when the latest is held."""

    outcomes: dict[str, int] = field(default_factory=dict)
    dropped: dict[str, int] = field(default_factory=dict)
    waiting: int = 0
    waiting_batches: int = 0
    messages: int = 0
    held_until: datetime | None = None


class Batches:
    """Of every shop."""

    def __init__(self, databases: Databases, documents: Documents) -> None:
        self._databases = databases
        self._documents = documents

    async def load(self, shop: str, batch_id: str) -> Batch | None:
        document = await self._documents.load(await self._databases.shop(shop), batch_id)
        return _batch(document) if document else None

    async def add(self, shop: str, batches: Sequence[Batch]) -> bool:
        """Freeze them in their order. False when one of them was there before: somebody else is at it, and has its own idea of it."""
        if not batches:
            return True
        documents = [{"_id": each.id, "version": 1, **_state(each), "outbox": []} for each in batches]
        try:
            await (await self._of(shop)).insert_many(documents, ordered=True)
        except BulkWriteError as error:
            raise_unless_duplicates(error)
            return False
        return True

    async def save(self, shop: str, batch: Batch, at: datetime, messages: Sequence[Announcement] = ()) -> None:
        """One write: what became of every guest, and the commands. Raises VersionConflict."""
        change = Change(batch.id, expected=batch.version, state=_state(batch), at=at, events=messages)
        await self._documents.save(await self._databases.shop(shop), change)

    async def last(self, shop: str, ref: Ref) -> Batch | None:
        """The last one that a run's launch has made."""
        wanted = {"run": str(ref)}
        found = await (await self._of(shop)).find_one(wanted, {"outbox": 0}, sort=[("number", DESCENDING)])
        return _batch(found) if found else None

    async def take_due(self, shop: str, now: datetime, *, lease: datetime, limit: int) -> list[str]:
        """Batches that are due, the longest overdue first, taken until `lease`: whoever dies with one leaves it to the next."""
        batches = await self._of(shop)
        found = batches.find({"due": {"$lte": now}}, {"due": 1}).sort("due", ASCENDING).limit(limit)
        taken = []
        for each in [each async for each in found]:
            done = await batches.update_one({"_id": each["_id"], "due": each["due"]}, {"$set": {"due": lease}})
            if done.modified_count:
                taken.append(each["_id"])
        return taken

    async def take_again(self, shop: str, batch_id: str, due: datetime) -> None:
        """Whoever has it gives it back."""
        await (await self._of(shop)).update_one({"_id": batch_id, "state": "waiting"}, {"$set": {"due": due}})

    async def next_due(self, shop: str) -> datetime | None:
        wanted = {"due": {"$type": "date"}}
        found = await (await self._of(shop)).find_one(wanted, {"due": 1}, sort=[("due", ASCENDING)])
        return found["due"] if found else None

    async def first_waiting(self, shop: str, ref: Ref) -> str | None:
        wanted = {"run": str(ref), "state": "waiting"}
        found = await (await self._of(shop)).find_one(wanted, {"_id": 1}, sort=[("number", ASCENDING)])
        return found["_id"] if found else None

    async def handed(self, shop: str, ref: Ref) -> Handed:
        """What became of the run so far."""
        fields = {"state": 1, "reason": 1, "counts": 1, "messages": 1, "size": 1, "due": 1, "held": 1}
        found = (await self._of(shop)).find({"run": str(ref)}, fields)
        outcomes: Counter[str] = Counter()
        dropped: Counter[str] = Counter()
        waiting = waiting_batches = messages = 0
        held: datetime | None = None
        async for each in found:
            if each["state"] == "waiting":
                waiting, waiting_batches = waiting + each["size"], waiting_batches + 1
                held = min(held or each["due"], each["due"]) if each["held"] else held
            elif each["state"] == "dropped":
                dropped[each["reason"]] += each["size"]
            outcomes.update(each["counts"])
            messages += each["messages"]
        return Handed(dict(outcomes), dict(dropped), waiting, waiting_batches, messages, held)

    async def _of(self, shop: str) -> Collection:
        return (await self._databases.shop(shop))[BATCHES]


def _state(batch: Batch) -> Document:
    return {
        "run": str(batch.ref),
        "guests": list(batch.guests),
        "size": len(batch.guests),
        "message": message_document(batch.message),
        "outcomes": dict(batch.outcomes),
        "counts": batch.counts,
        "messages": batch.messages,
        **{name: getattr(batch, name) for name in _PLAIN},
    }


def _batch(document: Document) -> Batch:
    plain: dict[str, Any] = {name: document[name] for name in _PLAIN}
    return Batch(
        id=document["_id"],
        version=document["version"],
        ref=Ref.parse(document["run"]),
        guests=tuple(document["guests"]),
        message=message(document["message"]),
        outcomes=document["outcomes"],
        **plain,
    )
