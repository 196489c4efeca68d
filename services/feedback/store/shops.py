"""`shops` in the service's own database: the name from the directory, and whether and when guests are asked."""

from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Final

from bezkart.kit.mongo import Databases, Document

SHOPS: Final = "shops"
READ_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Asking:
    """Whether the shop asks for ratings, and how many minutes after the purchase; None leaves that to the system."""

    ask_for_ratings: bool = True
    minutes_after: int | None = None

    def delay(self, usual: timedelta) -> timedelta:
        return usual if self.minutes_after is None else timedelta(minutes=self.minutes_after)


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop as feedback needs it; `name` is empty until the directory's entry has come."""

    slug: str
    name: str = ""
    asking: Asking = Asking()


class Shops:
    """A projection of identity's directory beside each shop's settings; one read is good for a few seconds."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._read: dict[str, tuple[float, Shop]] = {}

    async def load(self, slug: str) -> Shop:
        """A shop nobody has heard of yet has the usual settings."""
        read = self._read.get(slug)
        if read and monotonic() - read[0] < READ_SECONDS:
            return read[1]
        shop = await self.fresh(slug)
        self._read[slug] = (monotonic(), shop)
        return shop

    async def fresh(self, slug: str) -> Shop:
        """As it is stored now, for whoever is about to show or change it."""
        document = await (await self._databases.own())[SHOPS].find_one({"_id": slug})
        return _shop(document) if document else Shop(slug)

    async def set_asking(self, slug: str, asking: Asking) -> None:
        stored: Document = {"ask_for_ratings": asking.ask_for_ratings, "minutes_after": asking.minutes_after}
        await (await self._databases.own())[SHOPS].update_one({"_id": slug}, {"$set": {"asking": stored}}, upsert=True)
        self._read.pop(slug, None)

    async def learn(self, slug: str, *, version: int, name: str) -> None:
        """Take the directory's entry if it is newer; one that comes late or twice changes nothing."""
        newer = {"$gt": [version, {"$ifNull": ["$version", 0]}]}
        entry = {"version": version, "name": {"$literal": name}}
        taken = {field: {"$cond": [newer, value, f"${field}"]} for field, value in entry.items()}
        await (await self._databases.own())[SHOPS].update_one({"_id": slug}, [{"$set": taken}], upsert=True)


def _shop(document: Document) -> Shop:
    asking = Asking(**document["asking"]) if "asking" in document else Asking()
    return Shop(document["_id"], document.get("name", ""), asking)
