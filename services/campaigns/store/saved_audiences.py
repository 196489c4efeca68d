"""Saved audiences: documents of `campaigns` in each shop's database."""

from datetime import datetime
from typing import Final

from pymongo import ASCENDING

from bezkart.kit.mongo import Collection, Databases, Document
from services.campaigns.domain.audience import SavedAudience
from services.campaigns.store.mailings import CAMPAIGNS
from services.campaigns.store.plans import audience, audience_document

KIND: Final = "audience"
MOST: Final = 100


class SavedAudiences:
    """Of every shop. They announce nothing."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    async def load(self, shop: str, audience_id: str) -> SavedAudience | None:
        found = await (await self._of(shop)).find_one({"_id": audience_id, "kind": KIND})
        return _saved(found) if found else None

    async def all(self, shop: str) -> list[SavedAudience]:
        found = (await self._of(shop)).find({"kind": KIND}).sort("name", ASCENDING).limit(MOST)
        return [_saved(each) async for each in found]

    async def save(self, shop: str, saved: SavedAudience, at: datetime) -> None:
        """Again under the same id changes nothing."""
        stored = {"kind": KIND, "name": saved.name, "audience": audience_document(saved.audience), "created_at": at}
        await (await self._of(shop)).update_one({"_id": saved.id}, {"$setOnInsert": stored}, upsert=True)

    async def delete(self, shop: str, audience_id: str) -> bool:
        done = await (await self._of(shop)).delete_one({"_id": audience_id, "kind": KIND})
        return bool(done.deleted_count)

    async def _of(self, shop: str) -> Collection:
        return (await self._databases.shop(shop))[CAMPAIGNS]


def _saved(document: Document) -> SavedAudience:
    return SavedAudience(document["_id"], document["name"], audience(document["audience"]))
