"""The programs of the shops (`programs`), and what is known of the shops themselves (`shops`), in the service's own database."""

from dataclasses import asdict, dataclass
from datetime import datetime
from time import monotonic
from typing import Any, Final

from bezkart.contracts.purchases import ProgramChanged
from bezkart.kernel.calendar import ShopCalendar
from bezkart.kernel.errors import VersionConflict
from bezkart.kit.documents import OUTBOX_INDEX, Change, Documents
from bezkart.kit.mongo import Databases, Document, without
from services.purchases.domain.errors import ProgramChangedMeanwhile, ShopUnknown
from services.purchases.domain.program import Guards, Points, Program, Tier

PROGRAMS: Final = "programs"
SHOPS: Final = "shops"
PROGRAM_SECONDS: Final = 5.0
PROGRAM_INDEXES: Final = (OUTBOX_INDEX,)


class Programs:
    """The programs of the shops; one read is good for a few seconds."""

    def __init__(self, databases: Databases, documents: Documents) -> None:
        self._databases = databases
        self._documents = documents
        self._read: dict[str, tuple[float, Program]] = {}

    async def current(self, shop: str) -> Program:
        """The shop's program; the default one until the owner sets another."""
        now = monotonic()
        known = self._read.get(shop)
        if known and now - known[0] < PROGRAM_SECONDS:
            return known[1]
        if known:
            self._read[shop] = (now, known[1])  # one request reads it anew; the others go on with the one at hand
        program = await self.fresh(shop)
        self._read[shop] = (now, program)
        return program

    async def fresh(self, shop: str) -> Program:
        """The program as it is stored now, for whoever is about to change it."""
        document = await self._documents.load(await self._databases.own(), shop)
        return _program(document) if document else Program()

    async def save(self, shop: str, program: Program, event: ProgramChanged, *, at: datetime) -> None:
        """One write. Raises ProgramChangedMeanwhile when its version is not the one after the stored."""
        own = await self._databases.own()
        # Programs of the time before versions have none; they are the first.
        unversioned = {"_id": shop, "version": {"$exists": False}}
        await own[PROGRAMS].update_one(unversioned, {"$set": {"version": 1, "outbox": []}})
        state = without(asdict(program), "version")
        try:
            await self._documents.save(own, Change(shop, program.version - 1, state=state, at=at, events=[event]))
        except VersionConflict:
            raise ProgramChangedMeanwhile from None
        self._read[shop] = (monotonic(), program)


@dataclass(frozen=True, slots=True)
class Shop:
    """What purchases knows of a shop when nobody of it is asking."""

    calendar: ShopCalendar
    currency: str


class Shops:
    """A projection of identity's directory."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    async def load(self, slug: str) -> Shop:
        """Raises ShopUnknown."""
        document = await (await self._databases.own())[SHOPS].find_one({"_id": slug})
        if document is None:
            raise ShopUnknown
        return Shop(ShopCalendar(document["timezone"]), document["currency"])

    async def knows(self, slug: str) -> bool:
        return bool(await (await self._databases.own())[SHOPS].count_documents({"_id": slug}, limit=1))

    async def learn(self, slug: str, *, version: int, timezone: str, currency: str) -> None:
        """Take the directory's entry if it is newer; one that comes late or twice changes nothing."""
        newer = {"$gt": [version, {"$ifNull": ["$version", 0]}]}
        entry = {"version": version, "timezone": timezone, "currency": currency}
        taken = {name: {"$cond": [newer, value, f"${name}"]} for name, value in entry.items()}
        await (await self._databases.own())[SHOPS].update_one({"_id": slug}, [{"$set": taken}], upsert=True)


def _program(document: Document) -> Program:
    fields: dict[str, Any] = without(document, "_id")
    if points := fields.get("points"):
        fields["points"] = Points(**{**points, "tiers": tuple(Tier(**tier) for tier in points["tiers"])})
    if guards := fields.get("guards"):
        fields["guards"] = Guards(**guards)
    return Program(**{"version": 1, **fields})
