"""Web Push (RFC 8030, 8291, 8292): an encrypted note to a guest's browser through the browser's own push service.

The address of a subscription comes from outside, so it is called only where a push service of a known browser stands.
"""

import asyncio
from base64 import urlsafe_b64encode
from typing import Any, Final
from urllib.parse import urlsplit

import orjson
import requests
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid
from pywebpush import WebPushException, webpush

from services.notifications.channels.port import (
    AddressDead,
    Outgoing,
    ProviderDown,
    ProviderRefuses,
    Receipt,
    TextRefused,
    Throttled,
)
from services.notifications.channels.text import refuse_text

PUSH_SERVICES: Final = (
    "fcm.googleapis.com",
    ".push.services.mozilla.com",
    ".push.apple.com",
    ".notify.windows.com",
)
MAX_LENGTH: Final = (
    1200  # what is encrypted may have 4096 octets less the overhead; a Cyrillic letter takes two or three
)
_TTL_SECONDS: Final = 3600
_GONE: Final = frozenset({404, 410})
_NO_WAIT_GIVEN: Final = 1.0


class WebPush:
    """`address` is a subscription as the browser gave it: `{"endpoint", "keys": {"p256dh", "auth"}}`.

    `services` are host names, those with a leading dot with all below them; `contact` is a `mailto:` or `https:` of ours (VAPID).
    """

    name = "web"
    provider = "web-push"

    def __init__(
        self, *, private_key: str, contact: str, services: tuple[str, ...] = PUSH_SERVICES, seconds: float = 5.0
    ) -> None:
        self._key = Vapid.from_string(private_key) if private_key else None
        self._contact = contact
        self._services = services
        self._seconds = seconds
        self._connections = requests.Session()
        self._connections.trust_env = False

    @property
    def public_key(self) -> str:
        """What a browser needs to subscribe (VAPID, RFC 8292): the uncompressed point in base64url without padding."""
        if self._key is None:
            raise ProviderRefuses("no-token")
        point = self._key.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return urlsafe_b64encode(point).decode().rstrip("=")

    def accepts(self, address: str) -> bool:
        """Whether notes can be sent there at all."""
        try:
            self._subscription(address)
        except AddressDead:
            return False
        return True

    def account(self, shop: str) -> str:
        return "main"

    async def send(self, outgoing: Outgoing) -> Receipt:
        refuse_text(outgoing.text, longest=MAX_LENGTH)
        subscription = self._subscription(outgoing.address)
        note = orjson.dumps({"id": outgoing.message_id, "shop": outgoing.shop, "text": outgoing.text}).decode()
        await asyncio.to_thread(self._push, subscription, note, urgent=outgoing.urgent)
        return Receipt(provider_id=None, cost=0)

    async def check(self, shop: str) -> None:
        """Each browser has a push service of its own: there is nobody to ask."""
        if self._key is None:
            raise ProviderRefuses("no-token")

    async def aclose(self) -> None:
        self._connections.close()

    def _subscription(self, address: str) -> dict[str, Any]:
        """Raises AddressDead for what no browser can have given us."""
        try:
            subscription = orjson.loads(address)
            url = urlsplit(subscription["endpoint"])
            known = all(isinstance(subscription["keys"][part], str) for part in ("p256dh", "auth"))
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
            raise AddressDead("bad-subscription") from None
        host = url.hostname or ""
        allowed = any(host == each or (each.startswith(".") and host.endswith(each)) for each in self._services)
        if not known or not allowed or (url.scheme != "https" and host not in self._services):
            raise AddressDead("bad-subscription")
        return {"endpoint": subscription["endpoint"], "keys": subscription["keys"]}

    def _push(self, subscription: dict[str, Any], note: str, *, urgent: bool) -> None:
        if self._key is None:
            raise ProviderRefuses("no-token")
        try:
            webpush(
                subscription,
                note,
                vapid_private_key=self._key,
                vapid_claims={"sub": self._contact},
                ttl=_TTL_SECONDS,
                timeout=self._seconds,
                headers={"Urgency": "high" if urgent else "normal"},
                requests_session=self._connections,
            )
        except requests.ConnectTimeout:
            raise ProviderDown("no-connection", may_have_sent=False) from None
        except requests.Timeout:
            raise ProviderDown("timeout") from None
        except requests.RequestException as error:
            raise ProviderDown("connection-cut", detail=type(error).__name__) from None
        except WebPushException as error:
            _refuse(error)
        except ValueError:  # keys that are none
            raise AddressDead("bad-subscription") from None


def _refuse(error: WebPushException) -> None:
    status = error.status_code
    if status is None:
        raise AddressDead("bad-subscription") from None
    if status in _GONE:
        raise AddressDead("subscription-gone") from None
    if status == 413:
        raise TextRefused("too-long") from None
    if status == 429:
        wait = error.retry_after or ""
        raise Throttled(float(wait) if wait.isdecimal() else _NO_WAIT_GIVEN, whole_provider=False) from None
    if status in {400, 401, 403}:  # our VAPID key is not the one the browser subscribed with, or unreadable
        raise AddressDead("subscription-refused") from None
    raise ProviderDown(f"http-{status}") from None
