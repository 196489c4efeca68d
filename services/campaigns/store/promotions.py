"""Promotions: documents of `campaigns` in each shop's database, each with its outbox."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from pydantic import TypeAdapter
from pymongo import DESCENDING

from bezkart.contracts.event import Message
from bezkart.kernel.promotion import Rule
from bezkart.kit.documents import Change, Documents
from bezkart.kit.mongo import Collection, Databases, Document
from services.campaigns.domain.promotion import MOST_PROMOTIONS, Promotion, State
from services.campaigns.store.mailings import CAMPAIGNS

KIND: Final = "promotion"
MOST_SHOWN: Final = 2 * MOST_PROMOTIONS
_PLAIN: Final = ("created_at", "created_by", "state", "reason", "started_at", "ended_at", "deleted")
_rules = TypeAdapter(Rule)


class Promotions:
    """Of every shop."""

    def __init__(self, databases: Databases, documents: Documents) -> None:
        self._databases = databases
        self._documents = documents

    async def load(self, shop: str, promotion_id: str) -> Promotion | None:
        """None also for one that was deleted."""
        document = await self._documents.load(await self._databases.shop(shop), promotion_id)
        known = document is not None and document["kind"] == KIND and not document["deleted"]
        return _promotion(document) if known and document else None

    async def save(self, shop: str, promotion: Promotion, at: datetime, messages: Sequence[Message]) -> None:
        """One write: `promotion` is the version after the stored one. Raises VersionConflict."""
        state = {"kind": KIND, **{name: getattr(promotion, name) for name in _PLAIN}}
        state["rule"] = _rules.dump_python(promotion.rule, mode="json")
        change = Change(promotion.id, expected=promotion.version - 1, state=state, at=at, events=messages)
        await self._documents.save(await self._databases.shop(shop), change)

    async def all(self, shop: str, *, state: State | None = None) -> list[Promotion]:
        """The latest first; more than are shown nobody needs to see."""
        wanted: Document = {"kind": KIND, "deleted": False, **({"state": state} if state else {})}
        order = [("created_at", DESCENDING), ("_id", DESCENDING)]
        found = (await self._of(shop)).find(wanted, {"outbox": 0}).sort(order).limit(MOST_SHOWN)
        return [_promotion(document) async for document in found]

    async def alive(self, shop: str) -> int:
        """How many have not ended."""
        return await (await self._of(shop)).count_documents({"kind": KIND, "state": {"$ne": "ended"}})

    async def _of(self, shop: str) -> Collection:
        return (await self._databases.shop(shop))[CAMPAIGNS]


def _promotion(document: Document) -> Promotion:
    plain: dict[str, Any] = {name: document[name] for name in _PLAIN}
    rule = _rules.validate_python(document["rule"])
    return Promotion(id=document["_id"], version=document["version"], rule=rule, **plain)
