"""`days` in each shop's database: what the facts of a day come to, kept until another fact of that day arrives.

Whoever adds facts marks their days afterwards. A day is computed at the `marks` it had before its facts were read, and stays dirty
while it has more: no order of writers and readers leaves a day behind its facts.
"""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final, Literal

from pymongo import IndexModel, UpdateOne

from bezkart.kit.mongo import Databases, Document
from services.reports.domain.day import Day, Guests
from services.reports.domain.figures import Figures
from services.reports.domain.segments import Moves

DAYS: Final = "days"
DAY_INDEXES: Final = (IndexModel("dirty", name="dirty", partialFilterExpression={"dirty": True}),)

Part = Literal["figures", "hours", "staff", "moves", "buyers", "registered"]


@dataclass(frozen=True, slots=True)
class Dirty:
    """A day whose facts have changed since it was computed, if it ever was."""

    day: date
    marks: int


class Days:
    """Days of every shop."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    async def mark(self, shop: str, days: Collection[date]) -> None:
        """Facts of these days have changed."""
        marked = {"$inc": {"marks": 1}, "$set": {"dirty": True}, "$setOnInsert": {"settled": 0}}
        writes = [UpdateOne({"_id": each.isoformat()}, marked, upsert=True) for each in days]
        if writes:
            await (await self._databases.shop(shop))[DAYS].bulk_write(writes, ordered=False)

    async def mark_all(self, shop: str) -> None:
        """All that there are."""
        marked = {"$inc": {"marks": 1}, "$set": {"dirty": True}}
        await (await self._databases.shop(shop))[DAYS].update_many({}, marked)

    async def dirty(self, shop: str, first: date | None = None, last: date | None = None) -> list[Dirty]:
        """Oldest first."""
        wanted: Document = {"dirty": True, **_between(first, last)}
        days = (await self._databases.shop(shop))[DAYS]
        found = days.find(wanted, {"marks": 1}).sort("_id")
        return [Dirty(date.fromisoformat(each["_id"]), each["marks"]) async for each in found]

    async def settle(self, shop: str, dirty: Dirty, day: Day) -> None:
        """Keep what the day came to at these marks, unless something newer is kept."""
        state = {name: {"$literal": value} for name, value in _document(day).items()}
        kept = {**state, "settled": dirty.marks, "dirty": {"$gt": ["$marks", dirty.marks]}}
        older = {"_id": dirty.day.isoformat(), "settled": {"$lt": dirty.marks}}
        await (await self._databases.shop(shop))[DAYS].update_one(older, [{"$set": kept}])

    async def load(self, shop: str, first: date, last: date, parts: Iterable[Part]) -> dict[date, Day]:
        """Days that anything happened on, with these of their parts, oldest first."""
        days = (await self._databases.shop(shop))[DAYS]
        found = days.find(_between(first, last) | {"settled": {"$gt": 0}}, dict.fromkeys(parts, 1), batch_size=400)
        return {date.fromisoformat(each["_id"]): _day(each) async for each in found.sort("_id")}

    async def moves(self, shop: str, until: date) -> dict[date, Moves]:
        """Who went from one segment to another, from the first day to `until`, oldest first."""
        days = (await self._databases.shop(shop))[DAYS]
        wanted = {**_between(None, until), "moves.0": {"$exists": True}}
        found = days.find(wanted, {"moves": 1}, batch_size=5_000).sort("_id")
        return {date.fromisoformat(each["_id"]): _moves(each) async for each in found}

    async def first(self, shop: str) -> date | None:
        """The first day of which anything is known."""
        found = await (await self._databases.shop(shop))[DAYS].find_one({}, {"_id": 1}, sort=[("_id", 1)])
        return date.fromisoformat(found["_id"]) if found else None

    async def shops(self) -> list[str]:
        return await self._databases.shops()


def _between(first: date | None, last: date | None) -> Document:
    bounds = {"$gte": first, "$lte": last}
    known = {name: day.isoformat() for name, day in bounds.items() if day}
    return {"_id": known} if known else {}


def _document(day: Day) -> Document:
    return {
        "figures": asdict(day.figures),
        "hours": [list(each) for each in day.hours],
        "staff": [[name, asdict(figures)] for name, figures in day.staff.items()],
        "moves": [[previous, following, guests] for (previous, following), guests in day.moves.items()],
        "buyers": _packed(day.buyers),
        "registered": _packed(day.registered),
    }


def _day(document: Document) -> Day:
    """Parts that were not read are empty."""
    read: dict[str, Any] = {}
    if "figures" in document:
        read["figures"] = _figures(document["figures"])
    if "hours" in document:
        read["hours"] = tuple((bought, revenue) for bought, revenue in document["hours"])
    if "staff" in document:
        read["staff"] = {name: _figures(figures) for name, figures in document["staff"]}
    if "moves" in document:
        read["moves"] = _moves(document)
    for part in ("buyers", "registered"):
        if part in document:
            read[part] = int.from_bytes(document[part], "little")
    return Day(**read)


def _figures(document: Document) -> Figures:
    return Figures(**{**document, "stars": tuple(document["stars"])})


def _moves(document: Document) -> Moves:
    return {(previous, following): guests for previous, following, guests in document["moves"]}


def _packed(guests: Guests) -> bytes:
    return guests.to_bytes((guests.bit_length() + 7) // 8, "little")
