"""The web inbox: a copy in our own store, and a hint to whoever has the page open right now.

A copy that is stored is delivered. The hint is best effort: a page that opens later reads the store.
"""

from typing import Final, Protocol

import orjson
import structlog
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from bezkart.kit.live import LiveUpdates
from services.notifications.channels.port import Outgoing, ProviderDown, Receipt
from services.notifications.channels.text import refuse_text

log = structlog.get_logger("bezkart.notifications")

MAX_LENGTH: Final = 8000


class Copies(Protocol):
    """Where the guest's messages are kept."""

    async def put(self, outgoing: Outgoing) -> None:
        """Keep the text for the guest `outgoing.address`; the same `message_id` again changes nothing."""


def live_topic(shop: str, guest_id: str) -> str:
    """The topic of `kit.live` on which a guest's open page listens."""
    return f"notifications:inbox:{shop}:{guest_id}"


class Inbox:
    name = "web"
    provider = "inbox"

    def __init__(self, *, copies: Copies, live: LiveUpdates) -> None:
        self._copies = copies
        self._live = live

    def account(self, shop: str) -> str:
        return "main"

    async def send(self, outgoing: Outgoing) -> Receipt:
        refuse_text(outgoing.text, longest=MAX_LENGTH)
        try:
            await self._copies.put(outgoing)
        except PyMongoError as error:
            # The same id again is the same copy, so a repeat is never a duplicate.
            raise ProviderDown("store-away", may_have_sent=False, detail=type(error).__name__) from None
        hint = orjson.dumps({"id": outgoing.message_id, "text": outgoing.text}).decode()
        try:
            await self._live.publish(live_topic(outgoing.shop, outgoing.address), hint)
        except RedisError as error:
            log.info("inbox_hint_lost", error=type(error).__name__)
        return Receipt(provider_id=None, cost=0)

    async def check(self, shop: str) -> None:
        """The store's own health is watched elsewhere."""

    async def aclose(self) -> None:
        """It holds nothing of its own."""
