"""`responses` in each shop's database: every guest of a campaign, on which side, and what was bought since (F34).

The id is the key of the message (`<kind>:<id>:<run>:<guest>`), so that what is told of a message finds its line, and a line written
again is the same line.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from pymongo import ASCENDING, IndexModel, UpdateMany, UpdateOne
from pymongo.errors import BulkWriteError

from bezkart.kit.mongo import Collection, Databases, Document, raise_unless_duplicates
from services.campaigns.domain.effect import LATEST_DELIVERY, WINDOW, Bought, Reached, Target

RESPONSES: Final = "responses"
RESPONSE_INDEXES: Final = (
    IndexModel([(field, ASCENDING) for field in ("campaign", "side", "delivered_at", "sent_at")], name="campaign"),
    IndexModel("campaign", name="bought", partialFilterExpression={"purchases": {"$exists": True}}),
    IndexModel([("guest_id", ASCENDING), ("sent_at", ASCENDING)], name="guest"),
)


@dataclass(frozen=True, slots=True)
class Addressed:
    """A guest to whom a campaign (`mailing:<id>`, `trigger:<id>`) speaks, or who is held back (`side`)."""

    key: str
    campaign: str
    guest_id: str
    side: str
    segment: str | None
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class End:
    """What became of the message `key`; `delivered_at` is None when it was not delivered."""

    key: str
    outcome: str
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class BoughtBy:
    """What an event says of a guest's purchase. `discounts` by promotion, in minor units."""

    guest_id: str
    purchase_id: str
    at: datetime
    revenue: int
    discounts: Mapping[str, int] = field(default_factory=dict)
    undone: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """The guests of a campaign by side, and when the first and the last of them were addressed."""

    sides: Mapping[str, Reached]
    since: datetime | None
    until: datetime | None


class Responses:
    """Lines of every shop's campaigns. Facts in any order and number give the same lines."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    async def open(self, shop: str, addressed: Sequence[Addressed]) -> None:
        """Before anything is sent. Those who were there stay as they are."""
        lines = [
            {
                "_id": each.key,
                "campaign": each.campaign,
                "guest_id": each.guest_id,
                "side": each.side,
                "segment": each.segment,
                "sent_at": each.sent_at,
            }
            for each in addressed
        ]
        if not lines:
            return
        try:
            await (await self._of(shop)).insert_many(lines, ordered=False)
        except BulkWriteError as error:
            raise_unless_duplicates(error)

    async def settle(self, shop: str, ends: Iterable[End]) -> None:
        """How messages ended: the first end is the one, and the first delivery."""
        writes = [UpdateOne({"_id": end.key}, [{"$set": _ended(end)}]) for end in ends]
        if writes:
            await (await self._of(shop)).bulk_write(writes, ordered=False)

    async def ends(self, shop: str, run: str) -> dict[str, int]:
        """How many messages of a run (`<kind>:<id>:<run>`) ended how, so far."""
        of_run = {"_id": {"$gte": f"{run}:", "$lt": f"{run};"}, "end": {"$exists": True}}
        counting: list[Document] = [{"$match": of_run}, {"$group": {"_id": "$end", "messages": {"$sum": 1}}}]
        return {each["_id"]: each["messages"] async for each in await (await self._of(shop)).aggregate(counting)}

    async def learn_purchases(self, shop: str, purchases: Iterable[BoughtBy]) -> None:
        """Write them to every line that they may belong to. That one was undone stays true, whichever came first."""
        lines, bought = await self._of(shop), list(purchases)
        of_these = {"guest_id": {"$in": list({each.guest_id for each in bought})}}
        addressed = {each["guest_id"] async for each in lines.find(of_these, {"guest_id": 1, "_id": 0})}
        # Most buyers were never written to: a rebuild asks once for all of them.
        writes = [
            UpdateMany(_may_belong(each), {"$set": _purchase(each)}) for each in bought if each.guest_id in addressed
        ]
        if writes:
            await lines.bulk_write(writes, ordered=False)

    async def count(self, shop: str, campaign: str) -> Counted:
        lines = await self._of(shop)
        counting: list[Document] = [
            {"$match": {"campaign": campaign}},
            {
                "$group": {
                    "_id": "$side",
                    "guests": {"$sum": 1},
                    "delivered": {"$sum": {"$cond": [{"$gt": ["$delivered_at", None]}, 1, 0]}},
                    "since": {"$min": "$sent_at"},
                    "until": {"$max": "$sent_at"},
                }
            },
        ]
        found = [each async for each in await lines.aggregate(counting)]
        return Counted(
            {each["_id"]: Reached(each["guests"], each["delivered"]) for each in found},
            since=min((each["since"] for each in found), default=None),
            until=max((each["until"] for each in found), default=None),
        )

    async def who_bought(self, shop: str, campaign: str, *, promotion_id: str | None) -> list[Target]:
        """Those who bought anything since; `promotion_id` is the campaign's own offer, whose discounts are its cost."""
        lines = await self._of(shop)
        wanted = {"campaign": campaign, "purchases": {"$exists": True}}
        return [_target(each, promotion_id) async for each in lines.find(wanted)]

    async def erase(self, shop: str, guest_id: str) -> None:
        await (await self._of(shop)).delete_many({"guest_id": guest_id})

    async def _of(self, shop: str) -> Collection:
        return (await self._databases.shop(shop))[RESPONSES]


def _ended(end: End) -> Document:
    """In one write a message: `$min` passes over what is not there."""
    told: Document = {"end": {"$ifNull": ["$end", end.outcome]}}
    return told | {"delivered_at": {"$min": ["$delivered_at", end.delivered_at]}} if end.delivered_at else told


def _may_belong(purchase: BoughtBy) -> Document:
    """Delivered is what was sent at most so long before; what belongs is decided when it is counted."""
    earliest = purchase.at - WINDOW - LATEST_DELIVERY
    return {"guest_id": purchase.guest_id, "sent_at": {"$gte": earliest, "$lte": purchase.at}}


def _purchase(purchase: BoughtBy) -> Document:
    place = f"purchases.{purchase.purchase_id}"
    told: Document = {
        f"{place}.at": purchase.at,
        f"{place}.revenue": purchase.revenue,
        f"{place}.discounts": dict(purchase.discounts),
    }
    return {**told, f"{place}.undone": True} if purchase.undone else told


def _target(line: Document, promotion_id: str | None) -> Target:
    purchases = {purchase_id: _bought(each, promotion_id) for purchase_id, each in line["purchases"].items()}
    return Target(line["side"], line["sent_at"], line["segment"], line.get("delivered_at"), purchases)


def _bought(purchase: dict[str, Any], promotion_id: str | None) -> Bought:
    discount = purchase["discounts"].get(promotion_id, 0) if promotion_id else 0
    return Bought(purchase["at"], purchase["revenue"], discount, undone=purchase.get("undone", False))
