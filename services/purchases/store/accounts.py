"""The accounts of the shops: `accounts` in each shop's database, one document and one write each."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Final

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.errors import DuplicateKeyError

from bezkart.contracts.event import Message
from bezkart.kernel.errors import IdempotencyKeyReused, VersionConflict
from bezkart.kit.documents import OUTBOX_INDEX, Documents
from bezkart.kit.mongo import Databases, Document, without
from services.purchases.domain.account import Account
from services.purchases.domain.answers import REMEMBERED, Answer
from services.purchases.domain.guards import Flag
from services.purchases.store.documents import Remembering, changing, remembering
from services.purchases.store.ledger import Sums

ACCOUNTS: Final = "accounts"
ACCOUNT_INDEXES: Final = (
    OUTBOX_INDEX,
    IndexModel("answers.key", name="answers", unique=True, partialFilterExpression={"answers.key": {"$exists": True}}),
    IndexModel("due", name="due", partialFilterExpression={"due": {"$type": "date"}}),
    IndexModel("flags.day", name="flags", partialFilterExpression={"flags.day": {"$exists": True}}),
)


class Accounts:
    """Accounts of every shop."""

    def __init__(self, databases: Databases, documents: Documents) -> None:
        self._databases = databases
        self._documents = documents

    async def load(self, shop: str, guest_id: str) -> Remembering | None:
        """The account, None if the guest has none yet."""
        document = await self._documents.load(await self._databases.shop(shop), guest_id)
        return remembering(document) if document else None

    async def load_many(self, shop: str, guest_ids: Collection[str]) -> dict[str, Remembering]:
        """Those of the accounts that exist, by guest id."""
        found = await self._documents.load_many(await self._databases.shop(shop), guest_ids)
        return {guest_id: remembering(document) for guest_id, document in found.items()}

    async def erased(self, shop: str, guest_ids: Collection[str]) -> set[str]:
        """Which of the guests were erased."""
        accounts = (await self._databases.shop(shop))[ACCOUNTS]
        marked = accounts.find({"_id": {"$in": list(guest_ids)}, "erased": True}, {"_id": 1})
        return {document["_id"] async for document in marked}

    async def save(
        self, shop: str, changed: Account, events: Sequence[Message], *, answers: Sequence[Answer], at: datetime
    ) -> None:
        """One write. Raises VersionConflict, IdempotencyKeyReused (by another guest's account)."""
        database = await self._databases.shop(shop)
        try:
            await self._documents.save(database, changing(changed, events, answers, at))
        except DuplicateKeyError:
            stale = {"key": {"$in": [each.key for each in answers]}, "at": {"$lte": at - REMEMBERED}}
            dropped = await database[ACCOUNTS].update_many(
                {"answers": {"$elemMatch": stale}}, {"$pull": {"answers": stale}}
            )
            if dropped.modified_count:
                raise VersionConflict from None
            raise IdempotencyKeyReused from None

    async def save_many(self, shop: str, changed: Sequence[tuple[Remembering, Message]], *, at: datetime) -> None:
        """All in one round trip. Raises VersionConflict."""
        changes = [changing(each.account, [event], each.answers, at) for each, event in changed]
        await self._documents.save_many(await self._databases.shop(shop), changes)

    async def shops(self) -> list[str]:
        """The shops that have accounts."""
        return await self._databases.shops()

    async def sums(self, shop: str) -> Sums:
        """Over all accounts."""
        accounts = (await self._databases.shop(shop))[ACCOUNTS]
        fields = {name: {"$sum": f"${name}"} for name in Sums.__dataclass_fields__}
        async for found in await accounts.aggregate([{"$group": {"_id": None, **fields}}]):
            return Sums(**without(found, "_id"))
        return Sums()

    async def totals(self, shop: str) -> tuple[int, int, int]:
        """How many accounts are open, how many purchases they count together, and the money paid for them."""
        accounts = (await self._databases.shop(shop))[ACCOUNTS]
        summed = {name: {"$sum": f"${name}"} for name in ("purchases", "spent")}
        summing: list[Document] = [
            {"$match": {"erased": False}},
            {"$group": {"_id": None, "accounts": {"$sum": 1}, **summed}},
        ]
        async for total in await accounts.aggregate(summing):
            return total["accounts"], total["purchases"], total["spent"]
        return 0, 0, 0

    async def due(self, shop: str, now: datetime, limit: int) -> list[Remembering]:
        """Accounts that time alone changes now, the longest overdue first."""
        accounts = (await self._databases.shop(shop))[ACCOUNTS]
        found = accounts.find({"due": {"$lte": now}}, {"outbox": 0}).sort("due", ASCENDING).limit(limit)
        return [remembering(document) async for document in found]

    async def flagged(self, shop: str, since: date, limit: int) -> list[tuple[str, Flag]]:
        """Guests with flags of days from `since` on, newest first."""
        accounts = (await self._databases.shop(shop))[ACCOUNTS]
        first = since.toordinal()
        flagged = accounts.find({"flags.day": {"$gte": first}}, {"flags": 1}).sort("flags.day", DESCENDING).limit(limit)
        found = [(document["_id"], Flag(**flag)) async for document in flagged for flag in document["flags"]]
        return sorted((each for each in found if each[1].day >= first), key=lambda each: each[1].day, reverse=True)[
            :limit
        ]
