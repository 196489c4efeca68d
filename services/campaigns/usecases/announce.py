"""Tell open pages that something moved; they read what."""

from typing import Final

from services.campaigns.usecases.collaborators import Campaigns

_TOPIC: Final = "campaigns:live:"


def live_topic(shop: str) -> str:
    return f"{_TOPIC}{shop}"


async def announce(shop: str, mailing_id: str, service: Campaigns) -> None:
    """A missed one is only a missed hint."""
    await service.live.publish(live_topic(shop), mailing_id)
