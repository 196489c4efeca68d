"""Audiences as they are asked for and answered (F30, F35)."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bezkart.kernel.promotion import SegmentName
from services.campaigns.api.offers import HoldoutPercent, OfferBody
from services.campaigns.domain.audience import Audience, Range, SavedAudience

TierName = Literal["bronze", "silver", "gold"]
Whole = Annotated[int, Field(ge=0, le=36_500)]
Item = Annotated[str, Field(min_length=1, max_length=100)]


class RangeBody(BaseModel):
    """Both ends belong to it; null is no end."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    min: Whole | None = None
    max: Whole | None = None

    @model_validator(mode="after")
    def _ordered(self) -> "RangeBody":
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("min is greater than max")
        return self


class AudienceBody(BaseModel):
    """Conditions that all hold; what is empty asks nothing. `{"saved": id}` alone is a saved audience, as it is at launch."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    segments: Annotated[list[SegmentName], Field(max_length=5)] = []
    last_purchase_days: RangeBody | None = None
    purchases: RangeBody | None = None
    registered_days: RangeBody | None = None
    tiers: Annotated[list[TierName], Field(max_length=3)] = []
    favourites: Annotated[list[Item], Field(max_length=20)] = []
    reachable_by: Literal["telegram"] | None = None
    saved: Annotated[str | None, Field(max_length=100)] = None

    def value(self) -> Audience:
        return Audience(
            segments=tuple(self.segments),
            last_purchase_days=_range(self.last_purchase_days),
            purchases=_range(self.purchases),
            registered_days=_range(self.registered_days),
            tiers=tuple(self.tiers),
            favourites=tuple(self.favourites),
            reachable_by=self.reachable_by,
        )


class SavedAudienceBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=80)]
    audience: AudienceBody


class SavedAudienceView(BaseModel):
    id: str
    name: str
    audience: AudienceBody


class SavedAudiencesView(BaseModel):
    audiences: list[SavedAudienceView]


class EstimateBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    audience: AudienceBody
    offer: OfferBody | None = None
    holdout_percent: HoldoutPercent = 10


class ReachableView(BaseModel):
    """By the channel that a message goes by first; whoever has Telegram finds a copy on his page as well."""

    telegram: int
    web: int


class EstimateView(BaseModel):
    """`audience` guests fulfil the conditions; of each excluded one the first reason is told (`no-consent`, `unreachable`, `frequency`).

    `holdout` get nothing, to see what would have been; `will_get` is what a launch asks to be confirmed (`expected`). Marketing never
    goes by SMS: `sms_cost` is 0. `gift_cost_max` in minor units is null where a coupon's cost shows at the till only. `quiet_until`:
    it is quiet at the moment, a mailing launched now is sent then.
    """

    audience: int
    reachable: ReachableView
    excluded: dict[str, int]
    holdout: int
    will_get: int
    sms_cost: int
    gift_cost_max: int | None
    quiet_until: datetime | None


def audience_view(audience: Audience, saved: str | None = None) -> AudienceBody:
    view = AudienceBody.model_validate(audience)
    return view.model_copy(update={"saved": saved})


def _range(body: RangeBody | None) -> Range | None:
    return Range(body.min, body.max) if body else None


def saved_view(saved: SavedAudience) -> SavedAudienceView:
    return SavedAudienceView(id=saved.id, name=saved.name, audience=audience_view(saved.audience))
