"""A shop seen from feedback: what the other services say, what guests and the owner do, what goes out."""

import secrets
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import aio_pika
import orjson
import pytest
from aio_pika.abc import AbstractQueue
from pymongo import MongoClient

from bezkart.contracts.accounts import AccountState, Actor, Purchase
from bezkart.contracts.identity import GuestErased
from bezkart.contracts.purchases import PurchaseRecorded, PurchaseUndone
from bezkart.contracts.segments import GuestSegmentChanged
from bezkart.kernel.ids import GuestIds
from bezkart.kit.auth import Role
from bezkart.kit.bus.topology import Topology
from bezkart.kit.documents import until_written
from services.feedback import handlers
from services.feedback.usecases.collaborators import Feedback
from tests.fixtures.house import House, eventually, token

GUEST_IDS = GuestIds("g" * 40)
OWNER = token(Role.OWNER, staff="s_owner")
A_WHILE = timedelta(minutes=31)

Body = dict[str, Any]


class Cafe:
    """Feedback runs, both processes of it. Of the other services there are the events; what is sent to notifications is kept."""

    def __init__(self, house: House, commands: AbstractQueue) -> None:
        self.house = house
        self._commands = commands
        self.guest_id = str(GUEST_IDS.issue("demo"))
        self._version = 0
        self._sent: list[Body] = []

    def another(self) -> "Cafe":
        """The same shop for another guest."""
        return Cafe(self.house, self._commands)

    @property
    def guest(self) -> str:
        return token(Role.GUEST, staff=self.guest_id)

    @property
    def service(self) -> Feedback:
        return self.house.feedback_services["feedback"]

    def purchase(self, *, staff_id: str = "s_anya") -> PurchaseRecorded:
        """One of this moment, not told yet."""
        purchase = Purchase(purchase_id=f"p_{secrets.token_hex(4)}", at=self.house.clock.now(), cups=1)
        return PurchaseRecorded(purchase=purchase, **self._moved(staff_id))

    def undone(self, recorded: PurchaseRecorded) -> PurchaseUndone:
        now = self.house.clock.now()
        return PurchaseUndone(purchase=recorded.purchase, undone_at=now, **self._moved("s_owner"))

    async def hear(self, *events: PurchaseRecorded | PurchaseUndone) -> None:
        """As the consumer hands them over, one by one."""
        for event in events:
            await self._handled(handlers.purchases_changed, event)

    async def hear_segment(self, segment: str, version: int = 1) -> None:
        facts = {"previous": None, "next": segment, "cause": "purchase", "at": self.house.clock.now()}
        event = GuestSegmentChanged.model_validate(
            {"shop": "demo", "guest_id": self.guest_id, "version": version, **facts}
        )
        await self._handled(handlers.segment_changed, event)

    async def hear_erasure(self) -> None:
        event = GuestErased(shop="demo", guest_id=self.guest_id, erased_at=self.house.clock.now())
        await self._handled(handlers.guest_erased, event)

    async def was_asked(self) -> str:
        """A purchase, half an hour, the question: the id of the rating."""
        await self.hear(self.purchase())
        self.pass_time(A_WHILE)
        request = await self.sent("rating-request")
        return str(request["key"])

    def pass_time(self, delta: timedelta) -> None:
        self.house.clock.offset += delta

    async def rate(self, stars: int, rating_id: str = "", *, by: str = "", **body: Any) -> Any:
        path = f"/api/v1/feedback/ratings/{rating_id}".rstrip("/")
        return await self.ask("POST", path, by or self.guest, json={"stars": stars, **body})

    async def write(self, text: str, *, key: str = "", **body: Any) -> Any:
        headers = {"Idempotency-Key": key or secrets.token_hex(8)}
        body = {"text": text, **body}
        return await self.ask("POST", "/api/v1/feedback/threads", self.guest, json=body, headers=headers)

    async def say(self, thread_id: str, text: str, *, by: str, key: str = "") -> Any:
        headers = {"Idempotency-Key": key or secrets.token_hex(8)}
        path = f"/api/v1/feedback/threads/{thread_id}/messages"
        return await self.ask("POST", path, by, json={"text": text}, headers=headers)

    async def ask(self, method: str, path: str, bearer: str, **options: Any) -> Any:
        return await self.house.call("feedback", method, path, bearer=bearer, **options)

    async def mine(self) -> Body:
        return dict((await self.ask("GET", "/api/v1/feedback/mine", self.guest)).json())

    async def threads(self, state: str = "all", **params: str) -> list[Body]:
        found = await self.ask("GET", "/api/v1/feedback/threads", OWNER, params={"state": state, **params})
        return list(found.json()["threads"])

    async def sent(self, template: str, count: int = 1) -> Body:
        """The last command with that template, once there are so many of them."""

        async def there() -> bool:
            return len(await self.all_sent(template)) >= count

        await eventually(there)
        found = await self.all_sent(template)
        assert len(found) == count
        return found[-1]

    async def all_sent(self, template: str) -> list[Body]:
        """Every command so far that notifications got for that template."""
        while message := await self._commands.get(fail=False, no_ack=True):
            told = orjson.loads(message.body)
            self._sent += [each["data"] for each in (told if isinstance(told, list) else [told])]
        return [each for each in self._sent if each["template"] == template]

    def stored(self, collection: str) -> list[Body]:
        with MongoClient[Body](self.house.stores.mongo_url, tz_aware=True) as client:
            return list(client[f"{self.house.namespace}feedback__demo"][collection].find({}, {"outbox": 0}))

    async def _handled(self, handler: Any, event: Any) -> None:
        batch: Sequence[Any] = [event]
        await until_written(lambda: handler(batch, self.service))

    def _moved(self, staff_id: str) -> Body:
        """What an event of purchases says beside the purchase: one more version of the account."""
        self._version += 1
        before, account = (_account(version, self.house.clock.now()) for version in (self._version - 1, self._version))
        actor = Actor(id=staff_id, role="barista")
        return {"shop": "demo", "guest_id": self.guest_id, "actor": actor, "before": before, "account": account}


def _account(version: int, at: datetime) -> AccountState:
    counted = dict.fromkeys(("version", "purchases", "cups"), version)
    nothing = dict.fromkeys(("stamps", "gifts", "spent"), 0)
    moments = {"first_purchase_at": at, "last_purchase_at": at}
    return AccountState.model_validate({**counted, **nothing, **moments, "card_size": 6, "currency": "RUB"})


@pytest.fixture
async def cafe(house: House) -> AsyncIterator[Cafe]:
    async with await aio_pika.connect(house.stores.amqp_url) as connection:
        channel, topology = await connection.channel(), Topology(house.namespace)
        await topology.declare(channel)
        await house.start("feedback", "feedback-consumer")
        yield Cafe(house, await channel.get_queue(topology.queue("notifications.commands")))
