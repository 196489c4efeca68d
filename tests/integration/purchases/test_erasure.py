"""Whatever order an erasure and the ledger's own work come in, nothing of the guest is left."""

from typing import Any

import pytest

from bezkart.kit.auth import Role
from services.purchases.store.ledger import Ledger
from tests.fixtures.house import House, eventually, token


async def test_entries_written_while_the_guest_is_erased_go_as_well(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.start("identity", "purchases", "purchases-consumer")
    guest_id = await house.register("+79130008323")
    owner = token(Role.OWNER)
    add, written = Ledger.add, 0

    async def erased_just_before(ledger: Ledger, shop: str, entries: Any) -> None:
        nonlocal written
        await house.call("identity", "DELETE", f"/api/v1/guests/{guest_id}", bearer=owner)

        async def gone() -> bool:
            return (await house.call("purchases", "GET", f"/api/v1/accounts/{guest_id}")).status_code == 410

        await eventually(gone)
        await add(ledger, shop, entries)
        written += 1

    monkeypatch.setattr(Ledger, "add", erased_just_before)
    assert (await house.record(guest_id)).status_code == 201

    async def nothing_left() -> bool:
        path = f"/api/v1/accounts/{guest_id}/ledger"
        return written > 0 and not (await house.call("purchases", "GET", path, bearer=owner)).json()["entries"]

    await eventually(nothing_left)
