"""Connections that are lost without a word: stalled on the way, or their consumer cancelled by the server."""

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import aio_pika
import pytest

from bezkart.contracts.identity import ShopChanged
from bezkart.contracts.subscriptions import SUBSCRIPTIONS
from bezkart.kernel.ids import GuestIds
from bezkart.kit.auth import Role
from bezkart.kit.bus.connection import HEARTBEAT_SECONDS
from bezkart.kit.bus.topology import Topology
from tests.fixtures.house import House, eventually, token
from tests.fixtures.proxy import Proxy

GIVEN_BACK_SECONDS = 3.0 * HEARTBEAT_SECONDS + 10


@pytest.fixture
async def wire(house: House) -> AsyncIterator[Proxy]:
    """The connection of all that is started from now on."""
    address = urlsplit(house.stores.amqp_url)
    proxy = Proxy(address.hostname or "", address.port or 5672)
    await proxy.up()
    house.amqp_url = address._replace(netloc=f"{address.username}:{address.password}@127.0.0.1:{proxy.port}").geturl()
    yield proxy
    await house.stop_all()
    await proxy.down()


async def entries(house: House, guest_id: str) -> int:
    path = f"/api/v1/accounts/{guest_id}/ledger"
    answer = await house.call("purchases", "GET", path, bearer=token(Role.OWNER))
    return len(answer.json()["entries"]) if answer.status_code == 200 else 0


async def bought(house: House, guest_id: str, number: int) -> None:
    """One more purchase, and the ledger knows all of them."""
    assert (await house.record(guest_id)).status_code == 201

    async def written() -> bool:
        return await entries(house, guest_id) == number

    await eventually(written, GIVEN_BACK_SECONDS)


@pytest.mark.parametrize("stalled", ["purchases", "purchases-consumer"])
async def test_a_stalled_connection_is_given_up_and_made_anew(house: House, wire: Proxy, stalled: str) -> None:
    guest_id = GuestIds("g" * 40).issue("demo")
    await house.start(stalled)
    house.amqp_url = ""  # the other one speaks to the broker directly
    await house.start("purchases" if stalled == "purchases-consumer" else "purchases-consumer")
    await bought(house, guest_id, 1)
    wire.stall()
    await bought(house, guest_id, 2)


async def test_a_deleted_queue_is_declared_anew_and_consumed(house: House) -> None:
    """The server cancels the consumers of a queue that it loses."""
    await house.start("identity", "segments", "segments-consumer")
    topology = Topology(house.namespace)
    async with await aio_pika.connect(house.stores.amqp_url) as connection:
        channel = await connection.channel()
        for reaction, subscribed in SUBSCRIPTIONS.items():
            if ShopChanged in subscribed:
                await channel.queue_delete(topology.queue(reaction))
    await house.open_shop()

    async def known() -> bool:
        answer = await house.call("segments", "GET", "/api/v1/segments", bearer=token(Role.OWNER))
        return answer.status_code == 200

    await eventually(known)
