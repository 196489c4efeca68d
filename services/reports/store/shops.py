"""`shops` in the service's own database: the directory's entry, the owner's settings, and when the next daily report is due."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Final

from pymongo import ASCENDING, IndexModel

from bezkart.contracts.event import Message
from bezkart.kernel.calendar import ShopCalendar
from bezkart.kit.documents import OUTBOX_INDEX, Change, Documents
from bezkart.kit.mongo import Databases, Document
from services.reports.domain.closing import USUAL, Closing, parse_clock

SHOPS: Final = "shops"
SHOP_INDEXES: Final = (
    OUTBOX_INDEX,
    IndexModel("due", name="due", partialFilterExpression={"due": {"$type": "date"}}),
)


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop as reports needs it. `entry` is the version of the directory's entry, 0 until it has come.

    `drawn` is the time zone by which days have been told apart so far.
    `due`: when the next daily report leaves, None while none is wanted; `reported` the last day that one left for by itself.
    """

    slug: str
    version: int = 0
    entry: int = 0
    name: str = ""
    timezone: str = "UTC"
    currency: str = "RUB"
    closing_time: time = USUAL
    daily_report: bool = True
    drawn: str = "UTC"
    due: datetime | None = None
    reported: date | None = None
    calendar: ShopCalendar = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "calendar", ShopCalendar(self.timezone))

    @property
    def closing(self) -> Closing:
        return Closing(self.calendar, self.closing_time)

    def planned(self, now: datetime) -> "Shop":
        """With the next report due at the next closing of a day not reported yet; never for a shop the directory has not told of."""
        if not (self.daily_report and self.entry):
            return replace(self, due=None)
        day = self.closing.day_closed_at(now) + timedelta(days=1)
        if self.reported and day <= self.reported:
            day = self.reported + timedelta(days=1)
        return replace(self, due=self.closing.of(day))


class Shops:
    """Shops, each with an outbox: the report leaves in the write that plans the next."""

    def __init__(self, databases: Databases, documents: Documents) -> None:
        self._databases = databases
        self._documents = documents

    async def load(self, slug: str) -> Shop:
        """A shop nobody has heard of yet has the usual settings."""
        document = await self._documents.load(await self._databases.own(), slug)
        return _shop(document) if document else Shop(slug)

    async def save(self, shop: Shop, at: datetime, messages: tuple[Message, ...] = ()) -> None:
        """One write. Raises VersionConflict."""
        change = Change(shop.slug, expected=shop.version, state=_document(shop), at=at, events=messages)
        await self._documents.save(await self._databases.own(), change)

    async def due(self, now: datetime) -> list[str]:
        """Shops whose report is due, the longest overdue first."""
        shops = (await self._databases.own())[SHOPS]
        found = shops.find({"due": {"$lte": now}}, {"_id": 1}).sort("due", ASCENDING)
        return [each["_id"] async for each in found]


def _document(shop: Shop) -> Document:
    return {
        "entry": shop.entry,
        "name": shop.name,
        "timezone": shop.timezone,
        "currency": shop.currency,
        "closing_time": shop.closing_time.strftime("%H:%M"),
        "daily_report": shop.daily_report,
        "drawn": shop.drawn,
        "due": shop.due,
        "reported": shop.reported.isoformat() if shop.reported else None,
    }


def _shop(document: Document) -> Shop:
    reported = document["reported"]
    return Shop(
        slug=document["_id"],
        version=document["version"],
        entry=document["entry"],
        name=document["name"],
        timezone=document["timezone"],
        currency=document["currency"],
        closing_time=parse_clock(document["closing_time"]),
        daily_report=document["daily_report"],
        drawn=document["drawn"],
        due=document["due"],
        reported=date.fromisoformat(reported) if reported else None,
    )
