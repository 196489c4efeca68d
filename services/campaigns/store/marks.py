"""Which campaigns reached a guest lately (`marks`), and from when the next may (`free_at`): in the guest's document.

A mark is set in one conditional update, so two mailings at once do not both reach a guest whom only one may, and a batch that is sent again
after a crash finds the marks of the first time.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from pymongo import UpdateOne

from bezkart.kit.mongo import Collection as Guests
from bezkart.kit.mongo import Databases, Document
from services.campaigns.domain.manners import A_DAY, A_WEEK, IN_A_WEEK, Mark
from services.campaigns.domain.split import HOLDOUT
from services.campaigns.store.guests import GUESTS

KEPT: Final = 20


class Marks:
    """Of every shop's guests."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    async def reach(self, shop: str, ref: str, marks: Mapping[str, Mark]) -> set[str]:
        """Mark the guests who may be reached; who is marked with `ref` then, of all that were asked for.

        A guest who is held back is marked as well, under the same condition, and stays free.
        """
        guests = await self._of(shop)
        writes = [UpdateOne(_free(guest_id, ref, mark.at), _push(mark)) for guest_id, mark in marks.items()]
        if writes:
            await guests.bulk_write(writes, ordered=False)
        return set(await self.of_run(shop, ref, list(marks)))

    async def of_run(self, shop: str, ref: str, guest_ids: Collection[str]) -> dict[str, Mark]:
        """The marks of a run that these guests have."""
        wanted = {"_id": {"$in": list(guest_ids)}, "marks.ref": ref}
        found = (await self._of(shop)).find(wanted, {"marks": {"$elemMatch": {"ref": ref}}})
        return {each["_id"]: Mark(**each["marks"][0]) async for each in found}

    async def take_back(self, shop: str, ref: str, guest_ids: Collection[str]) -> None:
        """These guests were not reached after all."""
        if not guest_ids:
            return
        left = {"$filter": {"input": "$marks", "cond": {"$ne": ["$$this.ref", ref]}}}
        wanted = {"_id": {"$in": list(guest_ids)}, "marks.ref": ref}
        await (await self._of(shop)).update_many(wanted, [{"$set": {"marks": left}}, {"$set": {"free_at": _FREE_AT}}])

    async def _of(self, shop: str) -> Guests:
        return (await self._databases.shop(shop))[GUESTS]


def _free(guest_id: str, ref: str, at: datetime) -> Document:
    free: list[Document] = [{"free_at": None}, {"free_at": {"$lte": at}}]
    return {"_id": guest_id, "marks.ref": {"$ne": ref}, "erased": False, "$or": free}


def _push(mark: Mark) -> list[Document]:
    entry = {"ref": mark.ref, "variant": mark.variant, "at": mark.at, "segment": {"$literal": mark.segment}}
    marks = {"$slice": [{"$concatArrays": [{"$ifNull": ["$marks", []]}, [entry]]}, -KEPT]}
    return [{"$set": {"marks": marks}}, {"$set": {"free_at": _FREE_AT}}]


def _milliseconds(span: timedelta) -> int:
    return int(span.total_seconds() * 1000)


def _free_at() -> dict[str, Any]:
    """`domain.manners.free_at` as the store computes it: marks stand in the order of time."""
    sent: Any = {"$filter": {"input": "$marks", "cond": {"$ne": ["$$this.variant", HOLDOUT]}}}
    moments = {"$map": {"input": {"$slice": [sent, -IN_A_WEEK]}, "in": "$$this.at"}}
    last, before = {"$arrayElemAt": ["$$at", -1]}, {"$arrayElemAt": ["$$at", 0]}
    next_day = {"$add": [last, _milliseconds(A_DAY)]}
    next_week = {"$add": [before, _milliseconds(A_WEEK)]}
    later = {"$cond": [{"$eq": [{"$size": "$$at"}, IN_A_WEEK]}, {"$max": [next_day, next_week]}, next_day]}
    return {
        "$let": {"vars": {"at": moments}, "in": {"$cond": [{"$eq": ["$$at", []]}, None, later]}},
    }


_FREE_AT: Final = _free_at()
