"""A mailing that goes on, and what the providers and the store say of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import httpx
from pymongo import AsyncMongoClient
from pymongo.errors import PyMongoError

from bench.asking import Asker
from bezkart.contracts.notifications import SendMessage
from bezkart.local import Stack
from services.notifications.domain.message import INTERRUPTED, LATE
from tests.chaos.victims import PAUSE, until
from tests.e2e.cafe import Cafe, new_number

PORTION: Final = 250
AHEAD: Final = 5_000
"""So many are under way at most: the consumer and the broker have work until the end."""
SHOWN: Final = 3
FIRST_CHAT: Final = 810_000_000
BOOKS: Final = ("telegram", "smsc")
PENDING: Final = ("waiting", "sending", "parked")


@dataclass(frozen=True, slots=True)
class Count:
    """`repeated`: arrivals beyond the first; `unexplained`: repeated though no log says that its worker had it in hand and never reported.

    `by_web`: came to the guest's page only, where a code ends when all else fails.
    """

    lost: list[str]
    repeated: int
    unexplained: list[str]
    by_web: int


class Mailing:
    """`count` messages to the guests of a café, one in `urgent_every` a code that may go by SMS."""

    def __init__(self, stack: Stack, cafe: Cafe, guests: Sequence[str], *, count: int, urgent_every: int) -> None:
        self._stack = stack
        self._shop = cafe.slug
        self._guests = guests
        self._left = [self._message(number, urgent=number % urgent_every == 0) for number in range(count)]
        self.texts = [str(message.values["text"]) for message in self._left]
        self._http = httpx.AsyncClient(base_url=standins(stack), trust_env=False, timeout=30)
        self._allowed = 0
        self.unsettled = ""

    def allow(self, moment: int) -> None:
        """Ask for so many messages, and for those that may be ahead."""
        self._allowed = moment + AHEAD

    async def ask(self, asker: Asker) -> None:
        """All of them, in portions, as far as it is allowed."""
        asked = 0
        while self._left:
            if asked >= self._allowed:
                await asyncio.sleep(PAUSE)
                continue
            portion, self._left = self._left[:PORTION], self._left[PORTION:]
            await asker.ask(portion)
            asked += len(portion)

    async def reaches(self, arrived: int, seconds: float) -> None:
        async def reached() -> bool:
            totals = [(await self._http.get(f"/control/{book}")).json()["counts"]["total"] for book in BOOKS]
            return bool(sum(totals) >= arrived)

        await until(reached, f"{arrived} messages have arrived", seconds)

    async def settled(self) -> bool:
        """Every message is in the store and none of them on its way; `unsettled` says which are."""
        async with AsyncMongoClient[dict[str, Any]](f"{self._stack.stores.mongo_url}&socketTimeoutMS=5000") as client:
            messages = client[f"notifications__{self._shop}"]["messages"]
            try:
                known = await messages.count_documents({"template": "text"})
                open_ones = {"$or": [{"state": {"$in": PENDING}}, {"outbox.0": {"$exists": True}}]}
                count = await messages.count_documents(open_ones)
                some = [message async for message in messages.find(open_ones).limit(SHOWN)]
            except PyMongoError:
                return False
        self.unsettled = f"{known} of {len(self.texts)} known, {count} of them unsettled: {some}"
        return known == len(self.texts) and count == 0

    async def counted(self) -> Count:
        """By the providers' own books; what is in none of them must have been delivered to the guest's page."""
        times = dict.fromkeys(self.texts, 0)
        for book in BOOKS:
            answer = await self._http.post(f"/control/{book}/times", json={"texts": self.texts})
            for text, count in answer.json()["times"].items():
                times[text] += count
        missing = [text for text, count in times.items() if not count]
        on_page = await self._with_attempt({"channel": "web", "outcome": "delivered"})
        interrupted = await self._with_attempt({"reason": {"$in": [INTERRUPTED, LATE]}})
        return Count(
            lost=[text for text in missing if text not in on_page],
            repeated=sum(count - 1 for count in times.values() if count),
            unexplained=[text for text, count in times.items() if count > 1 and text not in interrupted],
            by_web=len(missing),
        )

    async def leaves(self) -> None:
        await self._http.aclose()

    async def _with_attempt(self, attempt: dict[str, Any]) -> set[str]:
        """Texts of the delivered messages that have such an attempt in their log."""
        async with AsyncMongoClient[dict[str, Any]](self._stack.stores.mongo_url) as client:
            messages = client[f"notifications__{self._shop}"]["messages"]
            wanted = {"state": "delivered", "attempts": {"$elemMatch": attempt}}
            return {message["text"] async for message in messages.find(wanted, {"text": 1})}

    def _message(self, number: int, *, urgent: bool) -> SendMessage:
        return SendMessage(
            shop=self._shop,
            guest_id=self._guests[number % len(self._guests)],
            key=f"chaos-{number}",
            template="text",
            values={"text": f"{self._shop}: {'код' if urgent else 'новость'} {number}"},
            urgency="urgent" if urgent else "bulk",
            channels=("telegram", "sms", "web") if urgent else ("telegram",),
        )


def standins(stack: Stack) -> str:
    """Their address."""
    return next(
        f"http://127.0.0.1:{each['port']}" for each in stack.document["processes"] if each["name"] == "standins"
    )


async def make_guests(stack: Stack, cafe: Cafe, count: int) -> list[str]:
    """Each with a phone and a chat; notifications knows them, and their welcome has been sent."""
    guests = [cafe.register(new_number(), f"Гость {each}", telegram_id=FIRST_CHAT + each) for each in range(count)]

    async def welcomed() -> bool:
        async with AsyncMongoClient[dict[str, Any]](stack.stores.mongo_url) as client:
            messages = client[f"notifications__{cafe.slug}"]["messages"]
            return await messages.count_documents({"template": "welcome", "state": "delivered"}) == count

    await until(welcomed, "the guests are known and welcomed", 120)
    return guests
