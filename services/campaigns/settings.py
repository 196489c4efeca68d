"""The environment of campaigns."""

from pydantic import Field

from bezkart.kit.settings import BackboneSettings


class CampaignsSettings(BackboneSettings):
    """`tick_seconds`: how often what is due is looked at.

    `telegram_per_second`: so fast messages leave the house (notifications has the same setting); batches are handed over at that pace.
    """

    tick_seconds: float = 1.0
    telegram_per_second: float = Field(default=29.5, gt=0)
