"""What a mailing brought, once nothing can be added to it any more: kept with its document, so that a year of them is read at once."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime

from bezkart.kit.mongo import Databases, Document
from services.campaigns.domain.effect import Side
from services.campaigns.store.mailings import CAMPAIGNS


@dataclass(frozen=True, slots=True)
class Kept:
    """The figures, and when the first and the last guest was addressed."""

    sides: tuple[Side, ...]
    since: datetime | None
    until: datetime | None


class Effects:
    """Of mailings in every shop."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    async def keep(self, shop: str, mailing_id: str, kept: Kept) -> None:
        """Harmless when repeated."""
        document: Document = {**asdict(kept), "sides": [asdict(side) for side in kept.sides]}
        campaigns = (await self._databases.shop(shop))[CAMPAIGNS]
        await campaigns.update_one({"_id": mailing_id}, {"$set": {"effect": document}})

    async def kept(self, shop: str, mailing_ids: Collection[str]) -> dict[str, Kept]:
        """Of those that are settled."""
        wanted = {"_id": {"$in": list(mailing_ids)}, "effect": {"$exists": True}}
        found = (await self._databases.shop(shop))[CAMPAIGNS].find(wanted, {"effect": 1})
        return {each["_id"]: _kept(each["effect"]) async for each in found}


def _kept(document: Document) -> Kept:
    return Kept(tuple(Side(**side) for side in document["sides"]), document["since"], document["until"])
