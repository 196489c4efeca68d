"""A guest who goes on buying, and a look into the databases whether everybody who listens has heard of it."""

import secrets
from typing import Any, Final

import httpx
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from bezkart.local import Stack
from tests.chaos.victims import until
from tests.e2e.cafe import Cafe, new_number

PATIENCE: Final = 30.0


class Customer:
    """Served by a barista who is signed in."""

    def __init__(self, stack: Stack, cafe: Cafe) -> None:
        self._cafe = cafe
        self._mongo_url = f"{stack.stores.mongo_url}&serverSelectionTimeoutMS=500&socketTimeoutMS=1000"
        self._http = httpx.AsyncClient(base_url=f"{stack.gateway}/api/v1", timeout=5, trust_env=False)
        self._guest = cafe.register(new_number(), "Анна")
        self._bought = 0

    async def sign_in(self) -> httpx.Response:
        answer = await self._http.post(
            "/sessions", json={"login": self._cafe.barista.login, "password": self._cafe.barista.password}
        )
        if answer.status_code == httpx.codes.CREATED:
            self._http.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        return answer

    async def looks(self) -> int:
        """The status of a look at the account."""
        return (await self._http.get(f"/accounts/{self._guest}")).status_code

    async def asks(self, key: str) -> int:
        """The status of one purchase with this key."""
        try:
            answer = await self._http.post(
                "/purchases", json={"guest_id": self._guest, "cups": 1}, headers={"Idempotency-Key": key}
            )
        except httpx.TransportError:
            return 0
        return answer.status_code

    async def buys(self) -> float:
        """One more purchase, asked for until it is answered; the seconds that took."""
        key = secrets.token_hex(12)

        async def answered() -> bool:
            return await self.asks(key) == httpx.codes.CREATED

        waited = await until(answered, "a purchase is answered", PATIENCE)
        self._bought += 1
        return waited

    async def is_known(self) -> bool:
        """Whether account, ledger and segments count every purchase, and no outbox holds one."""
        try:
            return self._found() == [self._bought, self._bought, self._bought, 0]
        except PyMongoError:
            return False

    def _found(self) -> list[int]:
        with MongoClient[dict[str, Any]](self._mongo_url) as client:
            purchases, segments = client[f"purchases__{self._cafe.slug}"], client[f"segments__{self._cafe.slug}"]
            account = purchases["accounts"].find_one({"_id": self._guest}) or {"purchases": -1, "outbox": []}
            guest = segments["guests"].find_one({"_id": self._guest}) or {"purchases": -1, "outbox": []}
            entries = purchases["ledger"].count_documents({"guest_id": self._guest})
        return [account["purchases"], entries, guest["purchases"], len(account["outbox"]) + len(guest["outbox"])]

    async def leaves(self) -> None:
        await self._http.aclose()
