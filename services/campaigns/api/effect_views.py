"""What is answered about the effect of mailings and triggers (F34)."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class SideView(BaseModel):
    """`variant` is `a`, `b` or `holdout`. `came_back`: was leaving, rare or sleeping, and bought. Money in minor units.

    A purchase counts in the `window_days` after the delivery; of those held back after the moment when it would have been sent.
    """

    model_config = ConfigDict(from_attributes=True)

    variant: str
    guests: int
    delivered: int
    came_back: int
    bought: int
    revenue: int
    gift_cost: int


class UpliftView(BaseModel):
    """So many percent points more of one side bought; with 95 % confidence it lies between `from` and `to`."""

    model_config = ConfigDict(from_attributes=True)

    percent_points: float
    lowest: Annotated[float, Field(serialization_alias="from")]
    highest: Annotated[float, Field(serialization_alias="to")]


class EffectView(BaseModel):
    """`uplift`: those who got it over those held back; null (`not-enough-data`) under `needed` guests on either side.

    `b_over_a` compares two texts. `counting`: purchases may still come that count.
    """

    since: datetime | None
    until: datetime | None
    counting: bool
    window_days: int
    needed: int
    currency: str
    sides: list[SideView]
    uplift: UpliftView | None
    b_over_a: UpliftView | None
    verdict: Literal["enough", "not-enough-data"]


class CampaignEffectView(EffectView):
    """The effect of one mailing or trigger."""

    kind: Literal["mailing", "trigger"]
    id: str
    name: str


class EffectsView(BaseModel):
    """The newest first; `next` is the place to go on from, null at the end."""

    effects: list[CampaignEffectView]
    next: str | None
