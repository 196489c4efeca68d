"""The gateway's API as commands use it: patient with a service that restarts, plain about a refusal."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

import httpx
import orjson
import stamina

from bezkart.cli.failures import Refused, Unreachable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    from bezkart.cli.address import Address

_BUSY: Final = frozenset({429, 502, 503, 504})
_WORTH_WAITING: Final = frozenset({"history-catching-up"})
_LONGEST_WAIT: Final = 10.0
_TYPE_PREFIX: Final = "urn:bezkart:problem:"
SHORT_PATIENCE: Final = 10.0
"""Seconds to wait for a system that may just be starting."""
LONG_PATIENCE: Final = 180.0
"""Seconds to wait for a service that went away in the middle of work."""


class _Busy(Exception):
    """Try again: no answer, or an answer that says so. `wait` is the server's own wish in seconds, if it told one."""

    def __init__(self, said: str, *, wait: float | None = None, sent: bool = True) -> None:
        super().__init__(said)
        self.wait = wait
        self.sent = sent


class Gateway:
    """Speaks to `/api/v1` with the ops key, or with the token a call brings along. Safe to share between threads."""

    def __init__(self, address: Address, *, transport: httpx.BaseTransport | None = None) -> None:
        stamina.instrumentation.set_on_retry_hooks(())  # the commands say themselves what they wait for
        self._address = address
        self._http = httpx.Client(
            base_url=f"{address.gateway}/api/v1/",
            timeout=httpx.Timeout(60.0, connect=5.0),
            headers={"User-Agent": "bezkart-cli", "Accept": "application/json"},
            trust_env=not _is_this_machine(address.gateway),
            transport=transport,
        )

    def __enter__(self) -> Gateway:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def get(self, path: str, *, params: Mapping[str, str] | None = None, token: str | None = None) -> Any:
        """The answer's JSON. Raises Unreachable, Refused."""
        return self.send("GET", path, params=params, token=token)

    def send(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        params: Mapping[str, str] | None = None,
        token: str | None = None,
        patience: float = SHORT_PATIENCE,
        repeatable: bool = True,
        key: str | None = None,
    ) -> Any:
        """The answer's JSON (None if it has no body). Waits up to `patience` seconds for a system that is away or busy.

        A request that is not `repeatable` is sent again only if it certainly never arrived; `key` is its Idempotency-Key.
        Raises Unreachable, Refused.
        """

        def wait_before_repeat(error: Exception) -> bool | float:
            if not isinstance(error, _Busy) or (error.sent and not repeatable):
                return False
            return True if error.wait is None else min(error.wait, _LONGEST_WAIT)

        attempts = stamina.retry_context(
            on=wait_before_repeat, attempts=None, timeout=patience, wait_initial=0.2, wait_max=3.0, wait_jitter=0.2
        )
        try:
            for attempt in attempts:
                with attempt:
                    return self._once(method, path, body=body, params=params, token=token, key=key)
        except _Busy as busy:
            raise Unreachable(f"The system at {self._address.gateway} does not answer: {busy}.") from None
        raise AssertionError("unreachable: the loop ends with an answer or an error")

    def _once(
        self,
        method: str,
        path: str,
        *,
        body: object,
        params: Mapping[str, str] | None,
        token: str | None,
        key: str | None,
    ) -> Any:
        headers = {"Authorization": f"Bearer {token or self._address.ops_key}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        content = None
        if body is not None:
            content = orjson.dumps(body)
            headers["Content-Type"] = "application/json"
        try:
            response = self._http.request(method, path, content=content, params=params, headers=headers)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise _Busy(f"no connection ({error})", sent=False) from None
        except httpx.TransportError as error:
            raise _Busy(f"the connection broke ({type(error).__name__})") from None
        return _answer(response)

    def open_shop(self, slug: str) -> ShopSession:
        """A support session in the shop `slug`. Raises Refused (shop-not-found)."""
        return ShopSession(self, slug)


class ShopSession:
    """Calls inside one shop; a session that ends meanwhile is opened again. Safe to share between threads."""

    def __init__(self, gateway: Gateway, slug: str) -> None:
        self._gateway = gateway
        self.slug = slug
        self._token, self.shop = self._sign_in(SHORT_PATIENCE)

    def get(self, path: str, *, params: Mapping[str, str] | None = None) -> Any:
        """The answer's JSON. Raises Unreachable, Refused."""
        return self.send("GET", path, params=params)

    def send(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        params: Mapping[str, str] | None = None,
        patience: float = SHORT_PATIENCE,
        repeatable: bool = True,
        key: str | None = None,
    ) -> Any:
        """Like Gateway.send, in this shop's name. Raises Unreachable, Refused."""

        def send(token: str) -> Any:
            return self._gateway.send(
                method, path, body=body, params=params, token=token, patience=patience, repeatable=repeatable, key=key
            )

        token = self._token
        try:
            return send(token)
        except Refused as refused:
            if refused.status != 401:
                raise
        if token == self._token:  # another thread may have signed in already
            self._token, self.shop = self._sign_in(patience)
        return send(self._token)

    def _sign_in(self, patience: float) -> tuple[str, dict[str, Any]]:
        path = f"shops/{quote(self.slug, safe='')}/sessions"
        opened = self._gateway.send("POST", path, patience=patience)
        return opened["token"], opened.get("shop") or {}


def _answer(response: httpx.Response) -> Any:
    if response.is_success:
        return orjson.loads(response.content) if response.content else None
    problem = _problem(response)
    if response.status_code in _BUSY:
        raise _Busy(f"{problem.detail} (HTTP {response.status_code})", wait=_wished_wait(response))
    if problem.slug in _WORTH_WAITING:
        raise _Busy(problem.detail, wait=_wished_wait(response) or 1.0)
    raise problem


def _problem(response: httpx.Response) -> Refused:
    try:
        told = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        told = {}
    if not isinstance(told, dict):
        told = {}
    faults: Sequence[Any] = told.get("errors") or ()
    return Refused(
        status=response.status_code,
        slug=str(told.get("type", "unknown")).removeprefix(_TYPE_PREFIX),
        title=str(told.get("title") or response.reason_phrase or "The system refused"),
        detail=str(told.get("detail") or ""),
        faults=tuple((str(fault.get("pointer", "")), str(fault.get("detail", ""))) for fault in faults),
    )


def _wished_wait(response: httpx.Response) -> float | None:
    try:
        return max(float(response.headers.get("Retry-After", "")), 0.0)
    except ValueError:  # absent, or a date: our own backoff will do
        return None


def _is_this_machine(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
