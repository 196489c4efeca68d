"""A web process without sockets: requests go straight into the application, signed in by a key of the test's own."""

import asyncio
import json
from collections.abc import Callable
from time import time

import httpx
import pytest
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import OKPKey

from bezkart.kit.auth import ALGORITHM, Caller, Role, claims_of
from services.web.app import build
from services.web.settings import WebSettings

TokenFor = Callable[[Role], dict[str, str]]


@pytest.fixture(scope="session")
def signing_key() -> OKPKey:
    return OKPKey.generate_key("Ed25519", {"kid": "test", "alg": ALGORITHM})


class Web:
    """Asks the application; follows no redirects, as where a visitor is led is what the tests look at."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    def get(self, address: str, headers: dict[str, str] | None = None) -> httpx.Response:
        return asyncio.run(self._get(address, {"Accept": "text/html", **(headers or {})}))

    async def _get(self, address: str, headers: dict[str, str]) -> httpx.Response:
        transport = httpx.ASGITransport(self._app)
        async with httpx.AsyncClient(transport=transport, base_url="http://web", headers=headers) as client:
            return await client.get(address)


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
    )
    return Web(build(settings))


@pytest.fixture(scope="session")
def signed_in(signing_key: OKPKey) -> TokenFor:
    """Headers as the gateway sends them for a role in the shop `demo`."""

    def headers(role: Role) -> dict[str, str]:
        caller = Caller("s_1", role, "x_1", "demo", "Europe/Moscow", "RUB", "pro", by_cookie=True)
        claims = claims_of(caller, expires=int(time()) + 60)
        token = jwt.encode({"alg": ALGORITHM, "kid": "test"}, claims, signing_key, algorithms=[ALGORITHM])
        return {"Authorization": f"Bearer {token}"}

    return headers
