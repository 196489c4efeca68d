"""What no majority has confirmed is not written: the ledger tries again, and the API asks the client to."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from pymongo import AsyncMongoClient
from pymongo.errors import WriteConcernError

from bezkart.kit.failures import STORE_GONE
from bezkart.kit.mongo import Databases, Document
from bezkart.local import StoreAddresses
from services.purchases.domain.ledger import Balance, Entry
from services.purchases.store.ledger import Ledger

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
ENTRY = Entry(
    id="p_1:earn",
    guest_id="g_1",
    version=1,
    place=0,
    kind="earn",
    reason="purchase",
    purchase_id="p_1",
    at=NOW,
    recorded_at=NOW,
    actor_id="s_1",
    actor_role="barista",
    cups=1,
    amount=0,
    items=(),
    before=Balance(0, 0, 0, 0, 0),
    after=Balance(1, 1, 1, 0, 0),
)


@pytest.fixture
async def client(stores: StoreAddresses) -> AsyncIterator[AsyncMongoClient[Document]]:
    """Asks for more members than there are."""
    async with AsyncMongoClient[Document](stores.mongo_url, w=2, tz_aware=True) as asking:
        yield asking


@pytest.mark.parametrize("times", [1, 2])
async def test_ledger_entries_without_a_majority_are_not_written(
    client: AsyncMongoClient[Document], namespace: str, times: int
) -> None:
    """The second time they are duplicates, and still not confirmed."""
    ledger = Ledger(Databases(client, service="purchases", namespace=namespace))
    for _ in range(times):
        with pytest.raises(WriteConcernError) as unconfirmed:
            await ledger.add("demo", [ENTRY])
    assert isinstance(unconfirmed.value, STORE_GONE)
