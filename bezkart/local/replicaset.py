"""Makes a single mongod a replica set of one member, and keeps it one when its port has changed since the last start."""

from typing import Any

from pymongo import AsyncMongoClient
from pymongo.errors import OperationFailure, PyMongoError

from bezkart.local.health import Check
from bezkart.local.ports import HOST

NAME = "bezkart"
_NOT_YET_INITIALIZED = 94


def _client(port: int) -> AsyncMongoClient[dict[str, Any]]:
    return AsyncMongoClient(f"mongodb://{HOST}:{port}/?directConnection=true", serverSelectionTimeoutMS=1500)


def is_primary(port: int) -> Check:
    """Whether the member takes writes."""

    async def check() -> bool:
        try:
            async with _client(port) as client:
                return bool((await client.admin.command("hello"))["isWritablePrimary"])
        except PyMongoError:
            return False

    return check


def become_primary(port: int) -> Check:
    """Initiate the set, or give its member the address of today; true when it takes writes."""
    address = f"{HOST}:{port}"

    async def check() -> bool:
        try:
            async with _client(port) as client:
                if (await client.admin.command("hello"))["isWritablePrimary"]:
                    return True
                await _settle(client, address)
        except PyMongoError:
            return False
        return False  # elected within moments: asked again

    return check


async def _settle(client: AsyncMongoClient[dict[str, Any]], address: str) -> None:
    try:
        config = (await client.admin.command("replSetGetConfig"))["config"]
    except OperationFailure as error:
        if error.code != _NOT_YET_INITIALIZED:
            raise
        members = [{"_id": 0, "host": address}]
        await client.admin.command("replSetInitiate", {"_id": NAME, "members": members})
        return
    if config["members"][0]["host"] != address:
        config["members"][0]["host"] = address
        config["version"] += 1
        await client.admin.command("replSetReconfig", config, force=True)
