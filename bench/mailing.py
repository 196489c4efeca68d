"""Notifications: a mailing without limits against a bare flood, the limit of Telegram, codes behind a mailing, Telegram down.

The Telegram of all this is the stack's own stand-in, and it says what arrived when.
"""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from statistics import median
from typing import Any, Final

import aio_pika
import httpx
import orjson
import uvloop
from pymongo import MongoClient

from bench.asking import Asker, asking
from bench.cafe import BenchCafe
from bench.channels import flood, seen, sustained, switch
from bench.load import percentile
from bench.results import Result
from bezkart.contracts.identity import GuestContactsChanged
from bezkart.contracts.notifications import SendMessage, Urgency
from bezkart.kit.vault import Envelopes

MESSAGES: Final = 20_000
ROUNDS: Final = 3
LIMIT_SECONDS: Final = 60
LIMIT_WORKERS: Final = 3
WAITING: Final = 100_000
CODES: Final = 100
CODES_PER_SECOND: Final = 5.0
DOWN: Final[dict[str, dict[str, Any]]] = {"off": {"on": False}, "hanging": {"hang": "before"}}
UP: Final[dict[str, Any]] = {"on": True, "hang": ""}
FEW: Final = 6
"""More than the failures one after another that open a breaker."""
CODES_WHILE_OPEN: Final = 20

FIRST_CHAT: Final = 700_000_000
FIRST_PHONE: Final = 79_000_000_000
PAUSE: Final = 0.1
PENDING: Final = ("waiting", "sending", "parked")
NO_LIMITS: Final = {"BEZKART_TELEGRAM_PER_SECOND": "1000000", "BEZKART_TELEGRAM_SECONDS_PER_CHAT": "0"}
QUEUES: Final = ("notifications.telegram.bulk", "notifications.telegram.urgent", "notifications.commands")


def messages(cafe: BenchCafe) -> Iterator[Result]:
    """From the quickest to the largest; the mailing that nobody waits for the end of is thrown away."""
    yield from _limit(cafe)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(Mailing(cafe).introduce())
        with without_limits(cafe):
            yield from runner.run(_throughput(Mailing(cafe)))
        for what, mode in DOWN.items():
            yield from runner.run(_down(Mailing(cafe), what, mode))
        yield from runner.run(_codes_behind(Mailing(cafe)))
        runner.run(Mailing(cafe).throw_away())


class Mailing:
    """Messages to the café's guests, and a look at what became of them."""

    def __init__(self, cafe: BenchCafe) -> None:
        self.cafe = cafe
        self.base = cafe.address("standins")
        self.mark = f"{time.time_ns():x}"
        self._numbers = iter(range(10**9))

    async def introduce(self) -> None:
        """Every guest gets a phone and a chat, in the very event in which identity would tell of them."""
        secrets = orjson.loads((self.cafe.stack.logs.parent / "secrets.json").read_bytes())
        envelopes = Envelopes(keys=secrets["contact_keys"].split(","))
        changes = [
            GuestContactsChanged(
                shop=self.cafe.slug,
                guest_id=guest,
                version=2,
                source="import",
                sealed_phone=envelopes.seal(f"+{FIRST_PHONE + place}"),
                masked_phone="+7 ··· ··",
                sealed_telegram=envelopes.seal(str(FIRST_CHAT + place)),
            )
            for place, guest in enumerate(self.cafe.ids)
        ]
        async with self.asker() as asker:
            await asker.ask(changes)
        await _until(lambda: self._known("guests", {"telegram": {"$ne": None}}), len(self.cafe.ids), "guests are known")

    def asker(self) -> Any:
        return asking(self.cafe.stack.stores, self.cafe.slug)

    def news(self, count: int, urgency: Urgency = "bulk") -> list[SendMessage]:
        """To one guest after the other; no two have one text."""
        return [self._message(number, urgency) for number, _ in zip(self._numbers, range(count), strict=False)]

    def _message(self, number: int, urgency: Urgency) -> SendMessage:
        return SendMessage(
            shop=self.cafe.slug,
            guest_id=self.cafe.ids[number % len(self.cafe.ids)],
            key=f"{self.mark}-{number}",
            template="text",
            values={"text": f"Проба {self.mark}: {number}"},
            urgency=urgency,
            channels=("telegram",) if urgency == "bulk" else ("telegram", "sms", "web"),
        )

    async def accepted(self, count: int) -> None:
        """So many messages lie in the store."""
        await _until(lambda: self._known("messages", {}), count, "messages are accepted")

    async def settled(self, asked: Sequence[SendMessage] = ()) -> None:
        """`asked` have come to their end, and nothing else is on its way."""
        ended = {"key": {"$in": [message.key for message in asked]}, "state": {"$nin": PENDING}}
        await _until(lambda: self._known("messages", ended), len(asked), "what was asked has come to its end")
        await _until(self._settled, True, "everything is settled")

    async def arrived(self, count: int) -> None:
        async def total() -> int:
            return int((await asyncio.to_thread(seen, self.base))["counts"]["total"])

        await _until(total, count, "messages have arrived")

    async def arrivals(self, asked: Sequence[tuple[SendMessage, float]], book: str) -> list[float]:
        """Seconds from asking to the arrival at the provider of that book, sorted. Raises when one has not come."""
        places = {guest: place for place, guest in enumerate(self.cafe.ids)}
        prefix, first = ("", FIRST_CHAT) if book == "telegram" else ("+", FIRST_PHONE)
        taken = []
        async with httpx.AsyncClient(base_url=self.base, trust_env=False) as http:
            for message, at in asked:
                to = f"{prefix}{first + places[message.guest_id]}"
                taken.append(await _arrival(http, book, to, str(message.values["text"])) - at)
        return sorted(taken)

    async def breaker(self) -> str:
        told = await asyncio.to_thread(self.cafe.get, "/channels")
        return next(str(each["breaker"]) for each in told["channels"] if each["channel"] == "telegram")

    def forget(self) -> None:
        """What the stand-ins have seen."""
        for book in ("telegram", "smsc"):
            httpx.post(f"{self.base}/control/{book}/reset", trust_env=False).raise_for_status()

    async def throw_away(self) -> None:
        """Everything that is still waiting."""
        stores = self.cafe.stack.stores
        async with await aio_pika.connect(stores.amqp_url) as connection, connection.channel() as channel:
            for name in QUEUES:
                await (await channel.get_queue(name, ensure=False)).purge()
        with MongoClient[dict[str, Any]](stores.mongo_url) as client:
            client[f"notifications__{self.cafe.slug}"]["messages"].delete_many({})

    async def _settled(self) -> bool:
        return await self._known("messages", {"due_at": {"$exists": True}, "state": {"$in": PENDING}}) == 0

    async def _known(self, collection: str, wanted: dict[str, Any]) -> int:
        def count() -> int:
            with MongoClient[dict[str, Any]](self.cafe.stack.stores.mongo_url) as client:
                return int(client[f"notifications__{self.cafe.slug}"][collection].count_documents(wanted))

        return await asyncio.to_thread(count)


def _limit(cafe: BenchCafe) -> Iterator[Result]:
    """Workers that share nothing but Redis."""
    found = sustained(
        cafe.address("standins"),
        cafe.stack.stores.redis_url,
        namespace="benchlimit:",
        seconds=LIMIT_SECONDS,
        workers=LIMIT_WORKERS,
    )
    yield Result(f"Telegram limit of 30/s, {LIMIT_WORKERS} workers, {LIMIT_SECONDS} s", found.per_second, "/s", 29.0)
    yield Result("calls before retry_after meanwhile", found.violations, "calls", 0.0, "lower")


async def _throughput(mailing: Mailing) -> list[Result]:
    """Alternating with the flood. The whole way takes in the asking, the store and the queue; delivery begins with all in the queue."""
    switch(mailing.base, limits=False)
    floods, wholes, deliveries = [], [], []
    async with mailing.asker() as asker:
        mailing.forget()
        await asker.ask(mailing.news(MESSAGES // 20))  # processes that have worked before
        await mailing.arrived(MESSAGES // 20)
        for _ in range(ROUNDS):
            mailing.forget()
            floods.append(await flood(mailing.base, MESSAGES))
            wholes.append(await _mailing(mailing, asker) / floods[-1])
            deliveries.append(await _delivery(mailing, asker) / floods[-1])
    mailing.forget()
    return [
        Result("floor: bare flood of the stand-in", median(floods), "messages/s"),
        Result(f"mailing of {MESSAGES:,} ÷ flood, asked to delivered", median(wholes), "ratio"),
        Result(f"mailing of {MESSAGES:,} ÷ flood, delivery", median(deliveries), "ratio", 0.5),
    ]


async def _mailing(mailing: Mailing, asker: Asker) -> float:
    """Messages a second from the first command to the last arrival."""
    mailing.forget()
    news = mailing.news(MESSAGES)
    began = time.perf_counter()
    await asker.ask(news)
    await mailing.arrived(MESSAGES)
    taken = time.perf_counter() - began
    await mailing.settled()
    return MESSAGES / taken


async def _delivery(mailing: Mailing, asker: Asker) -> float:
    """Messages a second of the bulk worker alone: it sleeps until all are in its queue."""
    mailing.forget()
    await mailing.throw_away()  # so that the count of accepted ones is of this round
    worker = mailing.cafe.pid("notifications-bulk")
    os.kill(worker, signal.SIGSTOP)
    try:
        await asker.ask(mailing.news(MESSAGES))
        await mailing.accepted(MESSAGES)
        await asyncio.sleep(1)  # the last chunks reach the queue
    finally:
        began = time.perf_counter()
        os.kill(worker, signal.SIGCONT)
    await mailing.arrived(MESSAGES)
    taken = time.perf_counter() - began
    await mailing.settled()
    return MESSAGES / taken


async def _down(mailing: Mailing, what: str, mode: dict[str, Any]) -> list[Result]:
    """One code that meets the outage first, some that open the breaker, and those asked for when it is open."""
    mailing.forget()
    switch(mailing.base, **mode)
    try:
        async with mailing.asker() as asker:
            met = await _ask_codes(mailing, asker, 1, pause=0)
            await mailing.settled([message for message, _ in met])
            met += await _ask_codes(mailing, asker, FEW, pause=0)
            await _until(mailing.breaker, "open", "the breaker is open")
            then = await _ask_codes(mailing, asker, CODES_WHILE_OPEN, pause=0.5)
            await mailing.settled([message for message, _ in (*met, *then)])
        by_sms, at_once = await mailing.arrivals(met, "smsc"), await mailing.arrivals(then, "smsc")
    finally:
        switch(mailing.base, **UP)
    await _until(mailing.breaker, "closed", "the breaker is closed")
    return [
        Result(f"Telegram {what}: code by SMS, longest", by_sms[-1], "s", 20.0, "lower"),
        Result(f"Telegram {what}, breaker open: code by SMS, longest", at_once[-1], "s", 2.0, "lower"),
    ]


async def _codes_behind(mailing: Mailing) -> list[Result]:
    """Codes asked for while a mailing waits for its turns at 29.5 a second."""
    mailing.forget()
    await mailing.throw_away()
    async with mailing.asker() as asker:
        await asker.ask(mailing.news(WAITING))
        await mailing.accepted(WAITING)
        asked = await _ask_codes(mailing, asker, CODES, pause=1 / CODES_PER_SECOND)
        await asyncio.sleep(5)
    taken = await mailing.arrivals(asked, "telegram")
    waiting = WAITING + CODES - int(seen(mailing.base)["counts"]["total"])
    return [
        Result("bulk messages that still wait then", waiting, "messages"),
        Result(f"code asked → delivered while {WAITING:,} wait, p50", percentile(taken, 0.5), "s"),
        Result(f"code asked → delivered while {WAITING:,} wait, p99", percentile(taken, 0.99), "s", 2.0, "lower"),
        Result(
            "calls before retry_after meanwhile", seen(mailing.base)["penalties"]["violations"], "calls", 0.0, "lower"
        ),
    ]


async def _ask_codes(mailing: Mailing, asker: Asker, count: int, *, pause: float) -> list[tuple[SendMessage, float]]:
    """Each with the moment it was asked for, by the wall clock, as the stand-in tells it."""
    asked = []
    for message in mailing.news(count, "urgent"):
        asked.append((message, time.time()))
        await asker.ask([message])
        await asyncio.sleep(max(0.0, asked[-1][1] + pause - time.time()))
    return asked


async def _arrival(http: httpx.AsyncClient, book: str, to: str, text: str) -> float:
    """The wall clock's moment of the first arrival."""
    told = (await http.get(f"/control/{book}/received", params={"to": to})).raise_for_status().json()
    found = [float(note["at"]) for note in told["notes"] if note["text"] == text]
    if not found:
        raise AssertionError(f"«{text}» did not come by {book}")
    return min(found)


@contextmanager
def without_limits(cafe: BenchCafe) -> Iterator[None]:
    """The processes anew, with paces that no stand-in sets; the data stay."""
    known = {name: os.environ.get(name) for name in NO_LIMITS}
    os.environ.update(NO_LIMITS)
    try:
        cafe.anew()
        yield
    finally:
        for name, value in known.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        cafe.anew()


async def _until(look: Callable[[], Awaitable[Any]], wanted: Any, what: str, seconds: float = 600.0) -> None:
    """`look` says what is wanted; a number may be exceeded."""
    began = time.monotonic()
    while (found := await look()) != wanted and not (type(wanted) is int and found > wanted):
        if time.monotonic() - began > seconds:
            raise TimeoutError(f"not within {seconds:.0f} s: {what} ({found} instead of {wanted})")
        await asyncio.sleep(PAUSE)
