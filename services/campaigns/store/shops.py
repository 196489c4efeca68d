"""`shops` in the service's own database: what campaigns needs to know of a shop, from identity's directory and purchases' program."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Final, Literal

from bezkart.kernel.calendar import ShopCalendar
from bezkart.kit.mongo import Databases, Document

SHOPS: Final = "shops"
READ_SECONDS: Final = 5.0

Mode = Literal["stamps", "points", "both"]


@dataclass(frozen=True, slots=True)
class Program:
    """How the shop rewards; `gift` are words by language."""

    mode: Mode = "both"
    cups_per_gift: int = 6
    gift: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shop:
    """`plan` is empty until the directory's entry has come: then nothing may be sent yet."""

    slug: str
    name: str = ""
    timezone: str = "UTC"
    currency: str = ""
    plan: str = ""
    program: Program = Program()

    @property
    def calendar(self) -> ShopCalendar:
        return ShopCalendar(self.timezone)


class Shops:
    """One read is good for a few seconds."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._read: dict[str, tuple[float, Shop]] = {}

    async def load(self, slug: str) -> Shop:
        """A shop nobody has heard of yet is an empty one."""
        read = self._read.get(slug)
        if read and monotonic() - read[0] < READ_SECONDS:
            return read[1]
        shop = await self.fresh(slug)
        self._read[slug] = (monotonic(), shop)
        return shop

    async def fresh(self, slug: str) -> Shop:
        """As it is stored now, for whoever decides on it."""
        document = await (await self._databases.own())[SHOPS].find_one({"_id": slug})
        return _shop(document) if document else Shop(slug)

    async def learn(self, slug: str, *, version: int, name: str, timezone: str, currency: str, plan: str) -> None:
        """Take the directory's entry if it is newer; one that comes late or twice changes nothing."""
        entry = {"name": name, "timezone": timezone, "currency": currency, "plan": plan}
        await self._take(slug, "version", version, entry)

    async def learn_program(self, slug: str, *, version: int, program: Program) -> None:
        """The same for the conditions of the shop."""
        stored = {"mode": program.mode, "cups_per_gift": program.cups_per_gift, "gift": dict(program.gift)}
        await self._take(slug, "program_version", version, {"program": stored})

    async def _take(self, slug: str, counter: str, version: int, entry: Mapping[str, Any]) -> None:
        newer = {"$gt": [version, {"$ifNull": [f"${counter}", 0]}]}
        taken: dict[str, Any] = {
            name: {"$cond": [newer, {"$literal": value}, f"${name}"]} for name, value in entry.items()
        }
        taken[counter] = {"$cond": [newer, version, f"${counter}"]}
        await (await self._databases.own())[SHOPS].update_one({"_id": slug}, [{"$set": taken}], upsert=True)


def _shop(document: Document) -> Shop:
    program = Program(**document["program"]) if document.get("program") else Program()
    known = {name: document[name] for name in ("name", "timezone", "currency", "plan") if document.get(name)}
    return Shop(document["_id"], program=program, **known)
