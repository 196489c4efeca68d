"""Aggregates that are written at the same moment: each by its own condition, whatever becomes of the others."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

import pytest
from pymongo import AsyncMongoClient, IndexModel
from pymongo.errors import DuplicateKeyError

from bezkart.contracts.identity import GuestErased
from bezkart.kernel.errors import VersionConflict
from bezkart.kit.bus.envelope import Sealed
from bezkart.kit.bus.publisher import OutboxPublisher
from bezkart.kit.documents import Change, Documents
from bezkart.kit.mongo import Collection, Database, Databases, Document
from bezkart.local import StoreAddresses

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


class Handed(OutboxPublisher):
    """Stands where the publisher does: what was handed over to it, by owner."""

    def __init__(self) -> None:
        self.owners: list[str] = []

    def hand_over(self, collection: Collection, owner: str, events: Sequence[Sealed]) -> None:
        assert len(events) == 1
        self.owners.append(owner)


@pytest.fixture
async def database(stores: StoreAddresses, namespace: str) -> AsyncIterator[Database]:
    unique = IndexModel("card", unique=True, partialFilterExpression={"card": {"$exists": True}})
    async with AsyncMongoClient[Document](stores.mongo_url, w="majority", tz_aware=True) as client:
        yield await Databases(client, service="purchases", namespace=namespace, indexes={"things": [unique]}).shop(
            "demo"
        )


@pytest.fixture
def handed() -> Handed:
    return Handed()


@pytest.fixture
def things(handed: Handed) -> Documents:
    return Documents("things", handed)


def change(name: str, *, expected: int, **state: object) -> Change:
    return Change(name, expected, state, NOW, [GuestErased(shop="demo", guest_id=name, erased_at=NOW)])


async def test_many_at_once_are_all_written_and_handed_over(
    database: Database, things: Documents, handed: Handed
) -> None:
    names = [f"thing-{number}" for number in range(100)]
    await asyncio.gather(*(things.save(database, change(name, expected=0, size=1)) for name in names))
    await asyncio.gather(*(things.save(database, change(name, expected=1, size=2)) for name in names))
    found = await asyncio.gather(*(things.load(database, name) for name in [*names, "nobody"]))
    assert found.pop() is None
    assert [(each["_id"], each["version"], each["size"]) for each in found if each] == [(name, 2, 2) for name in names]
    assert sorted(handed.owners) == sorted(names * 2)


async def test_of_two_who_decided_on_the_same_version_one_wins(
    database: Database, things: Documents, handed: Handed
) -> None:
    await things.save(database, change("shared", expected=0, size=1))
    handed.owners.clear()
    rivals = [change("shared", expected=1, size=size) for size in range(10)]
    others = [change(f"other-{number}", expected=0, size=0) for number in range(10)]
    outcomes = await asyncio.gather(
        *(things.save(database, each) for each in (*rivals, *others)), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes[:10]].count(VersionConflict) == 9
    assert outcomes[:10].count(None) == 1
    assert outcomes[10:] == [None] * 10
    winner = await things.load(database, "shared")
    assert winner is not None
    assert (winner["version"], winner["size"]) == (2, outcomes.index(None))
    assert handed.owners.count("shared") == 1
    assert len(handed.owners) == 11


async def test_a_document_made_twice_is_a_conflict_and_another_key_taken_is_told(
    database: Database, things: Documents, handed: Handed
) -> None:
    outcomes = await asyncio.gather(
        things.save(database, change("first", expected=0, card="7")),
        things.save(database, change("first", expected=0, card="8")),
        things.save(database, change("second", expected=0, card="7")),
        things.save(database, change("third", expected=0, card="9")),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes] == [type(None), VersionConflict, DuplicateKeyError, type(None)]
    assert sorted(handed.owners) == ["first", "third"]
