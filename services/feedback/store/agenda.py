"""`agenda` in the service's own database: which shops have something due and when. The others are left in peace, however many."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from bezkart.kit.mongo import Databases, Document

AGENDA: Final = "agenda"

Work = Literal["ask", "tend"]
"""Guests of whom it is decided whether to ask; requests that expire, owners to remind, guests who wait to be counted."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many conversations wait for an answer, and since when the longest."""

    threads: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Due:
    """A shop with work to do; `marks` tells whether more was written down since."""

    shop: str
    marks: int


class Agenda:
    """Written after what is due has been: who is cut off in between writes it down when the event comes again."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    async def mark(self, shop: str, work: Work, at: datetime | None) -> None:
        """The shop has work at that moment, or earlier if that is known already; None is no work."""
        if at is None:
            return
        change = {"$min": {work: at}, "$inc": {f"{work}_marks": 1}}
        await (await self._databases.own())[AGENDA].update_one({"_id": shop}, change, upsert=True)

    async def due(self, work: Work, now: datetime) -> list[Due]:
        agenda = (await self._databases.own())[AGENDA]
        return [Due(each["_id"], each[f"{work}_marks"]) async for each in agenda.find({work: {"$lte": now}})]

    async def settle(self, done: Due, work: Work, following: datetime | None) -> None:
        """The work is done, and the next is due at `following`; unless more was written down meanwhile: then it is looked again."""
        change: dict[str, Any] = {"$set": {work: following}} if following else {"$unset": {work: ""}}
        unchanged = {"_id": done.shop, f"{work}_marks": done.marks}
        await (await self._databases.own())[AGENDA].update_one(unchanged, change)

    async def count(self, shop: str, waiting: Waiting) -> None:
        """Remember who waits in the shop."""
        counted: Document = {"waiting": waiting.threads, "oldest": waiting.oldest}
        await (await self._databases.own())[AGENDA].update_one({"_id": shop}, {"$set": counted})

    async def waiting(self) -> Waiting:
        """In all shops, as it was counted last."""
        agenda = (await self._databases.own())[AGENDA]
        found = [each async for each in agenda.find({"waiting": {"$gt": 0}})]
        return Waiting(sum(each["waiting"] for each in found), earliest(each["oldest"] for each in found))

    async def overdue(self, before: datetime) -> int:
        """Shops in which somebody should have been decided on before that moment."""
        return await (await self._databases.own())[AGENDA].count_documents({"ask": {"$lte": before}})


def earliest(moments: Iterable[datetime | None]) -> datetime | None:
    """The first of those that are known."""
    return min((each for each in moments if each), default=None)
