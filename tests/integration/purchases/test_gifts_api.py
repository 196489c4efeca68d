"""A gift and its code over HTTP, on a real MongoDB, Redis and RabbitMQ (F12)."""

import asyncio
import secrets
from collections import Counter
from datetime import timedelta
from typing import Any

import aio_pika
import orjson
import pytest

from bezkart.contracts.notifications import SendMessage
from bezkart.kernel.ids import GuestIds
from bezkart.kit.auth import Role
from bezkart.kit.bus.topology import Topology
from services.purchases.usecases.sweep_accounts import sweep_accounts
from tests.fixtures.house import House, eventually, token

IDS = GuestIds("g" * 40)
OWNER = token(Role.OWNER, staff="s_owner")


class Phone:
    """What notifications is asked to send; nobody else reads the queue."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._read: dict[str, dict[str, Any]] = {}

    async def message(self, key: str) -> dict[str, Any]:
        async def arrived() -> bool:
            await self._fetch()
            return key in self._read

        await eventually(arrived)
        return self._read[key]

    async def code(self, key: str) -> str:
        return str((await self.message(key))["values"]["code"])

    async def _fetch(self) -> None:
        async with await aio_pika.connect(self._house.stores.amqp_url) as connection:
            channel = await connection.channel()
            topology = Topology(self._house.namespace)
            await topology.declare(channel)  # the service may still be connecting
            queue = await channel.get_queue(topology.queue("notifications.commands"))
            while message := await queue.get(no_ack=True, fail=False):
                parsed = orjson.loads(message.body)
                for envelope in parsed if isinstance(parsed, list) else [parsed]:
                    assert envelope["type"] == SendMessage.type
                    self._read[envelope["data"]["key"]] = envelope["data"]


@pytest.fixture
async def counter(house: House) -> House:
    await house.start("purchases")
    return house


@pytest.fixture
def phone(counter: House) -> Phone:
    return Phone(counter)


async def post(house: House, path: str, guest_id: str, *, key: str | None = None, **options: Any) -> Any:
    body = {"guest_id": guest_id, **options.pop("body", {})}
    headers = {"Idempotency-Key": key or secrets.token_hex(8)}
    return await house.call("purchases", "POST", f"/api/v1/gifts/{path}", json=body, headers=headers, **options)


async def guest_with_gift(house: House, cups: int = 6) -> str:
    guest_id = IDS.issue("demo")
    assert (await house.record(guest_id, cups)).status_code == 201
    return guest_id


async def account(house: House, guest_id: str) -> dict[str, Any]:
    return dict((await house.call("purchases", "GET", f"/api/v1/accounts/{guest_id}")).json())


def slug(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("urn:bezkart:problem:")


def another(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


async def test_the_code_travels_in_the_message_only_and_opens_the_gift_once(counter: House, phone: Phone) -> None:
    guest_id = await guest_with_gift(counter)
    asked = await post(counter, "request", guest_id)
    assert asked.status_code == 201, asked.text
    gift = asked.json()
    assert gift["account"]["gift_request"]["gift_id"] == gift["gift_id"]
    message = await phone.message(gift["message_key"])
    code = message["values"]["code"]
    assert (message["template"], message["urgency"], message["guest_id"]) == ("gift-code", "urgent", guest_id)
    assert len(code) == 6
    assert code not in asked.text
    issue = f"{gift['gift_id']}/issue"
    wrong = await post(counter, issue, guest_id, body={"code": another(code)})
    assert slug(wrong) == (422, "wrong-code")
    assert wrong.json()["attempts_left"] == 4
    key = secrets.token_hex(8)
    issued = await post(counter, issue, guest_id, body={"code": code}, key=key)
    assert issued.status_code == 200, issued.text
    assert (issued.json()["account"]["gifts"], issued.json()["account"]["gift_request"]) == (0, None)
    assert (await post(counter, issue, guest_id, body={"code": code}, key=key)).text == issued.text
    assert slug(await post(counter, issue, guest_id, body={"code": code})) == (409, "gift-issued-before")
    shown = await account(counter, guest_id)
    assert shown["operations"][0].items() >= {"kind": "gift", "id": gift["gift_id"], "reason": "code"}.items()


async def test_a_guest_without_a_gift_and_a_second_request_are_refused(counter: House) -> None:
    assert slug(await post(counter, "request", await guest_with_gift(counter, 5))) == (409, "no-gift")
    guest_id = await guest_with_gift(counter, 12)
    first = (await post(counter, "request", guest_id)).json()
    second = await post(counter, "request", guest_id)
    assert slug(second) == (409, "gift-already-requested")
    assert second.json().items() >= {"gift_id": first["gift_id"], "message_key": first["message_key"]}.items()


async def test_many_requests_at_once_are_one(counter: House) -> None:
    guest_id = await guest_with_gift(counter, 12)
    answers = await asyncio.gather(*(post(counter, "request", guest_id) for _ in range(10)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 9}


async def test_two_baristas_issue_the_same_gift_at_once(counter: House, phone: Phone) -> None:
    guest_id = await guest_with_gift(counter, 12)
    gift = (await post(counter, "request", guest_id)).json()
    body = {"code": await phone.code(gift["message_key"])}
    both = [
        post(counter, f"{gift['gift_id']}/issue", guest_id, body=body, bearer=token(staff=staff))
        for staff in ("s_anya", "s_boris")
    ]
    answers = await asyncio.gather(*both)
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert (await account(counter, guest_id))["gifts"] == 1


async def test_of_a_hundred_wrong_codes_at_once_five_are_looked_at(counter: House, phone: Phone) -> None:
    guest_id = await guest_with_gift(counter)
    gift = (await post(counter, "request", guest_id)).json()
    code = await phone.code(gift["message_key"])
    issue = f"{gift['gift_id']}/issue"
    guesses = [post(counter, issue, guest_id, body={"code": another(code)}) for _ in range(100)]
    answers = Counter(slug(answer) for answer in await asyncio.gather(*guesses))
    assert answers[422, "wrong-code"] == 4
    assert answers[409, "too-many-attempts"] >= 1
    assert set(answers) <= {
        (422, "wrong-code"),
        (409, "too-many-attempts"),
        (410, "code-expired"),
        (404, "gift-not-requested"),
    }
    assert (await post(counter, issue, guest_id, body={"code": code})).status_code == 404
    shown = await account(counter, guest_id)
    assert (shown["gifts"], shown["gift_request"]) == (1, None)
    assert (await post(counter, "request", guest_id)).status_code == 201


async def test_another_code_makes_the_first_one_worthless(counter: House, phone: Phone) -> None:
    guest_id = await guest_with_gift(counter)
    gift = (await post(counter, "request", guest_id)).json()
    first = await phone.code(gift["message_key"])
    again = (await post(counter, f"{gift['gift_id']}/resend", guest_id)).json()
    assert (again["sends"], again["gift_id"]) == (2, gift["gift_id"])
    second = await phone.code(again["message_key"])
    issue = f"{gift['gift_id']}/issue"
    if first != second:
        assert slug(await post(counter, issue, guest_id, body={"code": first})) == (422, "wrong-code")
    assert (await post(counter, issue, guest_id, body={"code": second})).status_code == 200
    for _ in range(3):
        assert (await post(counter, f"{gift['gift_id']}/resend", guest_id)).status_code == 409


async def test_codes_are_not_sent_without_end(counter: House) -> None:
    guest_id = await guest_with_gift(counter)
    gift_id = (await post(counter, "request", guest_id)).json()["gift_id"]
    answers = [await post(counter, f"{gift_id}/resend", guest_id) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]


async def test_after_ten_minutes_the_gift_is_free_at_once_and_the_sweep_writes_it_down(counter: House) -> None:
    guest_id = await guest_with_gift(counter)
    gift = (await post(counter, "request", guest_id)).json()
    counter.clock.offset = timedelta(minutes=10, seconds=1)
    expired = await post(counter, f"{gift['gift_id']}/issue", guest_id, body={"code": "000000"})
    assert slug(expired) == (410, "code-expired")
    assert (await account(counter, guest_id))["gift_request"] is None
    version = (await account(counter, guest_id))["version"]
    assert await asyncio.gather(*(sweep_accounts(counter.purchases_service) for _ in range(2))) in ([0, 1], [1, 0])
    assert (await account(counter, guest_id))["version"] == version + 1
    assert (await post(counter, "request", guest_id)).status_code == 201


async def test_a_lost_code_is_asked_for_again(counter: House, phone: Phone) -> None:
    guest_id = await guest_with_gift(counter)
    gift = (await post(counter, "request", guest_id)).json()
    code = await phone.code(gift["message_key"])
    await counter.purchases_service.codes.drop(gift["gift_id"])
    issue = f"{gift['gift_id']}/issue"
    assert slug(await post(counter, issue, guest_id, body={"code": code})) == (410, "code-expired")
    again = (await post(counter, f"{gift['gift_id']}/resend", guest_id)).json()
    body = {"code": await phone.code(again["message_key"])}
    assert (await post(counter, issue, guest_id, body=body)).status_code == 200


async def test_the_code_lies_in_redis_unreadable_and_with_an_end(counter: House, phone: Phone) -> None:
    guest_id = await guest_with_gift(counter)
    gift = (await post(counter, "request", guest_id)).json()
    code = await phone.code(gift["message_key"])
    redis = counter.purchases_service.codes._redis
    key = f"{counter.namespace}purchases:gift-code:{gift['gift_id']}"
    assert code not in str(await redis.hgetall(key))
    assert 0 < await redis.ttl(key) <= 600


async def test_released_overridden_and_undone(counter: House, phone: Phone) -> None:
    guest_id = await guest_with_gift(counter)
    purchase_id = (await account(counter, guest_id))["operations"][0]["id"]
    gift_id = (await post(counter, "request", guest_id)).json()["gift_id"]
    locked = await counter.undo(guest_id, purchase_id)
    assert slug(locked) == (409, "gift-locked")
    assert (await post(counter, f"{gift_id}/release", guest_id)).status_code == 200
    assert slug(await post(counter, f"{gift_id}/release", guest_id)) == (404, "gift-not-requested")
    reason: dict[str, Any] = {"body": {"reason": "телефон гостя разряжен"}}
    assert (await post(counter, "override", guest_id, **reason)).status_code == 403
    given = await post(counter, "override", guest_id, **reason, bearer=OWNER)
    assert given.status_code == 200, given.text
    assert slug(await counter.undo(guest_id, purchase_id)) == (409, "gift-already-issued")
    assert slug(await post(counter, "override", guest_id, **reason, bearer=OWNER)) == (409, "no-gift")
    undo = f"{given.json()['gift_id']}/undo"
    assert slug(await post(counter, undo, guest_id)) == (403, "undo-not-allowed")
    assert (await post(counter, undo, guest_id, bearer=OWNER)).json()["account"]["gifts"] == 1
    assert slug(await post(counter, undo, guest_id, bearer=OWNER)) == (409, "already-undone")
    await counter.start("purchases-consumer")

    async def booked() -> bool:
        answer = await counter.call("purchases", "GET", f"/api/v1/accounts/{guest_id}/ledger", bearer=OWNER)
        entries = answer.json()["entries"]
        return [(each["kind"], each["reason"], each["note"]) for each in entries] == [
            ("reverse", "gift-undo", ""),
            ("redeem", "override", "телефон гостя разряжен"),
            ("earn", "purchase", ""),
        ]

    await eventually(booked)


async def test_without_redis_the_owner_still_can(house: House) -> None:
    house.redis_url = "redis://127.0.0.1:1/0"
    await house.start("purchases")
    guest_id = await guest_with_gift(house)
    assert slug(await post(house, "request", guest_id)) == (503, "codes-unavailable")
    assert (await account(house, guest_id))["gift_request"] is None
    answer = await post(house, "override", guest_id, body={"reason": "нет связи"}, bearer=OWNER)
    assert answer.status_code == 200


async def test_what_a_card_promised_is_what_is_given(counter: House) -> None:
    guest_id = await guest_with_gift(counter, 4)
    body = {"cups_per_gift": 2, "gift": "чай", "gift_en": "tea"}
    assert (await counter.call("purchases", "PUT", "/api/v1/program", json=body, bearer=OWNER)).status_code == 200
    await counter.record(guest_id, 2)
    await counter.record(guest_id, 2)
    assert (await account(counter, guest_id))["gifts"] == 2
    words = []
    for _ in range(2):
        given = await post(counter, "override", guest_id, body={"reason": "проверка"}, bearer=OWNER)
        words.append(given.json()["words"]["ru"])
    assert words == ["капучино 0,2 л", "чай"]
