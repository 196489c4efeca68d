"""What `services/purchases` is asked to give to guests."""

from typing import Annotated, ClassVar

from pydantic import Field

from bezkart.contracts.command import GuestCommand
from bezkart.contracts.event import Moment

Key = Annotated[str, Field(min_length=1, max_length=200)]
Reference = Annotated[str, Field(min_length=1, max_length=120)]


class GrantBonus(GuestCommand):
    """Give a guest points that are good until `valid_until`, once for each `key`. `campaign` says what for (`<kind>:<id>:<run>`).

    A shop without points gives none, and past `valid_until` there is nothing to give.
    """

    type: ClassVar[str] = "bezkart.purchases.grant-bonus.v1"

    key: Key
    points: Annotated[int, Field(gt=0)]
    valid_until: Moment
    campaign: Reference


class GrantCoupon(GuestCommand):
    """Give a guest a coupon for the promotion (of kind `coupon`), good until `valid_until`, once for each `key`."""

    type: ClassVar[str] = "bezkart.purchases.grant-coupon.v1"

    key: Key
    coupon_id: Reference
    promotion_id: Reference
    valid_until: Moment
    campaign: Reference
