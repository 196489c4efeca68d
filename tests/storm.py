"""Guests buying and baristas undoing under fire: a client that retries with its key, and an independent check of the databases."""

import asyncio
import random
import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from time import monotonic
from typing import Any, Final

import httpx
from pymongo import MongoClient

from tests.e2e.cafe import Login

RETRY_PAUSE: Final = 0.25
GIVE_UP_TRIES: Final = 240
CREATED, UNAUTHENTICATED, UNAVAILABLE = 201, 401, 503
PASSING: Final = frozenset({UNAUTHENTICATED, 429, 500, 502, UNAVAILABLE, 504})


@dataclass
class Promises:
    """What the client was told: every purchase that was answered, and whether its undo was."""

    cups: dict[str, tuple[str, int]] = field(default_factory=dict)
    undone: set[str] = field(default_factory=set)
    retries: int = 0
    sign_ins: int = 0
    longest_wait: float = 0.0
    """Seconds from the first failure of a request to its answer."""

    def counters(self) -> dict[str, tuple[int, int]]:
        """Guest → purchases and cups that must count in the end."""
        purchases: Counter[str] = Counter()
        cups: Counter[str] = Counter()
        for purchase_id, (guest, amount) in self.cups.items():
            if purchase_id not in self.undone:
                purchases[guest] += 1
                cups[guest] += amount
        return {guest: (purchases[guest], cups[guest]) for guest, _ in self.cups.values()}


class Storm:
    """`purchases` purchases of `guests` by several baristas at once, one undo in ten, through the gateway.

    They share one session; when it is lost, the first who notices signs in again.
    """

    def __init__(self, gateway: str, login: Login, guests: Sequence[str], *, purchases: int, seed: int) -> None:
        self._gateway = gateway
        self._login = login
        self._token = ""
        self._signing_in = asyncio.Lock()
        self._guests = list(guests)
        self._left = purchases
        self._random = random.Random(seed)
        self.promises = Promises()
        self.done = 0
        self._awaited: list[tuple[int, asyncio.Event]] = []

    async def run(self, baristas: int = 8) -> Promises:
        """Until every purchase was answered."""
        limits = httpx.Limits(max_keepalive_connections=baristas)
        async with (
            httpx.AsyncClient(base_url=f"{self._gateway}/api/v1", timeout=5, limits=limits) as http,
            asyncio.TaskGroup() as group,
        ):
            for _ in range(baristas):
                group.create_task(self._barista(http))
        return self.promises

    def goes_on(self, purchases: int) -> None:
        """So many more; `run` again."""
        self._left += purchases

    async def _barista(self, http: httpx.AsyncClient) -> None:
        while self._left > 0:
            self._left -= 1
            guest, cups = self._random.choice(self._guests), self._random.randint(1, 3)
            receipt = await self._insist(http, "/purchases", {"guest_id": guest, "cups": cups}, expected=201)
            purchase_id = receipt["purchase_id"]
            assert purchase_id not in self.promises.cups, "two purchases have one id"
            self.promises.cups[purchase_id] = guest, cups
            if self._random.random() < 0.1:
                await self._insist(http, f"/purchases/{purchase_id}/undo", {"guest_id": guest}, expected=200)
                self.promises.undone.add(purchase_id)
            self.done += 1
            for count, reached in self._awaited:
                if count <= self.done:
                    reached.set()

    async def reaches(self, done: int) -> None:
        """Wait until so many purchases are done."""
        reached = asyncio.Event()
        self._awaited.append((done, reached))
        await reached.wait()

    async def _insist(
        self, http: httpx.AsyncClient, path: str, body: dict[str, Any], *, expected: int
    ) -> dict[str, Any]:
        """The same request with the same key until it is answered for good."""
        key, began = secrets.token_hex(12), monotonic()
        for tries in range(GIVE_UP_TRIES):
            token = self._token or await self._sign_in(http, "")
            headers = {"Idempotency-Key": key, "Authorization": f"Bearer {token}"}
            status, answer = await self._ask(http, path, body, headers)
            if status == expected:
                if tries:
                    self.promises.longest_wait = max(self.promises.longest_wait, monotonic() - began)
                return answer
            assert status in PASSING, f"{path}: {status} {answer}"
            self.promises.retries += 1
            await asyncio.sleep(RETRY_PAUSE)
            if status == UNAUTHENTICATED:
                await self._sign_in(http, token)
        raise AssertionError(f"{path} was never answered")

    async def _sign_in(self, http: httpx.AsyncClient, lost: str) -> str:
        """A token that is not the `lost` one."""
        async with self._signing_in:
            while self._token == lost:
                status, answer = await self._ask(http, "/sessions", asdict(self._login), {})
                if status == CREATED:
                    self._token = answer["token"]
                    self.promises.sign_ins += 1
                    break
                assert status in PASSING, f"/sessions: {status} {answer}"
                await asyncio.sleep(RETRY_PAUSE)
            return self._token

    @staticmethod
    async def _ask(
        http: httpx.AsyncClient, path: str, body: dict[str, Any], headers: dict[str, str]
    ) -> tuple[int, dict[str, Any]]:
        """Status and body; 503 when no answer came at all."""
        try:
            answer = await http.post(path, json=body, headers=headers)
        except httpx.TransportError as error:
            return UNAVAILABLE, {"error": repr(error)}
        json = "json" in answer.headers.get("content-type", "")
        return answer.status_code, dict(answer.json()) if json else {"text": answer.text}


def reckon(mongo_url: str, shop: str, promises: Promises) -> list[str]:
    """What the databases say against what was promised; an empty list means: nothing lost, nothing twice.

    Reads the documents by itself: none of the services' code is used.
    """
    with MongoClient[dict[str, Any]](mongo_url) as client:
        purchases, segments = client[f"purchases__{shop}"], client[f"segments__{shop}"]
        wrong = [
            f"{database.name}.{name} has {left} full outboxes"
            for database, name in ((purchases, "accounts"), (segments, "guests"))
            if (left := database[name].count_documents({"outbox.0": {"$exists": True}}))
        ]
        accounts = {each["_id"]: each for each in purchases["accounts"].find()}
        seen = {each["_id"]: each for each in segments["guests"].find()}
        balance: Counter[tuple[str, str]] = Counter()
        entries: Counter[str] = Counter()
        for entry in purchases["ledger"].find():
            sign = 1 if entry["kind"] == "earn" else -1
            balance[entry["guest_id"], "purchases"] += sign
            balance[entry["guest_id"], "cups"] += entry["cups"]
            entries[entry["guest_id"]] += 1
    for guest, (bought, cups) in promises.counters().items():
        account, segment = accounts[guest], seen[guest]
        told = {
            "account purchases": account["purchases"],
            "ledger purchases": balance[guest, "purchases"],
            "segment purchases": segment["purchases"],
            "segment history": sum(segment["days"].values()),
        }
        wrong += [f"{guest}: {name} {value}, promised {bought}" for name, value in told.items() if value != bought]
        drunk = {
            "account cups": account["cups"],
            "ledger cups": balance[guest, "cups"],
            "stamps and gifts": account["gifts"] * account["card_size"] + account["stamps"],
        }
        wrong += [f"{guest}: {name} {value}, promised {cups}" for name, value in drunk.items() if value != cups]
        if entries[guest] != account["entries"]:
            wrong.append(f"{guest}: {entries[guest]} ledger entries, the account made {account['entries']}")
        if segment["applied_ahead"] or segment["applied_through"] != account["version"]:
            wrong.append(f"{guest}: segments saw version {segment['applied_through']} of {account['version']}")
    return wrong
