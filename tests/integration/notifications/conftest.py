"""The post office: notifications on real stores, its queues worked through in this process, providers as stand-ins."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from typing import Any

import aio_pika
import orjson
import pytest
from aiohttp.test_utils import TestServer

from bezkart.kit.auth import Role
from bezkart.local.standins.app import build_app
from bezkart.local.standins.modes import Mode
from bezkart.local.standins.town import Town
from services.notifications.usecases.collaborators import Notifications
from services.notifications.usecases.deliver import deliver
from services.notifications.usecases.enqueue import QUEUES, TICKS
from services.notifications.usecases.take_due import Ticker
from tests.fixtures.house import House, eventually, token

SUPPORT = token(Role.OPS, staff="ops")
OWNER = token(Role.OWNER, staff="s_owner")
SETTLED = {"delivered", "failed", "expired", "cancelled"}


class Worker:
    """Takes chunks from the queues as a Celery worker does, acknowledging late; it can be paused."""

    def __init__(self, house: House, service: Notifications) -> None:
        self._url = house.amqp_url or house.stores.amqp_url
        self._names = [f"{house.namespace}{name}" for name in QUEUES if name != TICKS]
        self._service = service
        self._ticker = Ticker()
        self.working = asyncio.Event()
        self.working.set()

    async def run(self) -> None:
        async with await aio_pika.connect(self._url) as connection:
            channel = await connection.channel()
            for name in self._names:
                queue = await channel.declare_queue(name, durable=True, arguments={"x-queue-type": "quorum"})
                await queue.consume(self._work)
            while True:
                await asyncio.sleep(0.1)
                if self.working.is_set():
                    await self._ticker.tick(self._service)

    async def _work(self, message: aio_pika.abc.AbstractIncomingMessage) -> None:
        await self.working.wait()
        shop, channel, urgency, ids = orjson.loads(message.body)[0]
        await deliver(shop, channel, urgency, ids, self._service)
        await message.ack()


class Post:
    """What a test says and asks."""

    def __init__(self, house: House, town: Town) -> None:
        self.house = house
        self.town = town
        self.worker: Worker | None = None

    @property
    def telegram(self) -> Mode:
        return self.town.modes()["telegram"]

    @property
    def sms(self) -> Mode:
        return self.town.modes()["smsc"]

    @property
    def service(self) -> Notifications:
        return self.house.notifications_services["notifications-consumer"]

    async def guest(self, *, telegram_id: int | None = None, phone: str | None = None) -> str:
        """A registered guest whose welcome is over."""
        body = {"phone": phone, "telegram_id": telegram_id, "card": secrets.token_hex(4)}
        answer = await self.house.call(
            "identity", "POST", "/api/v1/guests", json={**body, "consents": {"processing": True}}
        )
        assert answer.status_code == 201, answer.text
        guest_id = str(answer.json()["id"])
        await self.ended(f"welcome-{guest_id}")
        return guest_id

    async def order(self, guest_id: str, key: str, text: str = "", **options: Any) -> None:
        message = {"guest_id": guest_id, "key": key, "text": text or key, "urgency": "urgent", **options}
        answer = await self.house.call(
            "notifications", "POST", "/api/v1/messages", json={"messages": [message]}, bearer=SUPPORT
        )
        assert answer.status_code == 202, answer.text

    async def message(self, key: str) -> dict[str, Any] | None:
        answer = await self.house.call("notifications", "GET", "/api/v1/messages", params={"key": key})
        found = answer.json()["messages"]
        return dict(found[0]) if found else None

    async def ended(self, key: str, seconds: float = 30.0, *, state: str = "") -> dict[str, Any]:
        """The message, once it is settled (or in `state`)."""

        async def settled() -> bool:
            found = await self.message(key)
            return found is not None and (found["state"] == state if state else found["state"] in SETTLED)

        await eventually(settled, seconds)
        message = await self.message(key)
        assert message is not None
        return message

    def read(self, book: str, address: str) -> list[str]:
        """What reached an address: `telegram` or `smsc`."""
        return [str(note["text"]) for note in self.town.books()[book].of(address)]


@pytest.fixture
async def office(house: House) -> AsyncIterator[Post]:
    """Identity and notifications run, in the shop `demo`; the worker waits to be started by `post`."""
    town = Town()
    server = TestServer(build_app(town))
    await server.start_server()
    house.standins = f"http://127.0.0.1:{server.port}"
    await house.start("identity", "notifications", "notifications-consumer")
    await house.open_shop()
    yield Post(house, town)
    await house.stop_all()
    await server.close()


@pytest.fixture
async def post(office: Post) -> AsyncIterator[Post]:
    """The post office with its worker."""
    office.worker = Worker(office.house, office.service)
    working = asyncio.create_task(office.worker.run())
    yield office
    working.cancel()
    await asyncio.wait([working])
    assert working.cancelled(), working.exception()
