"""The shops' promotions as campaigns told them: `promotions` in the service's own database, a document a shop.

Few shops have any. A process asks every few seconds which shops do and in which version, for all of them at once: a purchase elsewhere
costs no look at the store.
"""

from datetime import datetime
from time import monotonic
from typing import Final

from pydantic import TypeAdapter
from pymongo import IndexModel

from bezkart.contracts.campaigns import PromotionState
from bezkart.kernel.promotion import Rule
from bezkart.kit.mongo import Databases, Document
from services.purchases.domain.promotions import Promotion

PROMOTIONS: Final = "promotions"
PROMOTION_INDEXES: Final = (
    IndexModel([("active", 1), ("changes", 1)], name="active", partialFilterExpression={"active": {"$gt": 0}}),
)
PROMOTION_SECONDS: Final = 2.0
_rules = TypeAdapter(Rule)


class Promotions:
    """What holds in which shop; what changed is known everywhere two seconds later."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._asked_at: float | None = None
        self._changes: dict[str, int] = {}
        self._read: dict[str, tuple[int, tuple[Promotion, ...]]] = {}

    async def active(self, shop: str) -> tuple[Promotion, ...]:
        """The shop's promotions in force."""
        now = monotonic()
        if self._asked_at is None or now - self._asked_at >= PROMOTION_SECONDS:
            first, self._asked_at = self._asked_at is None, now  # the others go on with what is at hand
            try:
                self._changes = await self._active_shops()
            except BaseException:
                self._asked_at = None if first else self._asked_at
                raise
        changes = self._changes.get(shop)
        if changes is None:
            return ()
        known = self._read.get(shop)
        if known is None or known[0] != changes:
            known = self._read[shop] = await self._load(shop)
        return known[1]

    async def rules(self, shop: str) -> dict[str, Rule]:
        """The rules of all its promotions, ended ones too, by id."""
        document = await (await self._databases.own())[PROMOTIONS].find_one({"_id": shop})
        return {each["id"]: _rules.validate_python(each["rule"]) for each in _told(document)}

    async def shops(self) -> list[str]:
        """The shops that have, or had, promotions."""
        found = (await self._databases.own())[PROMOTIONS].find({}, {"_id": 1})
        return [document["_id"] async for document in found]

    async def learn(
        self, shop: str, promotion_id: str, *, version: int, state: PromotionState, rule: Rule, at: datetime
    ) -> None:
        """Take it if it is newer than what is known; late or twice changes nothing."""
        mine = f"promotions.{promotion_id}"
        told = {
            "id": promotion_id,
            "version": version,
            "state": state,
            "rule": _rules.dump_python(rule, mode="json"),
            "at": at,
        }
        newer = {"$gt": [version, {"$ifNull": [f"${mine}.version", 0]}]}
        states = {"$map": {"input": {"$objectToArray": "$promotions"}, "in": "$$this.v.state"}}
        in_force = {"$size": {"$filter": {"input": states, "cond": {"$eq": ["$$this", "active"]}}}}
        await (await self._databases.own())[PROMOTIONS].update_one(
            {"_id": shop},
            [
                {
                    "$set": {
                        "changes": {"$add": [{"$ifNull": ["$changes", 0]}, {"$cond": [newer, 1, 0]}]},
                        mine: {"$cond": [newer, {"$literal": told}, f"${mine}"]},
                    }
                },
                {"$set": {"active": in_force}},
            ],
            upsert=True,
        )

    async def _active_shops(self) -> dict[str, int]:
        found = (await self._databases.own())[PROMOTIONS].find({"active": {"$gt": 0}}, {"changes": 1})
        return {document["_id"]: document["changes"] async for document in found}

    async def _load(self, shop: str) -> tuple[int, tuple[Promotion, ...]]:
        document = await (await self._databases.own())[PROMOTIONS].find_one({"_id": shop})
        active = [
            Promotion(each["id"], each["version"], _rules.validate_python(each["rule"]))
            for each in _told(document)
            if each["state"] == "active"
        ]
        ordered = sorted(active, key=lambda each: each.place)
        return document["changes"] if document else 0, tuple(ordered)


def _told(document: Document | None) -> list[Document]:
    return list(document["promotions"].values()) if document else []
