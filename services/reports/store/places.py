"""`places` in each shop's database: every guest's place in the sets that days hold. Guests are known by a hash here, not by their id."""

from collections.abc import Collection
from typing import Final

from pymongo import ReturnDocument
from pymongo.errors import BulkWriteError

from bezkart.kit.mongo import Collection as Stored
from bezkart.kit.mongo import Databases, raise_unless_duplicates
from services.reports.domain.day import guest_key

PLACES: Final = "places"
_COUNTER: Final = "next"


class Places:
    """A place is given once and never again, to whomever it belonged."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    async def of(self, shop: str, guests: Collection[str]) -> dict[str, int]:
        """The guests' places; who has none yet gets one."""
        stored = (await self._databases.shop(shop))[PLACES]
        keys = {guest_key(guest): guest for guest in guests}
        known = await self._known(stored, keys)
        if missing := sorted(keys.keys() - known.keys()):
            await self._give(stored, missing)
            known |= await self._known(stored, missing)
        return {keys[key]: place for key, place in known.items()}

    async def _known(self, stored: Stored, keys: Collection[int]) -> dict[int, int]:
        return {
            each["_id"]: each["place"] async for each in stored.find({"_id": {"$in": list(keys)}}, batch_size=10_000)
        }

    async def _give(self, stored: Stored, keys: Collection[int]) -> None:
        """Of two who give a guest a place at the same moment the first does; the other's stays empty."""
        counted = await stored.find_one_and_update(
            {"_id": _COUNTER}, {"$inc": {"places": len(keys)}}, upsert=True, return_document=ReturnDocument.AFTER
        )
        if counted is None:
            raise AssertionError("an upsert finds what it wrote")
        first = counted["places"] - len(keys)
        try:
            await stored.insert_many([{"_id": key, "place": first + at} for at, key in enumerate(keys)], ordered=False)
        except BulkWriteError as error:
            raise_unless_duplicates(error)
