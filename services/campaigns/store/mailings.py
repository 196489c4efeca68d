"""Mailings: documents of `campaigns` in each shop's database, each with its outbox."""

import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel

from bezkart.contracts.event import Message as Announcement
from bezkart.kit.documents import OUTBOX_INDEX, Change, Documents
from bezkart.kit.mongo import Collection, Databases, Document
from services.campaigns.domain.mailing import Mailing, Run
from services.campaigns.store.plans import plan, plan_document

CAMPAIGNS: Final = "campaigns"
CAMPAIGN_INDEXES: Final = (
    OUTBOX_INDEX,
    IndexModel([("kind", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)], name="kind"),
    IndexModel(
        [("kind", ASCENDING), ("due", ASCENDING)], name="due", partialFilterExpression={"due": {"$type": "date"}}
    ),
)
KIND: Final = "mailing"
_PLAIN: Final = ("created_at", "created_by", "state", "reason", "due", "starts_at", "launch_key")

Position = tuple[datetime, str]


class Mailings:
    """Of every shop."""

    def __init__(self, databases: Databases, documents: Documents) -> None:
        self._databases = databases
        self._documents = documents

    async def load(self, shop: str, mailing_id: str) -> Mailing | None:
        document = await self._documents.load(await self._databases.shop(shop), mailing_id)
        return _mailing(document) if document and document["kind"] == KIND else None

    async def save(self, shop: str, mailing: Mailing, at: datetime, messages: Sequence[Announcement] = ()) -> Mailing:
        """One write; the mailing as it is stored then. Raises VersionConflict."""
        state = {"kind": KIND, **{name: getattr(mailing, name) for name in _PLAIN}}
        state |= {"plan": plan_document(mailing.plan), "runs": [asdict(run) for run in mailing.runs]}
        change = Change(mailing.id, expected=mailing.version, state=state, at=at, events=messages)
        await self._documents.save(await self._databases.shop(shop), change)
        return _mailing({**state, "_id": mailing.id, "version": mailing.version + 1})

    async def delete(self, shop: str, mailing: Mailing) -> bool:
        """Whether it was still the same."""
        done = await (await self._of(shop)).delete_one({"_id": mailing.id, "version": mailing.version})
        return bool(done.deleted_count)

    async def page(
        self, shop: str, *, state: str | None, name: str, after: Position | None, limit: int
    ) -> list[Mailing]:
        """The latest first, those after the position (created_at, id)."""
        wanted: Document = {"kind": KIND}
        if state:
            wanted["state"] = state
        if name:
            wanted["plan.name"] = {"$regex": re.escape(name), "$options": "i"}
        if after:
            moment, mailing_id = after
            wanted["$or"] = [{"created_at": {"$lt": moment}}, {"created_at": moment, "_id": {"$lt": mailing_id}}]
        order = [("created_at", DESCENDING), ("_id", DESCENDING)]
        found = (await self._of(shop)).find(wanted, {"outbox": 0}).sort(order).limit(limit)
        return [_mailing(document) async for document in found]

    async def due(self, shop: str, now: datetime, limit: int) -> list[Mailing]:
        """Which the clock has to look at, the longest overdue first."""
        wanted = {"kind": KIND, "due": {"$lte": now}}
        found = (await self._of(shop)).find(wanted, {"outbox": 0}).sort("due", ASCENDING).limit(limit)
        return [_mailing(document) async for document in found]

    async def next_due(self, shop: str) -> datetime | None:
        wanted = {"kind": KIND, "due": {"$type": "date"}}
        found = await (await self._of(shop)).find_one(wanted, {"due": 1}, sort=[("due", ASCENDING)])
        return found["due"] if found else None

    async def state_of(self, shop: str, campaign_id: str) -> tuple[str, str]:
        """State and kind of any campaign, empty if it is gone: for whoever is about to send."""
        found = await (await self._of(shop)).find_one({"_id": campaign_id}, {"state": 1, "kind": 1})
        return (found.get("state", ""), found["kind"]) if found else ("", "")

    async def _of(self, shop: str) -> Collection:
        return (await self._databases.shop(shop))[CAMPAIGNS]


def _mailing(document: Document) -> Mailing:
    plain: dict[str, Any] = {name: document[name] for name in _PLAIN}
    return Mailing(
        id=document["_id"],
        version=document["version"],
        plan=plan(document["plan"]),
        runs=tuple(Run(**each) for each in document["runs"]),
        **plain,
    )
