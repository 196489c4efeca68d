"""The system as the bot reaches it: the gateway's API, asked for one Telegram user in one shop."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import httpx
import stamina
import structlog

from bezkart.kit.assertion import Assertion, Assertions
from bezkart.kit.clock import Clock
from services.bot import counting

log = structlog.get_logger(__name__)

CONNECT_SECONDS: Final = 2.0
ANSWER_SECONDS: Final = 8.0
_CONNECTIONS: Final = 16  # httpcore's pool costs their square at every request
_AWAY: Final = frozenset({"service-unavailable", "sign-in-unavailable", "internal-error"})
_REUSE_SECONDS: Final = 60
_GOOD_SECONDS: Final = 120
_KEPT: Final = 20_000
_SAFE_TO_REPEAT: Final = frozenset({"GET", "PUT", "DELETE"})

Json = dict[str, Any]
Params = Mapping[str, str | Sequence[str]]


class GatewayAway(Exception):
    """No answer, or one that says to come back later; what was asked may or may not have happened."""


class Refused(Exception):
    """The system says no. `slug` is the problem's type, `members` what else it tells."""

    def __init__(self, slug: str, status: int, members: Json) -> None:
        super().__init__(slug)
        self.slug = slug
        self.status = status
        self.members = members


@dataclass(slots=True)
class _Signed:
    token: str
    until: float


class Gateway:
    """One for the process. A signed assertion is used for a minute, so that the gateway's cache of tokens helps."""

    def __init__(
        self, *, url: str, assertions: Assertions, clock: Clock, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._client = httpx.AsyncClient(
            base_url=url.rstrip("/") + "/api/v1",
            timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
            limits=httpx.Limits(
                max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS, keepalive_expiry=30
            ),
            transport=transport,
            trust_env=False,
        )
        self._assertions = assertions
        self._clock = clock
        self._signed: dict[Assertion, _Signed] = {}
        self._turns = 0

    async def ask(
        self,
        who: Assertion,
        method: str,
        path: str,
        *,
        body: Json | None = None,
        key: str = "",
        params: Params | None = None,
    ) -> Json:
        """The answer's body, {} when it has none. With a `key` a repeat acts once. Raises Refused, GatewayAway."""
        return _json(await self._asked(who, method, path, body=body, key=key, params=params))

    async def fetch(self, who: Assertion, path: str, *, language: str) -> bytes:
        """A picture with words. Raises Refused, GatewayAway."""
        return (await self._asked(who, "GET", path, language=language)).content

    def forget(self, who: Assertion) -> None:
        """Who somebody is has changed: the next question must not be answered from the gateway's cache."""
        self._signed.pop(who, None)

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _asked(
        self,
        who: Assertion,
        method: str,
        path: str,
        *,
        body: Json | None = None,
        key: str = "",
        params: Params | None = None,
        language: str = "",
    ) -> httpx.Response:
        repeatable = method in _SAFE_TO_REPEAT or bool(key)
        attempts = 2 if repeatable else 1
        async for attempt in stamina.retry_context(on=GatewayAway, attempts=attempts, wait_initial=0.2, wait_max=0.4):
            with attempt:
                return await self._once(who, method, path, body=body, key=key, params=params, language=language)
        raise GatewayAway

    async def _once(
        self,
        who: Assertion,
        method: str,
        path: str,
        *,
        body: Json | None,
        key: str,
        params: Params | None,
        language: str,
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._token(who)}"} | ({"Idempotency-Key": key} if key else {})
        headers |= {"Accept-Language": language} if language else {}
        try:
            answer = await self._client.request(method, path, json=body, params=params, headers=headers)
        except httpx.HTTPError as error:
            counting.gateway_failures.inc()
            log.warning("gateway_away", error=type(error).__name__)
            raise GatewayAway from None
        if answer.is_success:
            return answer
        problem = _json(answer)
        slug = str(problem.get("type", "")).rpartition(":")[2] or f"http-{answer.status_code}"
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            self.forget(who)
        if slug in _AWAY or (answer.status_code >= 500 and "type" not in problem):
            counting.gateway_failures.inc()
            log.warning("gateway_away", slug=slug, status=answer.status_code)
            raise GatewayAway
        raise Refused(slug, answer.status_code, problem)

    def _token(self, who: Assertion) -> str:
        now = self._clock.now()
        known = self._signed.get(who)
        if known is None or known.until <= now.timestamp():
            self._turns += 1
            # Two assertions about the same person in the same second must differ, or the cache would take one for the other.
            token = self._assertions.sign(who, now=now, seconds=_GOOD_SECONDS + self._turns % 60)
            known = self._signed[who] = _Signed(token, now.timestamp() + _REUSE_SECONDS)
            if len(self._signed) > _KEPT:
                del self._signed[next(iter(self._signed))]
        return known.token


def part(text: str) -> str:
    """An id from outside as one part of a path."""
    return quote(text, safe="")


def _json(answer: httpx.Response) -> Json:
    try:
        told = answer.json() if answer.content else {}
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
