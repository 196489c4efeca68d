"""What the events of `services/purchases` are made of: the account, the purchase, and what belongs to them."""

from typing import Literal

from bezkart.contracts.event import Fact, Moment

TierName = Literal["bronze", "silver", "gold"]


class AccountState(Fact):
    """The account after the event. `version` counts its changes from 1 without holes; money and points are in minor units.

    `spent` is money, without what was paid by points. `points_owed` is what a taken-back bonus left to be earned; then `points` is 0.
    `gifts` include the one that is locked while its code is out (`gifts_locked`).
    """

    version: int
    purchases: int
    cups: int
    stamps: int
    card_size: int
    gifts: int
    spent: int
    currency: str
    first_purchase_at: Moment | None
    last_purchase_at: Moment | None
    points: int = 0
    points_owed: int = 0
    tier: TierName | None = None
    gifts_locked: int = 0


class Actor(Fact):
    """Who did it: a staff id and the role it had."""

    id: str
    role: str


class AppliedPromotion(Fact):
    """What a promotion gave with a purchase: off the bill (`discount`, minor units), points, stamps, cups not paid, a gift by language.

    `coupon_id` is the coupon it took. `reserved_on` (the ordinal of the shop's day) is where a use counts that others may want as well.
    """

    promotion_id: str
    version: int
    coupon_id: str | None = None
    discount: int = 0
    points: int = 0
    stamps: int = 0
    free_cups: int = 0
    gift: dict[str, str] | None = None
    reserved_on: int | None = None


class Purchase(Fact):
    """One purchase. `amount` is the bill in minor units of the shop's currency, None when the till did not say.

    Of the bill `discount` was taken off by `promotions` and `points_spent` was paid by points: money = amount - discount - points_spent.
    `points_earned` include those of promotions; `bonus` is what a referred guest got on top.
    """

    purchase_id: str
    at: Moment
    cups: int
    amount: int | None = None
    items: tuple[str, ...] = ()
    terminal: str | None = None
    points_earned: int = 0
    points_spent: int = 0
    bonus: int = 0
    discount: int = 0
    promotions: tuple[AppliedPromotion, ...] = ()


class Referral(Fact):
    """What the friend who brought the guest gets for this purchase: points earned on the shop's day that began at `day`."""

    referrer_id: str
    points: int
    day: Moment
    expires_at: Moment


class Gift(Fact):
    """One gift that is on its way to the guest; `words` say what it is, by language."""

    gift_id: str
    words: dict[str, str]


class Coupon(Fact):
    """A guest's right to one use of a promotion until `valid_until`; `campaign` is what gave it."""

    coupon_id: str
    promotion_id: str
    valid_until: Moment
    campaign: str


class Tier(Fact):
    """From `spend` (money of the last 365 days, minor units) a purchase earns `rate` hundredths of a percent."""

    tier: TierName
    spend: int
    rate: int
