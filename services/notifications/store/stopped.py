"""`stopped` in the service's own database: campaigns of which nothing more may leave. Every worker asks, a moment late at most."""

from datetime import datetime, timedelta
from time import monotonic
from typing import Final

from bezkart.kit.mongo import Databases

STOPPED: Final = "stopped"
FRESH_SECONDS: Final = 0.5
KEPT: Final = timedelta(days=14)
"""Longer than any message of a campaign waits."""


class StoppedCampaigns:
    """One read of a shop is good for half a second."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._read: dict[str, tuple[float, tuple[str, ...]]] = {}

    async def stop(self, shop: str, campaign: str, at: datetime) -> None:
        """Again changes nothing."""
        stopped = (await self._databases.own())[STOPPED]
        entry = {"$setOnInsert": {"shop": shop, "campaign": campaign, "at": at}}
        await stopped.update_one({"_id": f"{shop}/{campaign}"}, entry, upsert=True)
        await stopped.delete_many({"at": {"$lt": at - KEPT}})
        self._read.pop(shop, None)

    async def of(self, shop: str) -> tuple[str, ...]:
        """The campaigns that were stopped, each as the beginning of its messages' `campaign`, a colon behind it."""
        now = monotonic()
        at, known = self._read.get(shop, (float("-inf"), ()))
        if now - at >= FRESH_SECONDS:
            found = (await self._databases.own())[STOPPED].find({"shop": shop}, {"campaign": 1})
            known = tuple([f"{document['campaign']}:" async for document in found])
            self._read[shop] = (now, known)
        return known
