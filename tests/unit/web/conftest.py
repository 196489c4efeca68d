"""A web process without sockets: requests go straight into the application, signed in by a key of the test's own."""

import asyncio
import json
from collections.abc import Callable
from time import time
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import OKPKey

from bezkart.kit.auth import ALGORITHM, Caller, Role, claims_of
from services.web.app import build
from services.web.settings import WebSettings

TokenFor = Callable[..., dict[str, str]]
OWNER_PAGES = (
    "/owner",
    "/owner/segments",
    "/owner/mailings",
    "/owner/promotions",
    "/owner/triggers",
    "/owner/effect",
    "/owner/feedback",
    "/owner/reports",
    "/owner/program",
    "/owner/channels",
    "/owner/staff",
)


@pytest.fixture(scope="session")
def signing_key() -> OKPKey:
    return OKPKey.generate_key("Ed25519", {"kid": "test", "alg": ALGORITHM})


class Web:
    """Asks the application; follows no redirects, as where a visitor is led is what the tests look at."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    def get(self, address: str, headers: dict[str, str] | None = None) -> httpx.Response:
        return asyncio.run(self._ask("GET", address, {"Accept": "text/html", **(headers or {})}))

    def post(self, address: str, body: object, headers: dict[str, str] | None = None) -> httpx.Response:
        return asyncio.run(self._ask("POST", address, headers or {}, json=body))

    async def _ask(self, method: str, address: str, headers: dict[str, str], **more: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self._app)
        async with httpx.AsyncClient(transport=transport, base_url="http://web", headers=headers) as client:
            return await client.request(method, address, **more)


@pytest.fixture(scope="session")
def web(signing_key: OKPKey) -> Web:
    settings = WebSettings(
        env="demo",
        jwt_public_jwks=json.dumps({"keys": [signing_key.as_dict(private=False)]}),
        identity_url="http://identity",
        purchases_url="http://purchases",
        segments_url="http://segments",
        notifications_url="http://notifications",
        feedback_url="http://feedback",
        campaigns_url="http://campaigns",
        reports_url="http://reports",
    )
    return Web(build(settings, others=httpx.MockTransport(identity)))


def identity(request: httpx.Request) -> httpx.Response:
    """It knows one shop, `demo`; asked for `away` it does not answer."""
    slug = request.url.path.split("/")[-2]
    if slug == "away":
        raise httpx.ConnectError("nobody there", request=request)
    if slug != "demo":
        return httpx.Response(404)
    return httpx.Response(200, json={"slug": slug, "name": "Кофейня «Проба»", "bot_username": "demo_bot"})


@pytest.fixture(scope="session")
def signed_in(signing_key: OKPKey) -> TokenFor:
    """Headers as the gateway sends them for a role in the shop `demo`."""

    def headers(role: Role, plan: str = "pro") -> dict[str, str]:
        caller = Caller("s_1", role, "x_1", "demo", "Europe/Moscow", "RUB", plan, by_cookie=True)
        claims = claims_of(caller, expires=int(time()) + 60)
        token = jwt.encode({"alg": ALGORITHM, "kid": "test"}, claims, signing_key, algorithms=[ALGORITHM])
        return {"Authorization": f"Bearer {token}"}

    return headers
