"""What must always be true: measured by the services, and said where it is not."""

from typing import Any

from pymongo import AsyncMongoClient

from bezkart.kit.auth import Role
from tests.fixtures.house import House, eventually, token


async def test_invariants_hold_and_say_where_they_do_not(house: House) -> None:
    await house.start("identity", "purchases", "purchases-consumer", "segments", "segments-consumer")
    await house.open_shop()
    guest_id = await house.register("+79130008323")
    for _ in range(5):
        purchase = (await house.record(guest_id, 2)).json()
    await house.undo(guest_id, purchase["purchase_id"])
    ops = token(Role.OPS, shop="")

    async def findings(service: str) -> dict[str, Any]:
        answer = await house.call(service, "GET", f"/api/v1/operations/{service}/invariants", bearer=ops)
        return {finding["name"]: finding for finding in answer.json()["findings"]}

    async def all_hold() -> bool:
        found = [
            each for service in ("identity", "purchases", "segments") for each in (await findings(service)).values()
        ]
        return all(each["ok"] for each in found)

    await eventually(all_hold)
    async with AsyncMongoClient[dict[str, object]](house.stores.mongo_url) as client:
        accounts = client[f"{house.namespace}purchases__demo"]["accounts"]
        await accounts.update_one({"_id": guest_id}, {"$inc": {"cups": 1}})
        guests = client[f"{house.namespace}segments__demo"]["guests"]
        await guests.update_one({"_id": guest_id}, {"$inc": {"purchases": 1}})
    broken = (await findings("purchases"))["ledger cups minus balances"]
    assert (broken["ok"], broken["value"], broken["detail"]) == (False, -1, "differs in demo")
    assert not (await findings("segments"))["histories unlike their accounts"]["ok"]
    await house.stop("segments-consumer")
    unattended = (await findings("segments"))["queue backlog"]
    assert not unattended["ok"]
    assert "segments.purchases" in unattended["detail"]
