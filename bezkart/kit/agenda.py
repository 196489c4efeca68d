"""`agenda` in a service's own database: which shops have something due and when. The others are left in peace, however many."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from bezkart.kit.mongo import Databases

AGENDA: Final = "agenda"

Work = TypeVar("Work", bound=str)
"""The service's kinds of work."""


@dataclass(frozen=True, slots=True)
class Due:
    """A shop with work to do; `marks` tells whether more was written down since."""

    shop: str
    marks: int


class Agenda(Generic[Work]):
    """Written after what is due has been; what a crash leaves unwritten is found when the event comes again or every shop is looked at."""

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

    async def overdue(self, before: datetime, *works: Work) -> int:
        """Shops where one of these should have been done before that moment."""
        late = [{work: {"$lte": before}} for work in works]
        return await (await self._databases.own())[AGENDA].count_documents({"$or": late})
