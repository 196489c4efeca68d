"""What a backup asks of RabbitMQ, by its management API: its definitions, and whether events are still on their way."""

from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit

import httpx

from bezkart.cli.backup.addresses import Stores
from bezkart.cli.failures import Unreachable

JOBS: Final = "bezkart.jobs"
STATISTICS_SECONDS: Final = 5.0
"""How old the numbers of queues may be: the interval at which the broker counts."""


@dataclass(frozen=True, slots=True)
class Queue:
    """Messages that wait, those in hand included, and how many were ever handled."""

    waiting: int
    handled: int


class Broker:
    """The virtual host of one system."""

    def __init__(self, stores: Stores) -> None:
        address = urlsplit(stores.management)
        base = f"{address.scheme}://{address.hostname}:{address.port or 15672}{address.path}/api/"
        login = (unquote(address.username or ""), unquote(address.password or ""))
        self._http = httpx.Client(base_url=base, auth=login, timeout=10, trust_env=False)
        self._vhost = quote(stores.vhost, safe="")
        self._namespace = stores.namespace

    def __enter__(self) -> "Broker":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def definitions(self) -> dict[str, Any] | None:
        """Users, rights and queues; None for a login that may not see them."""
        answer = self._ask("GET", "definitions")
        return None if answer.status_code in {401, 403} else dict(answer.json())

    def events(self) -> dict[str, Queue]:
        """Each queue of events. Those of jobs do not count: the stores know what is due."""
        bound = self._ask("GET", f"exchanges/{self._vhost}/{self._namespace}{JOBS}/bindings/source")
        jobs = {each["destination"] for each in bound.json()} if bound.is_success else set()
        queues = self._ask("GET", f"queues/{self._vhost}").raise_for_status().json()
        return {
            each["name"]: Queue(int(each.get("messages", 0)), int(each.get("message_stats", {}).get("ack", 0)))
            for each in queues
            if each["durable"] and each["name"].startswith(self._namespace) and each["name"] not in jobs
        }

    def purge(self) -> None:
        """Empty every queue: what waits there belongs to another past."""
        for each in self._ask("GET", f"queues/{self._vhost}").raise_for_status().json():
            if each["durable"] and each["name"].startswith(self._namespace):
                name = quote(each["name"], safe="")
                self._ask("DELETE", f"queues/{self._vhost}/{name}/contents").raise_for_status()

    def _ask(self, method: str, path: str) -> httpx.Response:
        try:
            return self._http.request(method, path)
        except httpx.HTTPError as error:
            raise Unreachable(f"RabbitMQ's management does not answer: {type(error).__name__}.") from None
