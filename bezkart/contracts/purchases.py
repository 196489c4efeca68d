"""What `services/purchases` tells the others."""

from typing import ClassVar, Final, Literal, get_args

from bezkart.contracts.event import Event, Fact, GuestEvent, Moment

TierName = Literal["bronze", "silver", "gold"]
BonusKind = Literal["welcome", "birthday", "referral", "campaign"]
ReleaseReason = Literal["cancelled", "expired", "attempts"]


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


class PurchaseRecorded(GuestEvent):
    """A barista recorded a purchase."""

    type: ClassVar[str] = "bezkart.purchases.purchase-recorded.v1"

    purchase: Purchase
    actor: Actor
    before: AccountState
    account: AccountState
    referral: Referral | None = None


class PurchaseUndone(GuestEvent):
    """A purchase was taken back; `purchase` is the one that no longer counts."""

    type: ClassVar[str] = "bezkart.purchases.purchase-undone.v1"

    purchase: Purchase
    undone_at: Moment
    actor: Actor
    before: AccountState
    account: AccountState
    referral: Referral | None = None


class PurchasesImported(GuestEvent):
    """Past purchases of one guest came from an older system, oldest first; `stamped` says whether their cups filled the card."""

    type: ClassVar[str] = "bezkart.purchases.purchases-imported.v1"

    purchases: tuple[Purchase, ...]
    imported_at: Moment
    actor: Actor
    before: AccountState
    account: AccountState
    stamped: bool = True


class AccountEvent(GuestEvent):
    """A change of an account that is no purchase."""

    at: Moment
    actor: Actor
    before: AccountState
    account: AccountState


class Gift(Fact):
    """One gift that is on its way to the guest; `words` say what it is, by language."""

    gift_id: str
    words: dict[str, str]


class GiftRequested(AccountEvent):
    """A gift is locked and a code for it is on its way, the `sends`-th; the code is good until `until`."""

    type: ClassVar[str] = "bezkart.purchases.gift-requested.v1"

    gift: Gift
    until: Moment
    sends: int


class GiftReleased(AccountEvent):
    """A requested gift is the guest's again, not issued."""

    type: ClassVar[str] = "bezkart.purchases.gift-released.v1"

    gift: Gift
    reason: ReleaseReason


class GiftIssued(AccountEvent):
    """The guest got a gift, by the code, by the guest's own offline code, or by the owner's override; `note` is why."""

    type: ClassVar[str] = "bezkart.purchases.gift-issued.v1"

    gift: Gift
    way: Literal["code", "override", "offline-code"]
    note: str = ""


class GiftIssueUndone(AccountEvent):
    """A gift was not handed over after all: it is the guest's again."""

    type: ClassVar[str] = "bezkart.purchases.gift-issue-undone.v1"

    gift: Gift


class GuestReferred(AccountEvent):
    """A new guest said who brought him or her."""

    type: ClassVar[str] = "bezkart.purchases.guest-referred.v1"

    referrer_id: str


class BonusGranted(AccountEvent):
    """Points beyond purchases; `campaign` is what sent them, where one did."""

    type: ClassVar[str] = "bezkart.purchases.bonus-granted.v1"

    bonus: BonusKind
    points: int
    campaign: str | None = None


class BonusRevoked(AccountEvent):
    """A bonus was taken back, because the purchase it was for was undone."""

    type: ClassVar[str] = "bezkart.purchases.bonus-revoked.v1"

    bonus: BonusKind
    points: int


class Coupon(Fact):
    """A guest's right to one use of a promotion until `valid_until`; `campaign` is what gave it."""

    coupon_id: str
    promotion_id: str
    valid_until: Moment
    campaign: str


class CouponGranted(AccountEvent):
    """The guest got a coupon."""

    type: ClassVar[str] = "bezkart.purchases.coupon-granted.v1"

    coupon: Coupon


class CouponExpired(AccountEvent):
    """A coupon that was not used in time is gone."""

    type: ClassVar[str] = "bezkart.purchases.coupon-expired.v1"

    coupon: Coupon


class PointsAdjusted(AccountEvent):
    """The owner corrected the points; `points` is signed, `note` is why."""

    type: ClassVar[str] = "bezkart.purchases.points-adjusted.v1"

    points: int
    note: str


class PointsExpiring(AccountEvent):
    """`points` will expire at `expires_at`; said once for each lot."""

    type: ClassVar[str] = "bezkart.purchases.points-expiring.v1"

    points: int
    expires_at: Moment


class PointsExpired(AccountEvent):
    """Points that were not spent in time are gone."""

    type: ClassVar[str] = "bezkart.purchases.points-expired.v1"

    points: int


class Tier(Fact):
    """From `spend` (money of the last 365 days, minor units) a purchase earns `rate` hundredths of a percent."""

    tier: TierName
    spend: int
    rate: int


class ProgramChanged(Event):
    """The shop's conditions, the whole of them; applied if `version` is newer.

    `gift` and `conditions` are words for the guest by language (`ru`, `en`).
    """

    type: ClassVar[str] = "bezkart.purchases.program-changed.v1"

    version: int
    mode: Literal["stamps", "points", "both"]
    cups_per_gift: int
    gift: dict[str, str]
    tiers: tuple[Tier, ...]
    max_share: int
    valid_days: int
    warn_days: int
    welcome: int
    birthday: int
    referral_friend: int
    referral_referrer: int
    conditions: dict[str, str]
    at: Moment
    actor: Actor


AccountChange = (
    PurchaseRecorded
    | PurchaseUndone
    | PurchasesImported
    | GiftRequested
    | GiftReleased
    | GiftIssued
    | GiftIssueUndone
    | GuestReferred
    | BonusGranted
    | BonusRevoked
    | CouponGranted
    | CouponExpired
    | PointsAdjusted
    | PointsExpiring
    | PointsExpired
)
ACCOUNT_CHANGES: Final[tuple[type[AccountChange], ...]] = get_args(AccountChange)
"""Every event that raises an account's version: whoever counts versions listens to all of them."""

EntryKind = Literal["earn", "bonus", "redeem", "adjust", "reverse", "expire"]
