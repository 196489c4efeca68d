"""What mailings and triggers say and give: the same fields for both."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from bezkart.kernel.promotion import MAX_MONEY

MessageText = Annotated[
    str,
    Field(
        min_length=1,
        max_length=2000,
        description="Placeholders {name}, {stamps_left}, {points}, {gift}; a part in [ ] is left out where one of its values is missing.",
    ),
]
FallbackName = Annotated[str, Field(max_length=60, description="For guests whose name is not known")]
HoldoutPercent = Annotated[
    int, Field(ge=0, le=50, description="So many of a hundred get nothing, to see what would have been")
]
ValidDays = Annotated[int, Field(ge=1, le=365)]


class PointsOffer(BaseModel):
    """Points, in minor units, that expire after so many days."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    kind: Literal["points"]
    points: Annotated[int, Field(ge=1, le=MAX_MONEY)]
    valid_days: ValidDays = 14


class CouponOffer(BaseModel):
    """A personal coupon of a promotion of the kind `coupon`."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    kind: Literal["coupon"]
    promotion_id: Annotated[str, Field(min_length=1, max_length=100)]
    valid_days: ValidDays = 30


OfferBody = Annotated[PointsOffer | CouponOffer, Field(discriminator="kind")]
