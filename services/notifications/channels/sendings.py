"""The channels of this installation, each behind its breaker and its limit."""

from collections.abc import Mapping

from services.notifications.channels.breaker import Breakers
from services.notifications.channels.limits import Limits
from services.notifications.channels.port import Channel
from services.notifications.channels.sending import Sending, paces
from services.notifications.channels.settings import ChannelSettings
from services.notifications.domain.routes import WEB


class Sendings:
    """By channel. The web inbox is none of them: it has neither limit nor breaker."""

    def __init__(
        self, channels: Mapping[str, Channel], *, limits: Limits, breakers: Breakers, settings: ChannelSettings
    ) -> None:
        pace_of = paces(settings)
        self.inbox = channels[WEB]
        self.breakers = breakers
        self._channels = channels
        self._by_name = {
            name: Sending(channel, limits=limits, breakers=breakers, pace_of=pace_of)
            for name, channel in channels.items()
            if channel is not self.inbox
        }

    def of(self, channel: str) -> Sending | None:
        """None where the installation has no such channel."""
        return self._by_name.get(channel)

    async def is_open(self, channel: str, shop: str) -> bool:
        """Whether the breaker of the shop's line keeps everybody from calling."""
        sending = self.of(channel)
        return sending is not None and await self.breakers.is_open(sending.name(shop))

    async def aclose(self) -> None:
        for channel in self._channels.values():
            await channel.aclose()
