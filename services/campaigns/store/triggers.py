"""Triggers: documents of `campaigns` in each shop's database."""

from dataclasses import asdict
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, Final

from pymongo import ASCENDING, DESCENDING

from bezkart.kit.documents import Change, Documents
from bezkart.kit.mongo import Collection, Databases, Document
from services.campaigns.domain.trigger import Timing, Trigger, on_of
from services.campaigns.store.mailings import CAMPAIGNS
from services.campaigns.store.plans import message, message_document

KIND: Final = "trigger"
READ_SECONDS: Final = 5.0
_PLAIN: Final = ("name", "created_at", "created_by", "active_since", "due", "scenario")


class Triggers:
    """Of every shop. They announce nothing: their outboxes stay empty."""

    def __init__(self, databases: Databases, documents: Documents) -> None:
        self._databases = databases
        self._documents = documents
        self._read: dict[str, tuple[float, tuple[Trigger, ...]]] = {}

    async def load(self, shop: str, trigger_id: str) -> Trigger | None:
        document = await self._documents.load(await self._databases.shop(shop), trigger_id)
        return _trigger(document) if document and document["kind"] == KIND else None

    async def all(self, shop: str) -> list[Trigger]:
        """The latest first."""
        order = [("created_at", DESCENDING), ("_id", DESCENDING)]
        found = (await self._of(shop)).find({"kind": KIND}, {"outbox": 0}).sort(order)
        return [_trigger(document) async for document in found]

    async def active(self, shop: str) -> tuple[Trigger, ...]:
        """Those that are switched on; one read is good for a few seconds."""
        read = self._read.get(shop)
        if read and monotonic() - read[0] < READ_SECONDS:
            return read[1]
        found = (await self._of(shop)).find({"kind": KIND, "state": "active"}, {"outbox": 0})
        triggers = tuple([_trigger(document) async for document in found])
        self._read[shop] = (monotonic(), triggers)
        return triggers

    async def save(self, shop: str, trigger: Trigger, at: datetime) -> Trigger:
        """One write; the trigger as it is stored then. Raises VersionConflict."""
        state: Document = {"kind": KIND, "state": trigger.state, **{name: getattr(trigger, name) for name in _PLAIN}}
        state |= {"timing": _timing_document(trigger.timing), "message": message_document(trigger.message)}
        change = Change(trigger.id, expected=trigger.version, state=state, at=at)
        await self._documents.save(await self._databases.shop(shop), change)
        self._read.pop(shop, None)
        return _trigger({**state, "_id": trigger.id, "version": trigger.version + 1})

    async def delete(self, shop: str, trigger_id: str) -> bool:
        """Whether there was one."""
        done = await (await self._of(shop)).delete_one({"_id": trigger_id, "kind": KIND})
        self._read.pop(shop, None)
        return bool(done.deleted_count)

    async def to_look(self, shop: str, now: datetime) -> list[Trigger]:
        """Those for which guests are to be looked through now."""
        found = (await self._of(shop)).find({"kind": KIND, "due": {"$lte": now}}, {"outbox": 0})
        return [_trigger(document) async for document in found]

    async def next_look(self, shop: str) -> datetime | None:
        wanted = {"kind": KIND, "due": {"$type": "date"}}
        found = await (await self._of(shop)).find_one(wanted, {"due": 1}, sort=[("due", ASCENDING)])
        return found["due"] if found else None

    async def _of(self, shop: str) -> Collection:
        return (await self._databases.shop(shop))[CAMPAIGNS]


def _timing_document(timing: Timing) -> Document:
    return {
        "on": asdict(timing.on),
        "delay_minutes": timing.delay // timedelta(minutes=1),
        "period_days": timing.period // timedelta(days=1),
        "cancel_on_purchase": timing.cancel_on_purchase,
    }


def _timing(document: Document) -> Timing:
    return Timing(
        on=on_of(document["on"]),
        delay=timedelta(minutes=document["delay_minutes"]),
        period=timedelta(days=document["period_days"]),
        cancel_on_purchase=document["cancel_on_purchase"],
    )


def _trigger(document: Document) -> Trigger:
    plain: dict[str, Any] = {name: document[name] for name in _PLAIN}
    return Trigger(
        id=document["_id"],
        version=document["version"],
        timing=_timing(document["timing"]),
        message=message(document["message"]),
        **plain,
    )
