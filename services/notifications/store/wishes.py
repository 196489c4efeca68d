"""What guests have asked of notifications themselves, in their document of `guests`: topics they do not want, browsers that want notes."""

from collections.abc import Collection as Many
from dataclasses import asdict
from typing import Final

from pymongo.errors import DuplicateKeyError

from bezkart.kernel.errors import GuestErased
from bezkart.kit.mongo import Collection, Databases, Document
from services.notifications.domain.routes import Browser
from services.notifications.store import GUESTS

MOST_BROWSERS: Final = 5


class Wishes:
    """Each change is one write. Those that add something raise GuestErased."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    async def mute(self, shop: str, guest_id: str, topics: Many[str]) -> None:
        """These topics and no others are unwanted from now on."""
        await self._change(shop, guest_id, {"muted": sorted(topics)})

    async def add_browser(self, shop: str, guest_id: str, browser: Browser) -> None:
        """The latest few of a guest's browsers are kept; a browser is one guest's, whoever had it before."""
        known = {"$ifNull": ["$browsers", []]}
        others = {"$filter": {"input": known, "cond": {"$ne": ["$$this.id", browser.id]}}}
        kept = {"$slice": [{"$concatArrays": [others, [{"$literal": asdict(browser)}]]}, -MOST_BROWSERS]}
        await self._change(shop, guest_id, {"browsers": kept})
        of_others = {"browsers.id": browser.id, "_id": {"$ne": guest_id}}
        await (await self._collection(shop)).update_many(of_others, {"$pull": {"browsers": {"id": browser.id}}})

    async def drop_browser(self, shop: str, guest_id: str, browser_id: str) -> None:
        dropping = {"$pull": {"browsers": {"id": browser_id}}}
        await (await self._collection(shop)).update_one({"_id": guest_id}, dropping)

    async def drop_browsers(self, shop: str, guest_id: str) -> None:
        await (await self._collection(shop)).update_one({"_id": guest_id}, {"$unset": {"browsers": ""}})

    async def _change(self, shop: str, guest_id: str, state: Document) -> None:
        """A guest of whom nothing is known yet is made."""
        living = {"_id": guest_id, "erased": {"$ne": True}}
        changing = [{"$set": {**state, "version": {"$ifNull": ["$version", 0]}}}]
        collection = await self._collection(shop)
        try:
            await collection.update_one(living, changing, upsert=True)
        except DuplicateKeyError:
            if await collection.find_one({"_id": guest_id, "erased": True}, {"_id": 1}):
                raise GuestErased from None
            await collection.update_one(living, changing)  # another event has made the guest at this very moment

    async def _collection(self, shop: str) -> Collection:
        return (await self._databases.shop(shop))[GUESTS]
