"""One try over HTTP, its failures told in the words of the port. Nothing here knows a provider."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import orjson

from services.notifications.channels.port import ProviderDown

CONNECTIONS: Final = 100
_KEEPALIVE_SECONDS: Final = (
    15.0  # shorter than the providers', so that we rarely write into a connection they have closed
)
_NO_WAIT_GIVEN: Final = 1.0


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    headers: Mapping[str, str]

    def json(self) -> dict[str, Any]:
        """The body as an object. Raises ProviderDown: whoever answers something else is not the provider."""
        try:
            parsed = orjson.loads(self.body)
        except orjson.JSONDecodeError:
            parsed = None
        if not isinstance(parsed, dict):
            raise ProviderDown("unreadable-answer", detail=f"status {self.status}")
        return parsed


class Wire:
    """Connections to one provider, made at the first request (in the loop of the process that sends).

    `seconds` bounds a whole try; `connect_seconds` the part before the provider can have seen anything.
    """

    def __init__(
        self, base: str, *, seconds: float, connect_seconds: float = 3.0, connections: int = CONNECTIONS
    ) -> None:
        self._base = base.rstrip("/")
        self._timeout = aiohttp.ClientTimeout(total=seconds, sock_connect=min(connect_seconds, seconds))
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    async def post(self, path: str, body: bytes | aiohttp.FormData, headers: Mapping[str, str]) -> Answer:
        """Raises ProviderDown when no whole answer came; the address, which may hold a token, is in no message."""
        try:
            async with self.session.post(
                self._base + path, data=body, headers=headers, allow_redirects=False
            ) as answer:
                return Answer(answer.status, await answer.read(), answer.headers)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            raise ProviderDown("no-connection", may_have_sent=False) from None
        except TimeoutError:
            raise ProviderDown("timeout") from None
        except (aiohttp.ClientError, OSError) as error:
            raise ProviderDown("connection-cut", detail=type(error).__name__) from None

    @property
    def session(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=_KEEPALIVE_SECONDS)
            self._session = aiohttp.ClientSession(connector=connector, timeout=self._timeout)
        return self._session

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None


def retry_after(answer: Answer) -> float:
    """Seconds of the header `Retry-After`; 1 where it is missing or a date."""
    try:
        return max(0.0, float(answer.headers.get("Retry-After", "")))
    except ValueError:
        return _NO_WAIT_GIVEN


def refuse_server_errors(answer: Answer) -> None:
    """Raises ProviderDown for what a broken provider, or a proxy before it, answers."""
    if answer.status >= 500:
        raise ProviderDown(f"http-{answer.status}")
