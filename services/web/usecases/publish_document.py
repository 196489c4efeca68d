"""Fetch the services' OpenAPI documents and publish them as one, kept for a minute."""

import asyncio
from collections.abc import Mapping
from time import monotonic
from typing import Any, Final

import httpx

from bezkart.kernel.errors import Unavailable
from services.web.domain.api_document import Document, merge

KEPT_SECONDS: Final = 60.0
_TITLE: Final = "BezKart API"
_VERSION: Final = "1"


class ApiDocument:
    """The merged document. `services` maps a service's name to its internal base address."""

    def __init__(self, services: Mapping[str, str], client: httpx.AsyncClient) -> None:
        self._services = services
        self._client = client
        self._merged: Document | None = None
        self._fetched_at = 0.0
        self._lock = asyncio.Lock()

    async def current(self) -> Document:
        """Raises Unavailable when a service does not answer and nothing fresh is kept."""
        async with self._lock:
            if self._merged is None or monotonic() - self._fetched_at > KEPT_SECONDS:
                documents = await asyncio.gather(*(self._fetch(address) for address in self._services.values()))
                self._merged = merge(dict(zip(self._services, documents, strict=True)), title=_TITLE, version=_VERSION)
                self._fetched_at = monotonic()
            return self._merged

    async def _fetch(self, address: str) -> Document:
        try:
            answer = await self._client.get(f"{address.rstrip('/')}/openapi.json")
            answer.raise_for_status()
            document: Any = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise Unavailable from error
        return dict(document)
