"""What `services/campaigns` tells the others."""

from typing import ClassVar, Literal

from bezkart.contracts.event import Event, Moment
from bezkart.kernel.promotion import Rule

PromotionState = Literal["active", "paused", "ended"]


class PromotionChanged(Event):
    """A promotion and all of its rule, applied if `version` is newer. An ended one never comes back."""

    type: ClassVar[str] = "bezkart.campaigns.promotion-changed.v1"

    promotion_id: str
    version: int
    state: PromotionState
    rule: Rule
    at: Moment
