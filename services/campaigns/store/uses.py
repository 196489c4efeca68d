"""`uses` in each shop's database: every coupon and what became of it, and every purchase a promotion was applied to (F31).

Told by the account's events in any order and number; a coupon's state is that of the newest version of its account.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from pymongo import ASCENDING, IndexModel, UpdateOne

from bezkart.kit.mongo import Collection, Databases, Document

USES: Final = "uses"
USE_INDEXES: Final = (
    IndexModel([("promotion_id", ASCENDING), ("kind", ASCENDING)], name="promotion"),
    IndexModel([("guest_id", ASCENDING)], name="guest"),
)
CouponState = Literal["live", "used", "expired"]


@dataclass(frozen=True, slots=True)
class CouponNews:
    """What one version of the guest's account says of a coupon; `valid_until` where it says that, too."""

    coupon_id: str
    promotion_id: str
    guest_id: str
    version: int
    state: CouponState
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """A promotion applied to a purchase, or (`undone`) not after all; money and points in minor units."""

    purchase_id: str
    promotion_id: str
    guest_id: str
    at: datetime
    discount: int
    points: int
    undone: bool = False


@dataclass(frozen=True, slots=True)
class LiveCoupon:
    id: str
    promotion_id: str
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class Usage:
    """Of one promotion: purchases it was applied to, what that cost, and its coupons."""

    purchases: int = 0
    discount: int = 0
    points: int = 0
    issued: int = 0
    used: int = 0
    expired: int = 0


class Uses:
    """Of every shop."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    async def learn(self, shop: str, coupons: Iterable[CouponNews], uses: Iterable[Use]) -> None:
        """What was told before changes nothing."""
        writes = [_coupon_write(each) for each in coupons] + [_use_write(each) for each in uses]
        if writes:
            await (await self._of(shop)).bulk_write(writes, ordered=False)

    async def count(self, shop: str) -> dict[str, Usage]:
        """By promotion."""
        counting: Sequence[Mapping[str, Any]] = [
            {"$match": {"undone": {"$ne": True}}},
            {
                "$group": {
                    "_id": "$promotion_id",
                    "purchases": _sum("$kind", "use"),
                    "discount": {"$sum": "$discount"},
                    "points": {"$sum": "$points"},
                    "issued": _sum("$kind", "coupon"),
                    "used": _sum("$state", "used"),
                    "expired": _sum("$state", "expired"),
                }
            },
        ]
        found = await (await self._of(shop)).aggregate(counting)
        return {each.pop("_id"): Usage(**each) async for each in found}

    async def live(self, shop: str, guest_id: str, now: datetime) -> list[LiveCoupon]:
        """The guest's coupons, the first to end first."""
        wanted = {"guest_id": guest_id, "kind": "coupon", "state": "live", "valid_until": {"$gt": now}}
        found = (await self._of(shop)).find(wanted).sort("valid_until", ASCENDING)
        return [LiveCoupon(each["_id"], each["promotion_id"], each["valid_until"]) async for each in found]

    async def erase(self, shop: str, guest_id: str) -> None:
        """What was sold stays sold: the guest goes, the figures stay."""
        uses = await self._of(shop)
        await uses.update_many({"guest_id": guest_id}, {"$unset": {"guest_id": ""}})

    async def _of(self, shop: str) -> Collection:
        return (await self._databases.shop(shop))[USES]


def _sum(field: str, value: str) -> Document:
    return {"$sum": {"$cond": [{"$eq": [field, value]}, 1, 0]}}


def _coupon_write(news: CouponNews) -> UpdateOne:
    newer = {"$gt": [news.version, {"$ifNull": ["$version", 0]}]}
    told: Document = {
        "kind": "coupon",
        "promotion_id": news.promotion_id,
        "guest_id": news.guest_id,
        "state": {"$cond": [newer, news.state, "$state"]},
        "version": {"$cond": [newer, news.version, "$version"]},
    }
    if news.valid_until:
        told["valid_until"] = news.valid_until
    return UpdateOne({"_id": news.coupon_id}, [{"$set": told}], upsert=True)


def _use_write(use: Use) -> UpdateOne:
    told: Document = {
        "kind": "use",
        "promotion_id": use.promotion_id,
        "guest_id": use.guest_id,
        "at": use.at,
        "discount": use.discount,
        "points": use.points,
    }
    undone = {"undone": True} if use.undone else {}
    return UpdateOne({"_id": f"{use.purchase_id}:{use.promotion_id}"}, {"$set": {**told, **undone}}, upsert=True)
