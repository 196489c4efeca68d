"""Keys of sealed texts are changed while everything goes on: what an older key sealed is sealed anew, some documents at a time.

Nothing is remembered between the steps but the caller's cursor, and a text under the newest key is left alone: so a rotation can be
stopped, repeated and run twice at once. A write loses against any other and is found by the next pass.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pymongo import UpdateOne

from bezkart.kernel.errors import DomainError, Kind
from bezkart.kit.mongo import Collection, Databases, Document

if TYPE_CHECKING:
    from bezkart.kit.vault import Envelopes

AT_ONCE: Final = 200


class KeyMissing(DomainError):
    """A text that none of the keys opens."""

    kind = Kind.CONFLICT
    slug = "key-missing"
    title = "No key opens a sealed text: the key that sealed it must stay among the keys"


@dataclass(frozen=True, slots=True)
class Shelf:
    """A collection whose documents (those that match `only`) hold sealed texts in `fields`; `counter` counts a document's writes."""

    collection: str
    fields: tuple[str, ...]
    counter: str | None = None
    only: Document = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """What one step did, and where the next one goes on; no cursor: that was all."""

    looked_at: int
    renewed: int
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Rotation:
    """The sealed texts of one service under one kind of key (`phones`, `contacts`): its `own` and those of every shop."""

    kind: str
    databases: Databases
    envelopes: "Envelopes"
    own: tuple[Shelf, ...] = ()
    of_shops: tuple[Shelf, ...] = ()

    async def step(self, cursor: str | None) -> Step:
        """Look at the next documents. Raises KeyMissing, ValueError for a cursor that is none."""
        shop, place, after = (cursor or "/0/").split("/", 2)
        shops = ["", *await self.databases.shops()]
        shop = next((each for each in shops if each >= shop), "")  # one that is gone meanwhile is passed over
        shelves = self.of_shops if shop else self.own
        at = int(place)
        if at < len(shelves):
            looked_at, renewed, last = await self._renew(shop, shelves[at], after)
            if looked_at == AT_ONCE:
                return Step(looked_at, renewed, f"{shop}/{at}/{last}")
        else:
            looked_at, renewed = 0, 0
        if at + 1 < len(shelves):
            return Step(looked_at, renewed, f"{shop}/{at + 1}/")
        following = shops.index(shop) + 1
        return Step(looked_at, renewed, f"{shops[following]}/0/" if following < len(shops) else None)

    async def _renew(self, shop: str, shelf: Shelf, after: str) -> tuple[int, int, str]:
        database = self.databases.unprepared(shop) if shop else await self.databases.own()
        collection: Collection = database[shelf.collection]
        sealed: Document = {"$or": [{name: {"$type": "string"}} for name in shelf.fields]}
        wanted = {"_id": {"$gt": after}, **shelf.only, **sealed}
        found = collection.find(wanted, dict.fromkeys(shelf.fields, 1)).sort("_id").limit(AT_ONCE)
        documents = await found.to_list()
        writes = [write for document in documents if (write := self._write(document, shelf))]
        renewed = (await collection.bulk_write(writes, ordered=False)).modified_count if writes else 0
        return len(documents), renewed, str(documents[-1]["_id"]) if documents else after

    def _write(self, document: Document, shelf: Shelf) -> UpdateOne | None:
        from bezkart.kit.vault import VaultLocked  # not every service seals, and those that do have it

        before = {name: text for name in shelf.fields if isinstance(text := _at(document, name), str)}
        try:
            renewed = {name: new for name, text in before.items() if (new := self.envelopes.renew(text))}
        except VaultLocked:
            raise KeyMissing(f"{shelf.collection} {document['_id']}") from None
        if not renewed:
            return None
        count = {"$inc": {shelf.counter: 1}} if shelf.counter else {}
        return UpdateOne(
            {"_id": document["_id"], **{name: before[name] for name in renewed}}, {"$set": renewed, **count}
        )


def _at(document: Document, path: str) -> object:
    found: object = document
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found
