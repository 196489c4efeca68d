"""What feedback has to do in which shop, and how many guests wait there for an answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bezkart.kit.agenda import AGENDA, Agenda
from bezkart.kit.mongo import Document

Work = Literal["ask", "tend"]
"""Guests of whom it is decided whether to ask; requests that expire, owners to remind, guests who wait to be counted."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many conversations wait for an answer, and since when the longest."""

    threads: int
    oldest: datetime | None


class FeedbackAgenda(Agenda[Work]):
    """What is due, and who waits."""

    async def count(self, shop: str, waiting: Waiting) -> None:
        """Remember who waits in the shop."""
        counted: Document = {"waiting": waiting.threads, "oldest": waiting.oldest}
        await (await self._databases.own())[AGENDA].update_one({"_id": shop}, {"$set": counted})

    async def waiting(self) -> Waiting:
        """In all shops, as it was counted last."""
        agenda = (await self._databases.own())[AGENDA]
        found = [each async for each in agenda.find({"waiting": {"$gt": 0}})]
        return Waiting(sum(each["waiting"] for each in found), earliest(each["oldest"] for each in found))


def earliest(moments: Iterable[datetime | None]) -> datetime | None:
    """The first of those that are known."""
    return min((each for each in moments if each), default=None)
