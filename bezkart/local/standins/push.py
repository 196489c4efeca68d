"""A browser and its push service: `POST /push/<subscription>` (RFC 8030), opened with the browser's own keys (RFC 8291)."""

import base64
import secrets
from dataclasses import dataclass
from typing import Any, Final

import http_ece
import orjson
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bezkart.local.standins.modes import Mode
from bezkart.local.standins.received import Received, note

_LARGEST: Final = 4096


@dataclass(frozen=True, slots=True)
class Browser:
    """`who` is the guest whose browser it is."""

    who: str
    key: ec.EllipticCurvePrivateKey
    auth: bytes


class Push:
    """`blocked` subscriptions are gone: 410."""

    def __init__(self) -> None:
        self.mode = Mode()
        self.received = Received()
        self._browsers: dict[str, Browser] = {}

    def reset(self) -> None:
        self.received.clear()

    def subscribe(self, who: str, *, base: str) -> dict[str, Any]:
        """What `PushManager.subscribe` would give; `base` is this server's address."""
        browser = Browser(who, ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(16))
        identity = secrets.token_urlsafe(12)
        self._browsers[identity] = browser
        point = browser.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": _base64(point), "auth": _base64(browser.auth)}
        return {"endpoint": f"{base}/push/{identity}", "expirationTime": None, "keys": keys}

    async def answer(self, request: web.Request) -> web.Response:
        identity = request.match_info["subscription"]
        browser = self._browsers.get(identity)
        if browser is None or identity in self.mode.gone:
            return web.Response(status=404)
        if identity in self.mode.blocked or browser.who in self.mode.blocked:
            return web.Response(status=410)
        if not request.headers.get("Authorization", "").startswith("vapid t="):
            return web.Response(status=401)
        if "TTL" not in request.headers or request.headers.get("Content-Encoding") != "aes128gcm":
            return web.Response(status=400)
        sealed = await request.read()
        if len(sealed) > _LARGEST:
            return web.Response(status=413)
        return self._show(identity, browser, sealed)

    def _show(self, identity: str, browser: Browser, sealed: bytes) -> web.Response:
        try:
            opened = http_ece.decrypt(sealed, private_key=browser.key, auth_secret=browser.auth, version="aes128gcm")
            told = orjson.loads(opened)
        except (http_ece.ECEException, ValueError):
            return web.Response(status=400)
        number = secrets.token_hex(6)
        self.received.add(browser.who, note(str(told.get("id", number)), str(told.get("text", "")), kind="push"))
        return web.Response(status=201, headers={"Location": f"/push/{identity}/{number}"})


def _base64(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
