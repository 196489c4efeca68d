"""Limits that guests share: `promotion_limits` in each shop's database, a document a promotion (ADR 0016).

used, days {ordinal of the shop's day: times}   what is used up, with what is held
held [{id, guest_id, day, at}]                  purchases that have reserved a use and of which nobody knows yet whether they were written
returned [{id, at}]                             undone purchases whose use is back already
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from typing import Final, Literal

from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from bezkart.kernel.promotion import Limits
from bezkart.kit.gathering import Gathering
from bezkart.kit.mongo import Collection, Databases, Document, raise_unless_duplicates
from services.purchases.domain.promotions import LimitReached, Promotion

LIMITS: Final = "promotion_limits"
RETURNED_DAYS: Final = 30
"""How long an undo is remembered. Its event comes within seconds; one that is older is a replay, and returns nothing."""

FULL_SECONDS: Final = 2.0
Held = Literal["held", "again"]


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a promotion by a purchase, counted on a day of the shop (its ordinal)."""

    promotion_id: str
    purchase_id: str
    guest_id: str
    day: int


@dataclass(frozen=True, slots=True)
class Wish:
    """A use that is to be held if `limits` leave room."""

    use: Use
    limits: Limits
    at: datetime


class PromotionLimits:
    """Each change is one conditional update of one document: two guests never get the same last use."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._trips: dict[str, Gathering[Wish, LimitReached | Held]] = {}
        self._full: dict[tuple[str, str, int, Limits], tuple[float, LimitReached]] = {}

    async def reserve(self, shop: str, use: Use, limits: Limits, *, now: datetime) -> LimitReached | None:
        """Hold one use for the purchase; None when it is held (also since before), else which limit is reached.

        A promotion that was used up a moment ago is not asked for: many a purchase would pay for nothing.
        """
        place = (shop, use.promotion_id, use.day, limits)
        until, reached = self._full.get(place, (0.0, None))
        if reached and monotonic() < until:
            return reached
        reached = await self._reserve(shop, use, limits, now)
        if reached:
            self._full = {each: known for each, known in self._full.items() if known[0] > monotonic()}
            self._full[place] = (monotonic() + FULL_SECONDS, reached)
        return reached

    async def _reserve(self, shop: str, use: Use, limits: Limits, now: datetime) -> LimitReached | None:
        if shop not in self._trips:
            self._trips[shop] = Gathering(partial(_reserve_many, await self._limits(shop)))
        while True:
            answer = await self._trips[shop](Wish(use, limits, now))
            if answer != "again":
                return None if answer == "held" else answer

    async def release(self, shop: str, uses: Iterable[Use]) -> None:
        """Uses that are held, but whose purchases were not written, are free again."""
        if writes := [UpdateOne({**_of(use), "held.id": use.purchase_id}, _freed(use)) for use in uses]:
            await (await self._limits(shop)).bulk_write(writes, ordered=False)

    async def confirm(self, shop: str, uses: Iterable[Use]) -> None:
        """The purchases were written: their uses are theirs."""
        held: dict[str, list[str]] = {}
        for use in uses:
            held.setdefault(use.promotion_id, []).append(use.purchase_id)
        if held:
            writes = [UpdateOne({"_id": name}, {"$pull": {"held": {"id": {"$in": ids}}}}) for name, ids in held.items()]
            await (await self._limits(shop)).bulk_write(writes, ordered=False)

    async def give_back(self, shop: str, uses: Iterable[tuple[Use, datetime]], *, now: datetime) -> None:
        """Purchases were undone at these moments: their uses are there for others, each once however often it is told."""
        long_ago = now - timedelta(days=RETURNED_DAYS)
        writes = []
        for use, at in uses:
            if at > long_ago:
                back = {"$each": [{"id": use.purchase_id, "at": at}]}
                unsaid = {**_of(use), "returned.id": {"$ne": use.purchase_id}}
                writes.append(UpdateOne(unsaid, {**_less(use), "$push": {"returned": back}}))
        if writes:
            forgotten = {"$pull": {"returned": {"at": {"$lte": long_ago}}}}
            limited = await self._limits(shop)
            await limited.bulk_write([*writes, UpdateOne({"returned.at": {"$lte": long_ago}}, forgotten)])

    async def unsettled(self, shop: str, before: datetime) -> dict[Use, datetime]:
        """Uses held since before then, and since when."""
        waiting = (await self._limits(shop)).find({"held.at": {"$lte": before}}, {"held": 1})
        return {
            Use(document["_id"], each["id"], each["guest_id"], each["day"]): each["at"]
            async for document in waiting
            for each in document["held"]
            if each["at"] <= before
        }

    async def full(self, shop: str, promotions: Iterable[Promotion], day: int) -> dict[str, LimitReached]:
        """Those of the promotions that are used up, for whoever only wants to know."""
        limits = {each.id: each.rule.limits for each in promotions if each.rule.limits.shared}
        if not limits:
            return {}
        found = (await self._limits(shop)).find({"_id": {"$in": list(limits)}}, {"used": 1, f"days.{day}": 1})
        reached = {each["_id"]: _reached(each, day, limits[each["_id"]]) async for each in found}
        return {name: limit for name, limit in reached.items() if limit}

    async def _limits(self, shop: str) -> Collection:
        return (await self._databases.shop(shop))[LIMITS]


async def _reserve_many(limited: Collection, wishes: Sequence[Wish]) -> list[LimitReached | Held]:
    """What became of each: those of the same moment share a round trip, so a rush is no crowd at one document.

    Where there is no room the condition finds nothing, and the upsert meets the document that is there.
    """
    refused: set[int] = set()
    try:
        await limited.bulk_write([_room_and_take(wish) for wish in wishes], ordered=False)
    except BulkWriteError as error:
        raise_unless_duplicates(error)
        refused = {each["index"] for each in error.details["writeErrors"]}
    if not refused:
        return ["held"] * len(wishes)
    names = {wishes[at].use.promotion_id for at in refused}
    there = {each["_id"]: each async for each in limited.find({"_id": {"$in": list(names)}})}
    return ["held" if at not in refused else _why(there[wish.use.promotion_id], wish) for at, wish in enumerate(wishes)]


def _room_and_take(wish: Wish) -> UpdateOne:
    use, limits = wish.use, wish.limits
    room: Document = {"_id": use.promotion_id, "held.id": {"$ne": use.purchase_id}}
    if limits.total:
        room["used"] = {"$not": {"$gte": limits.total}}
    if limits.per_day:
        room[f"days.{use.day}"] = {"$not": {"$gte": limits.per_day}}
    held = {"id": use.purchase_id, "guest_id": use.guest_id, "day": use.day, "at": wish.at}
    return UpdateOne(room, {"$inc": {"used": 1, f"days.{use.day}": 1}, "$push": {"held": held}}, upsert=True)


def _why(document: Document, wish: Wish) -> LimitReached | Held:
    """`again`: the document was made, or a use given back, at this very moment."""
    if any(each["id"] == wish.use.purchase_id for each in document["held"]):
        return "held"
    return _reached(document, wish.use.day, wish.limits) or "again"


def _of(use: Use) -> Document:
    return {"_id": use.promotion_id}


def _less(use: Use) -> Document:
    return {"$inc": {"used": -1, f"days.{use.day}": -1}}


def _freed(use: Use) -> Document:
    return {**_less(use), "$pull": {"held": {"id": use.purchase_id}}}


def _reached(document: Document, day: int, limits: Limits) -> LimitReached | None:
    if 0 < limits.total <= document["used"]:
        return "limit-total"
    return "limit-day" if 0 < limits.per_day <= document["days"].get(str(day), 0) else None
