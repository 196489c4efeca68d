"""The post office: notifications on real stores, its queues worked through in this process, providers as stand-ins."""

import asyncio
import os
import random
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import aio_pika
import orjson
import pytest
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from bezkart.contracts.command import Command
from bezkart.contracts.event import Message
from bezkart.contracts.notifications import SendMessage
from bezkart.kit.auth import Role
from bezkart.kit.bus.envelope import pack, seal
from bezkart.kit.bus.topology import Topology
from bezkart.local.standins.app import build_app
from bezkart.local.standins.modes import Mode
from bezkart.local.standins.town import Town
from services.notifications.queues import QUEUES, TICKS
from services.notifications.usecases.collaborators import Notifications
from services.notifications.usecases.deliver import deliver
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


async def end(work: "asyncio.Task[None]") -> None:
    """Cancel it as often as it takes: a driver may turn a cancellation into an error of its own, and the work goes on."""
    if work.done():
        work.result()  # it ended before its time: say why
    while not work.done():
        work.cancel()
        await asyncio.wait([work], timeout=1)


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

    async def guest(self, *, telegram_id: int | None = None, phone: str | None = None, welcomed: bool = True) -> str:
        """A registered guest; `welcomed` where somebody works, the welcome is over."""
        body = {"phone": phone, "telegram_id": telegram_id, "card": secrets.token_hex(4)}
        answer = await self.house.call(
            "identity", "POST", "/api/v1/guests", json={**body, "consents": {"processing": True}}, bearer=SUPPORT
        )
        assert answer.status_code == 201, answer.text
        guest_id = str(answer.json()["id"])
        await self.ended(f"welcome-{guest_id}", state="" if welcomed else "waiting")
        return guest_id

    async def order(self, guest_id: str, key: str, text: str = "", **options: Any) -> None:
        message = {"guest_id": guest_id, "key": key, "text": text or key, "urgency": "urgent", **options}
        answer = await self.house.call(
            "notifications", "POST", "/api/v1/messages", json={"messages": [message]}, bearer=SUPPORT
        )
        assert answer.status_code == 202, answer.text

    async def command(
        self, guest_id: str, *, key: str, template: str, values: dict[str, str | int], seconds: float
    ) -> None:
        """What purchases asks for, through the broker; it expires in `seconds`."""
        command = SendMessage(
            shop="demo",
            guest_id=guest_id,
            key=key,
            template=template,
            values=values,
            urgency="urgent",
            expires_at=self.house.clock.now() + timedelta(seconds=seconds),
        )
        await self.publish(command)

    async def publish(self, told: Message) -> None:
        """As another service would."""
        topology = Topology(self.house.namespace)
        name = topology.commands if isinstance(told, Command) else topology.events
        async with await aio_pika.connect(self.house.stores.amqp_url) as connection:
            channel = await connection.channel()
            await topology.declare(channel)  # the service may still be connecting
            exchange = await channel.get_exchange(name)
            body, content_type = pack([seal(told, self.house.clock.now())])
            await exchange.publish(aio_pika.Message(body, content_type=content_type), told.type)

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


class Processes:
    """Real worker processes of notifications, on the stores of the house."""

    def __init__(self, house: House) -> None:
        self._settings = house.notifications()
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, entry: str) -> None:
        module = "beat" if entry == "beat" else "worker"
        command = [sys.executable, "-m", f"services.notifications.{module}", entry]
        self._running[entry] = subprocess.Popen(command, env=self._environment(), stderr=subprocess.DEVNULL)

    def kill(self, entry: str) -> None:
        """As if the power were cut."""
        process = self._running.pop(entry)
        process.kill()
        process.wait()

    def end_all(self) -> None:
        for entry in list(self._running):
            self.kill(entry)

    def _environment(self) -> dict[str, str]:
        known = {f"BEZKART_{name.upper()}": _text(value) for name, value in self._settings}
        port = str(random.randrange(20_000, 30_000))
        passed_on = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return {**passed_on, **known, "BEZKART_HTTP_PORT": port, "BEZKART_LOG_LEVEL": "error"}


def _text(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return value if isinstance(value, str) else orjson.dumps(value).decode()


@pytest.fixture
def processes(office: "Post") -> Iterator[Processes]:
    started = Processes(office.house)
    yield started
    started.end_all()


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
    await end(working)
