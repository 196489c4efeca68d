"""MongoDB: one client per process, one database per service and shop."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import pymongo
from bson import CodecOptions
from pymongo import AsyncMongoClient, IndexModel, WriteConcern
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import BulkWriteError, WriteConcernError

Document = dict[str, Any]
Collection = AsyncCollection[Document]
Database = AsyncDatabase[Document]

TIMEOUT_MS: Final = 3000
INDEX_SECONDS: Final = 3600
HOLDS_DATABASE: Final = "bezkart"
HOLDS: Final = "holds"
KEEP_OUTBOXES: Final = "keep-outboxes"
_DUPLICATE_KEY: Final = 11000
_CODEC: Final = CodecOptions[Document](tz_aware=True, tzinfo=UTC)


def connect(url: str) -> AsyncMongoClient[Document]:
    """A client with majority writes; build it after fork, one per process."""
    return AsyncMongoClient(
        url,
        w="majority",
        retryWrites=True,
        timeoutMS=TIMEOUT_MS,
        serverSelectionTimeoutMS=TIMEOUT_MS,
        tz_aware=True,
    )


class Databases:
    """The databases of one service: its own `<service>` and one `<service>__<shop>` per shop.

    `indexes` maps a shop collection to its indexes; they are made when this process first meets the shop.
    `own_indexes` does the same for the service's own database.
    """

    def __init__(
        self,
        client: AsyncMongoClient[Document],
        *,
        service: str,
        namespace: str = "",
        indexes: Mapping[str, Sequence[IndexModel]] | None = None,
        own_indexes: Mapping[str, Sequence[IndexModel]] | None = None,
    ) -> None:
        self._client = client
        self._namespace = namespace
        self._name = f"{namespace}{service}"
        self._indexes = dict(indexes or {})
        self._own_indexes = dict(own_indexes or {})
        self._prepared: dict[str, Database] = {}
        self._preparing = asyncio.Lock()

    async def shop(self, shop: str) -> Database:
        """The shop's database, with its indexes in place."""
        return await self._prepare(f"{self._name}__{shop}", self._indexes)

    def unprepared(self, shop: str) -> Database:
        """The shop's database as it is: for looking through all of them."""
        return self._client.get_database(f"{self._name}__{shop}", codec_options=_CODEC)

    async def own(self) -> Database:
        """The service's own database: settings and directories."""
        return await self._prepare(self._name, self._own_indexes)

    async def shops(self) -> list[str]:
        """The shops that have a database here."""
        prefix = f"{self._name}__"
        named = {"name": {"$regex": f"^{re.escape(prefix)}"}}
        found = await self._client.list_databases(filter=named, nameOnly=True)
        return sorted([database["name"].removeprefix(prefix) async for database in found])

    async def prepare_all(self) -> list[str]:
        """Make every index that is missing, in the service's own database and in each shop's; the shops. Takes what time it needs."""
        with pymongo.timeout(INDEX_SECONDS):
            await self.own()
            shops = await self.shops()
            for shop in shops:
                await self.shop(shop)
        return shops

    async def outboxes_are_kept(self) -> bool:
        """Whether a backup is being made: what is published meanwhile stays in its outbox (`bezkart backup`)."""
        holds = self._client[f"{self._namespace}{HOLDS_DATABASE}"][HOLDS]
        return await holds.find_one({"_id": KEEP_OUTBOXES, "until": {"$gt": datetime.now(UTC)}}) is not None

    async def ping(self) -> None:
        """Raises when no primary answers."""
        await self._client.admin.command("ping")

    async def _prepare(self, name: str, indexes: Mapping[str, Sequence[IndexModel]]) -> Database:
        if name not in self._prepared:
            async with self._preparing:
                if name not in self._prepared:
                    database = self._client.get_database(name, codec_options=_CODEC)
                    for collection, models in indexes.items():
                        await database[collection].create_indexes(list(models))
                    self._prepared[name] = database
        return self._prepared[name]


def raise_unless_duplicates(error: BulkWriteError) -> None:
    """Return if documents that were there before are all that is wrong; what no majority confirmed is not written."""
    if unconfirmed := error.details.get("writeConcernErrors"):
        raise WriteConcernError(unconfirmed[0]["errmsg"], unconfirmed[0]["code"]) from error
    if any(item["code"] != _DUPLICATE_KEY for item in error.details["writeErrors"]):
        raise error


def unacknowledged_by_majority(collection: Collection) -> Collection:
    """For writes that may be lost without harm, such as clearing what was already published."""
    return collection.with_options(write_concern=WriteConcern(w=1))


def without(document: Mapping[str, Any], *names: str) -> Document:
    """A copy without these fields."""
    return {name: value for name, value in document.items() if name not in names}
