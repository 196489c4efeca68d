"""Audiences counted and gone through in the order of ids, by the projection of guests (`store.guests`)."""

import asyncio
from datetime import datetime, timedelta
from typing import Any, Final, get_args

from pymongo import ASCENDING

from bezkart.kernel.promotion import SegmentName
from bezkart.kit.mongo import Collection, Databases, Document
from services.campaigns.domain.audience import Audience, Counts, Range
from services.campaigns.store.guests import AUDIENCE_INDEX, GUESTS

_ANY_SEGMENT: Final = (*get_args(SegmentName), None)


class Audiences:
    """Of every shop."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    async def count(self, shop: str, audience: Audience, now: datetime) -> Counts:
        """Ranges of one index counted side by side, segment by segment; without favourites no guest is read."""
        guests, wanted = await self._of(shop), query(audience, now)
        by: dict[str, Any] = {} if audience.favourites else {"hint": AUDIENCE_INDEX}

        async def counted(**of: Any) -> int:
            parts = ({**wanted, **of, "segment": each} for each in audience.segments or _ANY_SEGMENT)
            return sum(await asyncio.gather(*(guests.count_documents(each, **by) for each in parts)))

        written_to = {"$gt": now}
        silent, unreachable, telegram, tired, web, tired_web = await asyncio.gather(
            counted(ads=False),
            counted(ads=True, reach="none"),
            counted(ads=True, reach="telegram"),
            counted(ads=True, reach="telegram", free_at=written_to),
            counted(ads=True, reach="web"),
            counted(ads=True, reach="web", free_at=written_to),
        )
        if audience.reachable_by:
            unreachable, web, tired_web = unreachable + web, 0, 0
        return Counts(
            silent + unreachable + telegram + web,
            max(0, telegram - tired),
            max(0, web - tired_web),
            {"no-consent": silent, "unreachable": unreachable, "frequency": tired + tired_web},
        )

    async def following(self, shop: str, audience: Audience, now: datetime, *, after: str, limit: int) -> list[str]:
        """The next guests in the order of ids who agreed to advertising and can be reached."""
        wanted = query(audience, now)
        wanted |= {"ads": True, "reach": "telegram" if audience.reachable_by else {"$in": ["telegram", "web"]}}
        wanted["_id"] = {"$gt": after}
        found = (await self._of(shop)).find(wanted, {"_id": 1}).sort("_id", ASCENDING).hint([("_id", 1)]).limit(limit)
        return [each["_id"] async for each in found]

    async def _of(self, shop: str) -> Collection:
        return (await self._databases.shop(shop))[GUESTS]


def query(audience: Audience, now: datetime) -> Document:
    """Who belongs to the audience; whoever asks says of which `ads`, which nobody has who was erased or never registered."""
    wanted: Document = {}
    if audience.segments:
        wanted["segment"] = {"$in": list(audience.segments)}
    if audience.tiers:
        wanted["tier"] = {"$in": list(audience.tiers)}
    if audience.favourites:
        wanted["favourites"] = {"$in": list(audience.favourites)}
    if audience.purchases:
        wanted["purchases"] = _between(audience.purchases)
    if audience.last_purchase_days:
        wanted["last_purchase_at"] = _days_ago(audience.last_purchase_days, now)
    if audience.registered_days:
        wanted["registered_at"] = _days_ago(audience.registered_days, now)
    return wanted


def _between(numbers: Range) -> dict[str, Any]:
    ends = {"$gte": numbers.min, "$lte": numbers.max}
    return {name: end for name, end in ends.items() if end is not None}


def _days_ago(days: Range, now: datetime) -> dict[str, Any]:
    """So many whole days, 24 hours each: of the last day, as much as has passed."""
    ends = {
        "$lte": now - timedelta(days=days.min) if days.min is not None else None,
        "$gt": now - timedelta(days=days.max + 1) if days.max is not None else None,
    }
    return {name: end for name, end in ends.items() if end is not None}
