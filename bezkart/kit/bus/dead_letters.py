"""Dead letters of one service: kept as documents with reason and history until somebody replays them (F92)."""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import aio_pika
import orjson
import structlog
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage, AbstractQueue
from pymongo import DESCENDING

from bezkart.kernel.errors import DomainError, Kind
from bezkart.kernel.ids import derived_id
from bezkart.kit.bus.connection import CONNECT_SECONDS
from bezkart.kit.bus.envelope import BATCH_CONTENT_TYPE, CONTENT_TYPE
from bezkart.kit.failures import STORE_GONE
from bezkart.kit.mongo import Collection, Databases, Document

DEAD_LETTERS: Final = "dead_letters"
ATTEMPT_HEADER: Final = "x-bezkart-attempt"
REASON_HEADER: Final = "x-bezkart-reason"
FAILED_AT_HEADER: Final = "x-bezkart-failed-at"
REPLAY_SECONDS: Final = 5
STORE_PAUSE: Final = 0.5

log = structlog.get_logger(__name__)


class DeadLetterNotFound(DomainError):
    kind = Kind.NOT_FOUND
    slug = "dead-letter-not-found"
    title = "There is no such dead letter"


@dataclass(frozen=True, slots=True)
class Death:
    """One time a message was given up: when, why, after how many failed tries before."""

    at: datetime
    reason: str
    attempt: int


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An event of `queue` that nobody could handle. `open` until it is replayed; dying again opens it again."""

    id: str
    queue: str
    event_id: str | None
    event_type: str | None
    shop: str | None
    body: str
    open: bool
    deaths: tuple[Death, ...]
    replays: tuple[datetime, ...]


class DeadLetters:
    """The dead letters of one service, in `dead_letters` of its own database."""

    def __init__(self, databases: Databases, *, service: str, amqp_url: str, namespace: str = "") -> None:
        self.service = service
        self._databases = databases
        self._url = amqp_url
        self._namespace = namespace

    async def keep(self, message: AbstractIncomingMessage) -> None:
        """Store every event of a dead message; the same death twice is stored once."""
        queue = str(message.routing_key).removeprefix(self._namespace)
        death = _death(message.headers)
        collection = await self._collection()
        for body in _bodies(message):
            letter = _letter(queue, body)
            update = {"$set": {**letter, "open": True}, "$addToSet": {"deaths": death}, "$setOnInsert": {"replays": []}}
            await collection.update_one({"_id": letter_id(queue, body)}, update, upsert=True)

    async def latest(self, *, limit: int, include_replayed: bool = False) -> list[DeadLetter]:
        """Newest first."""
        wanted: Document = {} if include_replayed else {"open": True}
        found = (await self._collection()).find(wanted).sort("deaths.at", DESCENDING).limit(limit)
        return [_from(document) async for document in found]

    async def load(self, letter_id: str) -> DeadLetter:
        """Raises DeadLetterNotFound."""
        document = await (await self._collection()).find_one({"_id": letter_id})
        if document is None:
            raise DeadLetterNotFound
        return _from(document)

    async def replay(self, letter_id: str) -> DeadLetter:
        """Put the event back into the queue it came from. Handlers are idempotent, so replaying twice does no harm.

        Raises DeadLetterNotFound.
        """
        letter = await self.load(letter_id)
        async with await aio_pika.connect(self._url, timeout=CONNECT_SECONDS) as connection:
            channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
            message = aio_pika.Message(
                letter.body.encode("utf-8", "surrogateescape"),
                message_id=letter.event_id,
                content_type=CONTENT_TYPE,
                delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            )
            queue = self._namespace + letter.queue
            await channel.default_exchange.publish(message, queue, mandatory=True, timeout=REPLAY_SECONDS)
        update = {"$set": {"open": False}, "$push": {"replays": datetime.now(UTC)}}
        await (await self._collection()).update_one({"_id": letter_id}, update)
        return await self.load(letter_id)

    async def count_open(self) -> int:
        return await (await self._collection()).count_documents({"open": True})

    async def _collection(self) -> Collection:
        return (await self._databases.own())[DEAD_LETTERS]


async def collect(letters: DeadLetters, channel: AbstractChannel, queue: AbstractQueue) -> None:
    """Take dead messages from the service's dead queue into the store, one by one, until cancelled."""
    await channel.set_qos(prefetch_count=1)
    arrived: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
    await queue.consume(arrived.put)
    while True:
        message = await arrived.get()
        try:
            await letters.keep(message)
        except STORE_GONE as gone:
            log.warning("store_awaited", queue=queue.name, error=type(gone).__name__)
            await asyncio.sleep(STORE_PAUSE)
            await message.reject(requeue=True)
        else:
            await message.ack()


def letter_id(queue: str, body: bytes) -> str:
    """The same event dying in the same queue is the same letter."""
    return derived_id("d", queue, hashlib.sha256(body).hexdigest())


def _bodies(message: AbstractIncomingMessage) -> list[bytes]:
    """A batch that the broker gave up (too many deliveries) is taken apart."""
    if message.content_type == BATCH_CONTENT_TYPE:
        try:
            return [orjson.dumps(envelope) for envelope in orjson.loads(message.body)]
        except (ValueError, TypeError):
            pass  # kept whole, as it is
    return [message.body]


def _letter(queue: str, body: bytes) -> Document:
    try:
        parsed = orjson.loads(body)
    except ValueError:
        parsed = None
    envelope = parsed if isinstance(parsed, dict) else {}
    names = {"event_id": "id", "event_type": "type", "shop": "shopid"}
    known = {field: envelope.get(name) for field, name in names.items()}
    return {"queue": queue, "body": body, **{field: str(value) if value else None for field, value in known.items()}}


def _death(headers: Mapping[str, Any]) -> Document:
    by_broker = (headers.get("x-death") or [{}])[0]
    at = headers.get(FAILED_AT_HEADER) or by_broker.get("time") or datetime.now(UTC)
    return {
        "at": datetime.fromisoformat(at) if isinstance(at, str) else at,
        "reason": str(headers.get(REASON_HEADER) or f"given up by the broker: {by_broker.get('reason', 'unknown')}"),
        "attempt": int(str(headers.get(ATTEMPT_HEADER, 0))),
    }


def _from(document: Document) -> DeadLetter:
    return DeadLetter(
        id=document["_id"],
        queue=document["queue"],
        event_id=document["event_id"],
        event_type=document["event_type"],
        shop=document["shop"],
        body=document["body"].decode("utf-8", "surrogateescape"),
        open=document["open"],
        deaths=tuple(Death(**death) for death in document["deaths"]),
        replays=tuple(document["replays"]),
    )
