"""The system under measurement: a stack of its own, a shop, guests, and the floor beside it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx
from pymongo import MongoClient

from bezkart.local import Stack

GUESTS: Final = 20_000  # so that nobody buys more often a day than guests do
CONSUMERS: Final = (
    "purchases-consumer",
    "segments-consumer",
    "notifications-consumer",
    "feedback",
    "campaigns",
)


class BenchCafe:
    """A shop with `GUESTS` guests; `guests` is the file with their ids."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        self.stack = stack
        self.slug = f"bench-{int(time.time())}"
        self.guests = folder / "guests.txt"
        self._http = httpx.Client(base_url=f"{stack.gateway}/api/v1", timeout=30)
        self.token = self.open_shop(self.slug)
        self._http.headers["Authorization"] = f"Bearer {self.token}"
        self.ids = self.register(GUESTS, self.token)
        self.settle()
        self.guests.write_text("\n".join(self.ids) + "\n")

    def open_shop(self, slug: str) -> str:
        """A shop of this name; the token of a session in it."""
        ops = {"Authorization": f"Bearer {self.stack.ops_key}"}
        self._send("/shops", {"slug": slug, "name": "Bench", "timezone": "Europe/Moscow", "plan": "pro"}, ops)
        return str(self._send(f"/shops/{slug}/sessions", None, ops)["token"])

    def register(self, count: int, token: str) -> list[str]:
        """Ids of `count` new guests of the session's shop."""
        headers = {"Authorization": f"Bearer {token}"}
        registered_at = datetime.now(UTC).isoformat()
        ids: list[str] = []
        for start in range(0, count, 500):
            cards = range(start, min(start + 500, count))
            guests = [{"card": f"bench-{card}", "registered_at": registered_at} for card in cards]
            answer = self._send("/guests/import", {"guests": guests}, headers)
            ids += [str(each["guest_id"]) for each in answer["results"]]
        return ids

    def signed_token(self, token: str | None = None) -> str:
        """What the gateway would pass on for the session of `token`, the café's own unless named: good for 60 s."""
        headers = {"Authorization": f"Bearer {token or self.token}"}
        return httpx.get(f"{self.address('identity')}/internal/token", headers=headers).headers["x-access-token"]

    def address(self, process: str) -> str:
        """The HTTP address of one process."""
        return f"http://127.0.0.1:{self._process(process)['port']}"

    def pid(self, process: str) -> int:
        return int(self._process(process)["pid"])

    def get(self, path: str) -> Any:
        return self._http.get(path).raise_for_status().json()

    def post(self, path: str, body: Any) -> Any:
        return self._send(path, body)

    def anew(self) -> None:
        """Every process is started again; the data stay."""
        self.stack.down()
        self.stack.up()

    def settle(self, seconds: float = 300.0) -> float:
        """Wait until segments has taken in every purchase and no queue holds anything; how long that took."""
        start = time.monotonic()
        while not self._settled():
            if time.monotonic() - start > seconds:
                raise TimeoutError("the consumers do not keep up")
            time.sleep(0.1)
        return time.monotonic() - start

    def _settled(self) -> bool:
        if self.get("/segments/totals")["purchases"] != self.get("/accounts/totals")["purchases"]:
            return False
        queues = httpx.get(f"{self.stack.stores.rabbitmq_management}/api/queues", params={"columns": "name,messages"})
        return not any(queue.get("messages", 0) for queue in queues.raise_for_status().json())

    @contextmanager
    def consumers_stopped(self) -> Iterator[None]:
        """The processes sleep; their queues fill."""
        pids = [self.pid(name) for name in CONSUMERS]
        try:
            for pid in pids:
                os.kill(pid, signal.SIGSTOP)
            yield
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)

    def _process(self, name: str) -> dict[str, Any]:
        return next(each for each in self.stack.document["processes"] if each["name"] == name)

    def _send(self, path: str, body: Any, headers: dict[str, str] | None = None) -> Any:
        return self._http.post(path, json=body, headers=headers).raise_for_status().json()


@contextmanager
def floor(stack: Stack, port: int) -> Iterator[str]:
    """The bare route on the same MongoDB; its address."""
    environment = {**os.environ, "FLOOR_MONGO_URL": stack.stores.mongo_url}
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "bench.floor:app",
        "--port",
        str(port),
        "--no-access-log",
        "--log-level",
        "warning",
    ]
    process = subprocess.Popen(command, env=environment)
    url = f"http://127.0.0.1:{port}/floor"
    try:
        for _ in range(100):
            try:
                httpx.post(url, json={"guest_id": "warm", "cups": 1}).raise_for_status()
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=15)
        with MongoClient[dict[str, Any]](stack.stores.mongo_url) as client:
            client.drop_database("floor")
