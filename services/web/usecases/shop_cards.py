"""What anybody may know of a shop: its name and its bot, asked of identity and kept for a minute."""

from dataclasses import dataclass
from time import monotonic
from typing import Any, Final
from urllib.parse import quote

import httpx

from bezkart.kernel.errors import Unavailable

KEPT_SECONDS: Final = 60.0
MOST_KEPT: Final = 2_000


@dataclass(frozen=True, slots=True)
class ShopCard:
    slug: str
    name: str
    bot_username: str | None


class ShopCards:
    """`address` is identity's internal one. A card that is too old still serves while identity does not answer."""

    def __init__(self, address: str, client: httpx.AsyncClient) -> None:
        self._address = address.rstrip("/")
        self._client = client
        self._kept: dict[str, tuple[float, ShopCard]] = {}

    async def of(self, slug: str) -> ShopCard | None:
        """None when there is no such shop. Raises Unavailable when nobody can tell."""
        kept = self._kept.get(slug)
        if kept and monotonic() - kept[0] < KEPT_SECONDS:
            return kept[1]
        try:
            card = await self._ask(slug)
        except Unavailable:
            if kept:
                return kept[1]
            raise
        if card:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[slug] = (monotonic(), card)
        return card

    async def _ask(self, slug: str) -> ShopCard | None:
        try:
            answer = await self._client.get(f"{self._address}/api/v1/shops/{quote(slug)}/card")
            if answer.status_code == httpx.codes.NOT_FOUND:
                return None
            answer.raise_for_status()
            found: dict[str, Any] = answer.json()
            return ShopCard(found["slug"], found["name"], found.get("bot_username"))
        except (httpx.HTTPError, ValueError, KeyError) as error:
            raise Unavailable from error
