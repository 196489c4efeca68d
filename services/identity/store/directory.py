"""`shops` and `staff` in the service's own database."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final

from pymongo import IndexModel
from pymongo.errors import DuplicateKeyError

from bezkart.contracts.event import Event
from bezkart.kernel.errors import VersionConflict
from bezkart.kit.documents import OUTBOX_INDEX, Change, Documents
from bezkart.kit.mongo import Databases, Document, without
from services.identity.domain.errors import LoginTaken, ShopExists
from services.identity.domain.staff import Shop, StaffMember

SHOPS: Final = "shops"
STAFF: Final = "staff"
INDEXES: Final = {
    SHOPS: (OUTBOX_INDEX,),
    STAFF: (IndexModel("login", name="login", unique=True), IndexModel("shop", name="shop")),
}


class Shops:
    """The shop directory."""

    def __init__(self, databases: Databases, documents: Documents) -> None:
        self._databases = databases
        self._documents = documents

    async def load(self, slug: str) -> Shop | None:
        document = await self._documents.load(await self._databases.own(), slug)
        return _shop(document) if document else None

    async def all(self) -> list[Shop]:
        shops = (await self._databases.own())[SHOPS]
        return [_shop(document) async for document in shops.find({}, {"outbox": 0}).sort("_id")]

    async def save(self, shop: Shop, events: Sequence[Event], at: datetime) -> None:
        """Write a new version. Raises ShopExists, VersionConflict."""
        state = without(asdict(shop), "slug", "version")
        change = Change(shop.slug, expected=shop.version - 1, state=state, at=at, events=events)
        try:
            await self._documents.save(await self._databases.own(), change)
        except VersionConflict:
            if shop.version == 1:
                raise ShopExists(shop.slug, pointer="/slug") from None
            raise


class Staff:
    """People who work in shops, and their password hashes."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    async def add(self, member: StaffMember, password_hash: str) -> None:
        """Raises LoginTaken."""
        document = {"_id": member.id, "password_hash": password_hash, **without(asdict(member), "id")}
        try:
            await (await self._databases.own())[STAFF].insert_one(document)
        except DuplicateKeyError:
            raise LoginTaken(pointer="/login") from None

    async def save(self, member: StaffMember) -> None:
        staff = (await self._databases.own())[STAFF]
        await staff.update_one({"_id": member.id}, {"$set": without(asdict(member), "id")})

    async def by_login(self, login: str) -> tuple[StaffMember, str] | None:
        """The person and the password hash."""
        document = await (await self._databases.own())[STAFF].find_one({"login": login})
        return (_member(document), document["password_hash"]) if document else None

    async def load(self, shop: str, staff_id: str) -> StaffMember | None:
        document = await (await self._databases.own())[STAFF].find_one({"_id": staff_id, "shop": shop})
        return _member(document) if document else None

    async def of_shop(self, shop: str) -> list[StaffMember]:
        found = (await self._databases.own())[STAFF].find({"shop": shop}).sort("hired_at")
        return [_member(document) async for document in found]


def _shop(document: Document) -> Shop:
    return Shop(slug=document["_id"], **without(document, "_id"))


def _member(document: Document) -> StaffMember:
    return StaffMember(id=document["_id"], **without(document, "_id", "password_hash"))
