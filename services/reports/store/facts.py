"""`facts` in each shop's database: only ever added to, but for an erased guest's id and what a newer version takes the place of."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any, Final

import pymongo
from pymongo import ASCENDING, IndexModel, InsertOne, ReturnDocument, UpdateOne
from pymongo.errors import BulkWriteError

from bezkart.kernel.ids import derived_id
from bezkart.kit.mongo import Databases, Document, raise_unless_duplicates, without
from services.reports.domain.facts import (
    AnyFact,
    GiftMoved,
    Moved,
    Rated,
    Registered,
    Sale,
    Scored,
    TakenBack,
    Told,
    Undone,
)
from services.reports.domain.kpis import Scores

FACTS: Final = "facts"
FACT_INDEXES: Final = (
    IndexModel([("kind", ASCENDING), ("at", ASCENDING)], name="day"),
    IndexModel(
        [("guest", ASCENDING), ("kind", ASCENDING)],
        name="guest",
        partialFilterExpression={"guest": {"$type": "string"}},
    ),
)
_KINDS: Final[dict[str, type[AnyFact]]] = {
    "sale": Sale,
    "back": TakenBack,
    "undo": Undone,
    "gift": GiftMoved,
    "joined": Registered,
    "moved": Moved,
    "rated": Rated,
    "scored": Scored,
    "told": Told,
}
_NAMES: Final = {kind: name for name, kind in _KINDS.items()}
_FIELDS: Final = {kind: tuple(each.name for each in fields(kind) if each.name != "id") for kind in _NAMES}
_OF_A_DAY: Final = [name for name in _KINDS if name != "scored"]
_ALL_FACTS_SECONDS: Final = 50
_PROMOTERS: Final = 9
_DETRACTORS: Final = 6


class Facts:
    """Facts of every shop."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    async def add(self, shop: str, facts: Sequence[AnyFact]) -> None:
        """Those that are not there yet; answers also where they are newer."""
        await self._write(shop, [_write(fact) for fact in facts])

    async def of_days(self, shop: str, start: datetime, end: datetime) -> list[AnyFact]:
        """From `start` until before `end`, but for answers to surveys."""
        wanted = {"kind": {"$in": _OF_A_DAY}, "at": {"$gte": start, "$lt": end}}
        facts = (await self._databases.shop(shop))[FACTS]
        return [_fact(each) async for each in facts.find(wanted, batch_size=10_000)]

    async def any_since(self, shop: str, start: datetime) -> bool:
        """Whether anything that a day is made of happened since then."""
        wanted = {"kind": {"$in": _OF_A_DAY}, "at": {"$gte": start}}
        return await (await self._databases.shop(shop))[FACTS].find_one(wanted, {"_id": 1}) is not None

    async def scores(self, shop: str, start: datetime, end: datetime) -> Scores:
        """Answers given in that time, as they are now."""
        counting: list[Document] = [
            {"$match": {"kind": "scored", "at": {"$gte": start, "$lt": end}}},
            {"$group": {"_id": "$score", "count": {"$sum": 1}}},
        ]
        facts = (await self._databases.shop(shop))[FACTS]
        counts = {each["_id"]: each["count"] async for each in await facts.aggregate(counting)}
        return Scores(
            promoters=sum(count for score, count in counts.items() if score >= _PROMOTERS),
            detractors=sum(count for score, count in counts.items() if score <= _DETRACTORS),
            answers=sum(counts.values()),
        )

    async def told(self, shop: str, guests: Collection[str], start: datetime, end: datetime) -> list[Told]:
        """Campaign messages that reached these guests in that time."""
        wanted = {
            "guest": {"$in": list(guests)},
            "kind": "told",
            "outcome": "delivered",
            "at": {"$gte": start, "$lt": end},
        }
        facts = (await self._databases.shop(shop))[FACTS]
        found = [_fact(each) async for each in facts.find(wanted)]
        return [each for each in found if isinstance(each, Told)]

    async def of_guest(self, shop: str, guest_id: str) -> list[AnyFact]:
        facts = (await self._databases.shop(shop))[FACTS]
        return [_fact(each) async for each in facts.find({"guest": guest_id})]

    async def forget(self, shop: str, guest_id: str) -> None:
        """The facts stay, without the id."""
        facts = (await self._databases.shop(shop))[FACTS]
        await facts.update_many({"guest": guest_id}, {"$set": {"guest": None}})

    async def days(self, shop: str, timezone: str) -> set[date]:
        """The days of that time zone on which anything happened."""
        day = {"$dateToString": {"date": "$at", "format": "%Y-%m-%d", "timezone": timezone}}
        facts = (await self._databases.shop(shop))[FACTS]
        with pymongo.timeout(_ALL_FACTS_SECONDS):
            return {date.fromisoformat(each["_id"]) async for each in await facts.aggregate([{"$group": {"_id": day}}])}

    async def mark_erased(self, shop: str, guest_id: str, at: datetime) -> datetime:
        """Remember that the guest is to be forgotten, against facts that come late; when that was first said."""
        mark = {"kind": "erased", "at": at, "guest": None, "days": []}
        facts = (await self._databases.shop(shop))[FACTS]
        await facts.update_one({"_id": _erasure(guest_id)}, {"$setOnInsert": mark}, upsert=True)
        found = await facts.find_one({"_id": _erasure(guest_id)}, {"at": 1})
        return at if found is None else found["at"]

    async def erased(self, shop: str, guests: Collection[str]) -> dict[str, datetime]:
        """Which of the guests are to be forgotten, and since when."""
        marks = {_erasure(each): each for each in guests}
        facts = (await self._databases.shop(shop))[FACTS]
        return {marks[each["_id"]]: each["at"] async for each in facts.find({"_id": {"$in": list(marks)}}, {"at": 1})}

    async def touched_by_erasure(self, shop: str, guest_id: str, days: Collection[date]) -> set[date]:
        """Add these to the days that an erasure changes, and all of them: known before anything is changed, so a crash leaves none out."""
        texts = [each.isoformat() for each in days]
        facts = (await self._databases.shop(shop))[FACTS]
        added = {"$addToSet": {"days": {"$each": texts}}}
        found = await facts.find_one_and_update(
            {"_id": _erasure(guest_id)}, added, return_document=ReturnDocument.AFTER
        )
        return {date.fromisoformat(each) for each in (found or {"days": texts})["days"]}

    async def _write(self, shop: str, writes: Sequence[InsertOne[Document] | UpdateOne]) -> None:
        try:
            await (await self._databases.shop(shop))[FACTS].bulk_write(writes, ordered=False)
        except BulkWriteError as error:
            raise_unless_duplicates(error)


def _write(fact: AnyFact) -> InsertOne[Document] | UpdateOne:
    stored = document(fact)
    if isinstance(fact, Scored) or (isinstance(fact, Moved) and fact.next is None):
        # An older or equal one finds no document to change and the id taken: a duplicate, which is no failure.
        older: Mapping[str, Any] = {"_id": fact.id, "version": {"$lt": fact.version}}
        return UpdateOne(older, {"$set": without(stored, "_id")}, upsert=True)
    return InsertOne(stored)


def _erasure(guest_id: str) -> str:
    return derived_id("erased", guest_id)


def document(fact: AnyFact) -> Document:
    """As it is stored."""
    state = {name: getattr(fact, name) for name in _FIELDS[type(fact)]}
    return {"_id": fact.id, "kind": _NAMES[type(fact)], **state}


def _fact(stored: Document) -> AnyFact:
    kind = _KINDS[stored.pop("kind")]
    return kind(id=stored.pop("_id"), **stored)
