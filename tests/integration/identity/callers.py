"""Guests as identity meets them: in a browser, with a phone that gets SMS, through the bot."""

import asyncio
from collections import defaultdict, deque
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aio_pika
import httpx

from bezkart.contracts.subscriptions import MESSAGES
from bezkart.kernel.ids import GuestIds
from bezkart.kit.assertion import Acting, Assertion, Assertions
from bezkart.kit.bus.envelope import Opened, unpack
from bezkart.kit.bus.topology import Topology
from bezkart.kit.vault import Envelopes
from tests.fixtures.house import BOT_KEY, CONTACT_KEY, House

PHONE, OTHER_PHONE = "+7 913 000-83-23", "+7 914 000-83-23"
IDS = GuestIds("g" * 40)
CONSENTS = {"processing": True, "advertising": False}


_heard: dict[str, deque[dict[str, Any]]] = defaultdict(deque)


async def heard(house: House, queue: str, kind: str) -> dict[str, Any]:
    """The next message of a type in a queue that nobody else reads."""
    left = _heard[f"{house.namespace}{queue}{kind}"]
    topology = Topology(house.namespace)
    async with asyncio.timeout(10), await aio_pika.connect(house.stores.amqp_url) as connection:
        channel = await connection.channel()
        await topology.declare(channel)
        waiting = await channel.get_queue(topology.queue(queue))
        while not left:
            if message := await waiting.get(no_ack=True, fail=False):
                opened = unpack(message.body, message.content_type, MESSAGES, IDS)
                read = [each.event for each in opened if isinstance(each, Opened)]
                assert len(read) == len(opened)
                left.extend(event.model_dump(mode="json") for event in read if event.type.endswith(kind))
            else:
                await asyncio.sleep(0.02)
    return left.popleft()


async def sms(house: House) -> tuple[str, str]:
    """The number and the code of the next SMS that is ordered."""
    order = await heard(house, "notifications.commands", "send-message.v1")
    assert (order["template"], order["urgency"], order["channels"]) == ("sign-in-code", "urgent", ["sms"])
    return Envelopes(keys=[CONTACT_KEY]).open(order["sealed_phone"]), order["values"]["code"]


async def ask_code(
    house: House, phone: str = PHONE, *, shop: str = "demo", address: str = "10.0.0.1"
) -> httpx.Response:
    headers = {"Authorization": "", "X-Real-IP": address}
    body = {"shop": shop, "phone": phone}
    return await house.call("identity", "POST", "/api/v1/guest-sign-ins", json=body, headers=headers)


async def answer_code(house: House, sign_in_id: str, code: str) -> httpx.Response:
    path = f"/api/v1/guest-sign-ins/{sign_in_id}/confirm"
    return await house.call("identity", "POST", path, json={"code": code}, headers={"Authorization": ""})


async def register_number(house: House, sign_in_id: str, **more: Any) -> httpx.Response:
    path, body = f"/api/v1/guest-sign-ins/{sign_in_id}/register", {"consents": CONSENTS, **more}
    return await house.call("identity", "POST", path, json=body, headers={"Authorization": ""})


async def proven(house: House, phone: str = PHONE) -> httpx.Response:
    """The answer to the right code."""
    sign_in_id = (await ask_code(house, phone)).json()["id"]
    _, code = await sms(house)
    return await answer_code(house, sign_in_id, code)


async def swap(house: House, *, cookie: str = "", bearer: str = "") -> str:
    """What the gateway gets for these credentials."""
    headers = {"Authorization": f"Bearer {bearer}" if bearer else "", "Cookie": f"bezkart_session={cookie}"}
    answer = await house.call("identity", "GET", "/internal/token", headers=headers)
    assert answer.status_code == 200
    return answer.headers["x-access-token"]


def cookie_of(answer: httpx.Response) -> str:
    name, _, value = answer.headers["set-cookie"].partition(";")[0].partition("=")
    assert name == "bezkart_session"
    return str(value)


@dataclass(frozen=True)
class TelegramUser:
    """Somebody who writes to the bot."""

    house: House
    id: int

    async def token(self, *, shop: str = "demo", acting: Acting = "guest") -> str:
        """What the gateway would pass on; empty when the bot may not ask this for the user."""
        signed = Assertions(BOT_KEY).sign(Assertion(self.id, shop, acting), now=datetime.now(UTC))
        return await swap(self.house, bearer=signed)

    async def call(
        self, method: str, path: str, *, shop: str = "demo", acting: Acting = "guest", **options: Any
    ) -> httpx.Response:
        bearer = await self.token(shop=shop, acting=acting)
        headers = {"Authorization": f"Bearer {bearer}" if bearer else ""}
        return await self.house.call("identity", method, f"/api/v1/{path}", headers=headers, **options)

    async def share(self, phone: str = PHONE, *, shop: str = "demo", **more: Any) -> httpx.Response:
        body = {"phone": phone, "consents": CONSENTS, **more}
        return await self.call("POST", "telegram/guests", shop=shop, json=body)


def slug(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, str(answer.json()["type"]).removeprefix("urn:bezkart:problem:")
