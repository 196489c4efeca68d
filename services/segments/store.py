"""Documents of segments: `guests` and `snapshots` in each shop's database, `shops` in the service's own."""

from collections import Counter
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final

from pymongo import ASCENDING, IndexModel, ReplaceOne
from redis.asyncio import Redis

from bezkart.contracts.event import Event
from bezkart.kernel.calendar import ShopCalendar
from bezkart.kit.documents import OUTBOX_INDEX, Change, Documents
from bezkart.kit.mongo import Databases, Document
from services.segments.domain.guest import SegmentedGuest
from services.segments.domain.picture import Sizes, sizes
from services.segments.domain.rules import Segment, Thresholds

GUESTS: Final = "guests"
SNAPSHOTS: Final = "snapshots"
SHOPS: Final = "shops"
SCAN_BATCH: Final = 2_000
SWEEP_GUARD_SECONDS: Final = 300

INDEXES: Final = {
    GUESTS: (
        OUTBOX_INDEX,
        IndexModel("segment", name="segment"),
        IndexModel("moves_on", name="moves_on", partialFilterExpression={"moves_on": {"$gt": 0}}),
    ),
}


@dataclass(frozen=True, slots=True)
class ShopSettings:
    """A shop as segments needs it. `swept_through` is the last day whose midnight is done; None asks for everybody anew."""

    slug: str
    version: int
    timezone: str
    thresholds: Thresholds
    swept_through: date | None = None

    @property
    def calendar(self) -> ShopCalendar:
        return ShopCalendar(self.timezone)


@dataclass(frozen=True, slots=True)
class Inconsistent:
    """Guests whose history differs from their account, and guests who wait for a version that was overtaken."""

    differing: int
    gaps: int


class Guests:
    """The segmented guests of every shop."""

    def __init__(self, databases: Databases, documents: Documents) -> None:
        self._databases = databases
        self._documents = documents

    async def load(self, shop: str, guest_id: str) -> SegmentedGuest | None:
        document = await self._documents.load(await self._databases.shop(shop), guest_id)
        return _guest(document) if document else None

    async def load_many(self, shop: str, guest_ids: Collection[str]) -> dict[str, SegmentedGuest]:
        """By id; a guest nobody has heard of yet is an empty one."""
        found = await self._documents.load_many(await self._databases.shop(shop), guest_ids)
        return {each: _guest(found[each]) if each in found else SegmentedGuest(each) for each in guest_ids}

    async def save_many(
        self, shop: str, changes: Sequence[tuple[SegmentedGuest, Sequence[Event]]], at: datetime
    ) -> None:
        """Write the next version of each in one round trip. Raises VersionConflict."""
        writes = [
            Change(guest.id, expected=guest.version, state=_state(guest), at=at, events=events)
            for guest, events in changes
        ]
        await self._documents.save_many(await self._databases.shop(shop), writes)

    async def due(self, shop: str, day: date, limit: int) -> list[SegmentedGuest]:
        """Guests whom the passing of time moves on `day` or moved before it."""
        guests = (await self._databases.shop(shop))[GUESTS]
        wanted = {"moves_on": {"$gt": 0, "$lte": day.toordinal()}}
        return [_guest(document) async for document in guests.find(wanted, {"outbox": 0}).limit(limit)]

    async def after(self, shop: str, guest_id: str, limit: int) -> list[SegmentedGuest]:
        """The next guests in the order of ids."""
        guests = (await self._databases.shop(shop))[GUESTS]
        found = guests.find({"_id": {"$gt": guest_id}}, {"outbox": 0}).sort("_id", ASCENDING).limit(limit)
        return [_guest(document) async for document in found]

    async def everyone(self, shop: str) -> AsyncIterator[SegmentedGuest]:
        """Every registered guest with the history of purchases."""
        guests = (await self._databases.shop(shop))[GUESTS]
        fields = {"registered": 1, "days": 1, "version": 1}
        async for document in guests.find({"registered": {"$gt": 0}}, fields, batch_size=SCAN_BATCH):
            yield SegmentedGuest(
                document["_id"], registered=date.fromordinal(document["registered"]), days=_days(document["days"])
            )

    async def sizes(self, shop: str, day: date) -> Sizes:
        """How many guests each segment has now; `day` is the day they were classified for."""
        guests = (await self._databases.shop(shop))[GUESTS]
        counted = Counter({segment: await guests.count_documents({"segment": segment.value}) for segment in Segment})
        return sizes(day, counted)

    async def shops(self) -> list[str]:
        """The shops that have guests."""
        return await self._databases.shops()

    async def inconsistent(self, shop: str) -> Inconsistent:
        """Counted by the database: the histories do not travel."""
        guests = (await self._databases.shop(shop))[GUESTS]
        history = {"$sum": {"$map": {"input": {"$objectToArray": "$days"}, "in": "$$this.v"}}}
        differs = {"$and": [{"$eq": ["$applied_ahead", []]}, {"$ne": [history, "$purchases"]}]}
        return Inconsistent(
            differing=await guests.count_documents({"$expr": differs}),
            gaps=await guests.count_documents({"applied_ahead.0": {"$exists": True}}),
        )

    async def totals(self, shop: str) -> tuple[int, int]:
        """How many guests and how many of their purchases have been taken in."""
        guests = (await self._databases.shop(shop))[GUESTS]
        summing: list[Document] = [
            {"$match": {"registered": {"$gt": 0}}},
            {"$group": {"_id": None, "guests": {"$sum": 1}, "purchases": {"$sum": "$purchases"}}},
        ]
        async for total in await guests.aggregate(summing):
            return total["guests"], total["purchases"]
        return 0, 0


class Snapshots:
    """The sizes at the end of past days: a cache of what the histories say, and the record once they are erased."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    async def between(self, shop: str, first: date, last: date) -> dict[date, Sizes]:
        snapshots = (await self._databases.shop(shop))[SNAPSHOTS]
        wanted = {"_id": {"$gte": first.isoformat(), "$lte": last.isoformat()}}
        return {each.day: each async for each in _sizes_of(snapshots.find(wanted))}

    async def keep(self, shop: str, taken: Sequence[Sizes], at: datetime) -> None:
        """Store them, replacing older ones of the same days."""
        snapshots = (await self._databases.shop(shop))[SNAPSHOTS]
        writes = [
            ReplaceOne({"_id": each.day.isoformat()}, {"segments": dict(each.segments), "taken_at": at}, upsert=True)
            for each in taken
        ]
        if writes:
            await snapshots.bulk_write(writes, ordered=False)

    async def forget_from(self, shop: str, day: date) -> None:
        """Drop what an import of older purchases made untrue."""
        await (await self._databases.shop(shop))[SNAPSHOTS].delete_many({"_id": {"$gte": day.isoformat()}})


class SweepGuard:
    """Keeps a shop's sweep from being asked for again while one is under way: `segments:sweeping:{shop}`."""

    def __init__(self, redis: Redis, *, namespace: str) -> None:
        self._redis = redis
        self._prefix = f"{namespace}segments:sweeping:"

    async def take(self, shop: str) -> bool:
        """Whether nobody else has asked within `SWEEP_GUARD_SECONDS`."""
        return bool(await self._redis.set(self._prefix + shop, "1", nx=True, ex=SWEEP_GUARD_SECONDS))

    async def release(self, shop: str) -> None:
        await self._redis.delete(self._prefix + shop)


class Shops:
    """Time zone and thresholds of the shops, and which midnights are done."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    async def load(self, slug: str) -> ShopSettings | None:
        document = await (await self._databases.own())[SHOPS].find_one({"_id": slug})
        return _shop(document) if document else None

    async def all(self) -> list[ShopSettings]:
        return [_shop(document) async for document in (await self._databases.own())[SHOPS].find()]

    async def learn(self, slug: str, *, version: int, timezone: str) -> None:
        """Take the directory's entry if it is newer; one that comes late or twice changes nothing."""
        newer = {"$gt": [version, {"$ifNull": ["$version", 0]}]}
        entry = {"version": version, "timezone": timezone}
        taken = {name: {"$cond": [newer, value, f"${name}"]} for name, value in entry.items()}
        shops = (await self._databases.own())[SHOPS]
        await shops.update_one({"_id": slug}, [{"$set": taken}], upsert=True)

    async def set_thresholds(self, slug: str, thresholds: Thresholds) -> None:
        """New thresholds concern everybody: the next tick classifies all guests anew."""
        change = {"$set": {"thresholds": asdict(thresholds), "swept_through": None}}
        await (await self._databases.own())[SHOPS].update_one({"_id": slug}, change)

    async def mark_swept(self, shop: ShopSettings, day: date) -> None:
        """Unless the thresholds were changed meanwhile."""
        unchanged = {"_id": shop.slug, "swept_through": shop.swept_through and shop.swept_through.toordinal()}
        await (await self._databases.own())[SHOPS].update_one(unchanged, {"$set": {"swept_through": day.toordinal()}})


async def _sizes_of(found: Any) -> AsyncIterator[Sizes]:
    async for document in found:
        counted = Counter({Segment(name): count for name, count in document["segments"].items()})
        yield sizes(date.fromisoformat(document["_id"]), counted)


def _state(guest: SegmentedGuest) -> Document:
    return {
        "profile_version": guest.profile_version,
        "registered": _ordinal(guest.registered),
        "account_version": guest.account_version,
        "purchases": guest.purchases,
        "last": _ordinal(guest.last),
        "days": {str(day.toordinal()): count for day, count in guest.days.items()},
        "applied_through": guest.applied_through,
        "applied_ahead": sorted(guest.applied_ahead),
        "segment": guest.segment.value if guest.segment else None,
        "since": _ordinal(guest.since),
        "moves_on": _ordinal(guest.moves_on),
        "erased": guest.erased,
    }


def _guest(document: Document) -> SegmentedGuest:
    return SegmentedGuest(
        id=document["_id"],
        version=document["version"],
        profile_version=document["profile_version"],
        registered=_date(document["registered"]),
        account_version=document["account_version"],
        purchases=document["purchases"],
        last=_date(document["last"]),
        days=_days(document["days"]),
        applied_through=document["applied_through"],
        applied_ahead=frozenset(document["applied_ahead"]),
        segment=Segment(document["segment"]) if document["segment"] else None,
        since=_date(document["since"]),
        moves_on=_date(document["moves_on"]),
        erased=document["erased"],
    )


def _shop(document: Document) -> ShopSettings:
    thresholds = Thresholds(**document["thresholds"]) if "thresholds" in document else Thresholds()
    return ShopSettings(
        slug=document["_id"],
        version=document["version"],
        timezone=document["timezone"],
        thresholds=thresholds,
        swept_through=_date(document.get("swept_through")),
    )


def _days(stored: dict[str, int]) -> dict[date, int]:
    return {date.fromordinal(int(day)): count for day, count in stored.items()}


def _ordinal(day: date | None) -> int | None:
    return day.toordinal() if day else None


def _date(ordinal: int | None) -> date | None:
    return date.fromordinal(ordinal) if ordinal else None
