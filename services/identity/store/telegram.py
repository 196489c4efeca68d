"""`telegram_links` and `sign_in_codes` in the service's own database."""

from datetime import datetime
from typing import Final

from pymongo import IndexModel

from bezkart.contracts.notifications import SendMessage
from bezkart.kit.documents import OUTBOX_INDEX, Change, Documents
from bezkart.kit.mongo import Databases

LINKS: Final = "telegram_links"
CODES: Final = "sign_in_codes"
INDEXES: Final = {CODES: (OUTBOX_INDEX, IndexModel("at", name="old", expireAfterSeconds=24 * 3600))}


class TelegramLinks:
    """In which shops a Telegram account (a keyed hash of it) is a guest. A hint: whoever reads it looks into the shop as well."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    async def add(self, index: str, shop: str) -> None:
        """Writes only what is missing: it is asked for whenever a guest is recognised."""
        links = (await self._databases.own())[LINKS]
        if await links.find_one({"_id": index, "shops": shop}, {"_id": 1}) is None:
            await links.update_one({"_id": index}, {"$addToSet": {"shops": shop}}, upsert=True)

    async def remove(self, index: str, shop: str) -> None:
        links = (await self._databases.own())[LINKS]
        await links.update_one({"_id": index}, {"$pull": {"shops": shop}})

    async def shops(self, index: str) -> list[str]:
        found = await (await self._databases.own())[LINKS].find_one({"_id": index})
        return sorted(found["shops"]) if found else []


class CodeOrders:
    """Carries the order for an SMS to the broker; the code itself stays no longer than the outbox takes, the rest for a day."""

    def __init__(self, databases: Databases, documents: Documents) -> None:
        self._databases = databases
        self._documents = documents

    async def place(self, order_id: str, order: SendMessage, at: datetime) -> None:
        change = Change(order_id, expected=0, state={"shop": order.shop, "at": at}, at=at, events=(order,))
        await self._documents.save(await self._databases.own(), change)
