"""For the demo: every inbox message is also shown where the page of phones stands in for the guests' browsers."""

import structlog
from orjson import dumps

from services.notifications.channels.http import Wire
from services.notifications.channels.port import Channel, Outgoing, ProviderDown, Receipt

log = structlog.get_logger("bezkart.notifications")


class Mirrored:
    """The channel it wraps, and a copy of what went through it to `address`; a lost copy is no failure."""

    def __init__(self, channel: Channel, *, address: str, seconds: float = 1.0) -> None:
        self.name, self.provider = channel.name, channel.provider
        self._channel = channel
        self._wire = Wire(address, seconds=seconds)

    def account(self, shop: str) -> str:
        return self._channel.account(shop)

    async def send(self, outgoing: Outgoing) -> Receipt:
        receipt = await self._channel.send(outgoing)
        copy = {"id": outgoing.message_id, "shop": outgoing.shop, "to": outgoing.address, "text": outgoing.text}
        try:
            await self._wire.post("", dumps(copy), {"Content-Type": "application/json"})
        except ProviderDown as error:
            log.info("inbox_mirror_missed", reason=error.reason)
        return receipt

    async def check(self, shop: str) -> None:
        await self._channel.check(shop)

    async def aclose(self) -> None:
        await self._wire.aclose()
        await self._channel.aclose()
