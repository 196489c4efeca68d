"""Audiences counted and gone through in the order of ids, by the projection of guests (`store.guests`)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from pymongo import ASCENDING

from bezkart.kit.mongo import Collection, Databases, Document
from services.campaigns.domain.audience import Audience, Counts, Range
from services.campaigns.store.guests import GUESTS

_NO_CONSENT: Final = "no-consent"
_UNREACHABLE: Final = "unreachable"
_FREQUENCY: Final = "frequency"


class Audiences:
    """Of every shop."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    async def count(self, shop: str, audience: Audience, now: datetime) -> Counts:
        """One pass over an index; without favourites no guest is read."""
        guests = await self._of(shop)
        grouping: list[Document] = [
            {"$match": query(audience, now)},
            {
                "$group": {
                    "_id": {"ads": "$ads", "reach": "$reach", "free": {"$lte": ["$free_at", now]}},
                    "guests": {"$sum": 1},
                }
            },
        ]
        found = [each async for each in await guests.aggregate(grouping)]
        return _counts(found, audience)

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
    """Who belongs to the audience, whether he may be addressed or not; nobody who was erased or never registered."""
    wanted: Document = {"registered_at": {"$type": "date"}}
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
        wanted["registered_at"] = _days_ago(audience.registered_days, now) | {"$type": "date"}
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


def _counts(found: Sequence[Document], audience: Audience) -> Counts:
    excluded = dict.fromkeys((_NO_CONSENT, _UNREACHABLE, _FREQUENCY), 0)
    reachable = {"telegram": 0, "web": 0}
    for each in found:
        of, guests = each["_id"], each["guests"]
        if not of.get("ads"):
            excluded[_NO_CONSENT] += guests
        elif of["reach"] not in reachable or (audience.reachable_by and of["reach"] != audience.reachable_by):
            excluded[_UNREACHABLE] += guests
        elif not of["free"]:
            excluded[_FREQUENCY] += guests
        else:
            reachable[of["reach"]] += guests
    total = sum(each["guests"] for each in found)
    return Counts(total, reachable["telegram"], reachable["web"], excluded)
