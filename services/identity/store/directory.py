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
from services.identity.domain.errors import LoginTaken, ShopExists, TelegramTaken
from services.identity.domain.staff import SealedTelegram, Shop, StaffMember

SHOPS: Final = "shops"
STAFF: Final = "staff"
INDEXES: Final = {
    SHOPS: (OUTBOX_INDEX,),
    STAFF: (
        OUTBOX_INDEX,
        IndexModel("login", name="login", unique=True),
        IndexModel("shop", name="shop"),
        IndexModel(
            ["telegram.index", "shop"],
            name="telegram",
            unique=True,
            partialFilterExpression={"telegram.index": {"$exists": True}},
        ),
    ),
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
    """People who work in shops, their password hashes and Telegram accounts."""

    def __init__(self, databases: Databases, documents: Documents) -> None:
        self._databases = databases
        self._documents = documents

    async def add(self, member: StaffMember, password_hash: str) -> None:
        """Raises LoginTaken."""
        state = {"password_hash": password_hash, **_state(member)}
        change = Change(member.id, expected=0, state=state, at=member.hired_at)
        try:
            await self._documents.save(await self._databases.own(), change)
        except DuplicateKeyError:
            raise LoginTaken(pointer="/login") from None

    async def save(self, member: StaffMember, events: Sequence[Event], at: datetime) -> None:
        """Write a new version. Raises VersionConflict, TelegramTaken."""
        own = await self._databases.own()
        change = Change(member.id, expected=member.version - 1, state=_state(member), at=at, events=events)
        if change.expected == 1:  # hired before versions were counted
            old = {"_id": member.id, "version": {"$exists": False}}
            await own[STAFF].update_one(old, {"$set": {"version": 1, "outbox": []}})
        try:
            await self._documents.save(own, change)
        except DuplicateKeyError:
            raise TelegramTaken from None

    async def by_login(self, login: str) -> tuple[StaffMember, str] | None:
        """The person and the password hash."""
        document = await (await self._databases.own())[STAFF].find_one({"login": login})
        return (_member(document), document["password_hash"]) if document else None

    async def load(self, shop: str, staff_id: str) -> StaffMember | None:
        document = await (await self._databases.own())[STAFF].find_one({"_id": staff_id, "shop": shop})
        return _member(document) if document else None

    async def by_telegram(self, index: str) -> list[StaffMember]:
        """Who uses this Telegram account, at most one in each shop; nobody who was dismissed."""
        found = (await self._databases.own())[STAFF].find({"telegram.index": index}).sort("shop")
        return [_member(document) async for document in found]

    async def of_shop(self, shop: str) -> list[StaffMember]:
        found = (await self._databases.own())[STAFF].find({"shop": shop}).sort("hired_at")
        return [_member(document) async for document in found]


def _shop(document: Document) -> Shop:
    return Shop(slug=document["_id"], **without(document, "_id"))


def _state(member: StaffMember) -> Document:
    return without(asdict(member), "id", "version")


def _member(document: Document) -> StaffMember:
    telegram = document.get("telegram")
    return StaffMember(
        id=document["_id"],
        telegram=SealedTelegram(**telegram) if telegram else None,
        **without(document, "_id", "password_hash", "outbox", "telegram"),
    )
