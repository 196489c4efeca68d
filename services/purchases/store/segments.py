"""The guests' segments, as promotions ask for them: a field beside the account that no version counts, written by nobody else.

A guest without an account yet is noted in `segments` of the shop's database, where only those are looked up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pymongo import UpdateOne

from bezkart.kernel.promotion import SegmentName
from bezkart.kit.mongo import Collection, Databases, Document
from services.purchases.store.accounts import ACCOUNTS
from services.purchases.store.documents import Remembering

SEGMENTS: Final = "segments"


@dataclass(frozen=True, slots=True)
class Heard:
    """What segments said last of a guest."""

    name: SegmentName
    version: int


class Segments:
    """Of every shop."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    async def learn(self, shop: str, heard: Mapping[str, Heard]) -> None:
        """Take what is newer; erased guests have none."""
        database = await self._databases.shop(shop)
        writes = [
            UpdateOne({"_id": guest, "erased": False, "segment.version": _older(each)}, _said(each))
            for guest, each in heard.items()
        ]
        result = await database[ACCOUNTS].bulk_write(writes, ordered=False)
        if result.matched_count == len(heard):
            return
        with_account = database[ACCOUNTS].find({"_id": {"$in": list(heard)}}, {"_id": 1})
        known = {document["_id"] async for document in with_account}
        others = {guest: each for guest, each in heard.items() if guest not in known}
        await self._note(database[SEGMENTS], others)

    async def of(self, shop: str, found: Remembering) -> SegmentName | None:
        """The segment of a guest who is about to buy."""
        if found.segment:
            return found.segment
        document = await (await self._databases.shop(shop))[SEGMENTS].find_one({"_id": found.account.guest_id})
        return document["name"] if document else None

    async def forget(self, shop: str, guest_id: str) -> None:
        database = await self._databases.shop(shop)
        await database[SEGMENTS].delete_one({"_id": guest_id})
        await database[ACCOUNTS].update_one({"_id": guest_id}, {"$unset": {"segment": ""}})

    async def _note(self, segments: Collection, heard: Mapping[str, Heard]) -> None:
        if not heard:
            return
        writes = [
            UpdateOne(
                {"_id": guest},
                [{"$replaceWith": {"$cond": [_newer(each), _noted(guest, each), "$$ROOT"]}}],
                upsert=True,
            )
            for guest, each in heard.items()
        ]
        await segments.bulk_write(writes, ordered=False)


def _older(than: Heard) -> Document:
    """Also where there is no version yet."""
    return {"$not": {"$gte": than.version}}


def _said(heard: Heard) -> Document:
    return {"$set": {"segment": {"name": heard.name, "version": heard.version}}}


def _newer(heard: Heard) -> Document:
    return {"$gt": [heard.version, {"$ifNull": ["$version", 0]}]}


def _noted(guest_id: str, heard: Heard) -> Document:
    return {"_id": guest_id, "name": heard.name, "version": heard.version}
