"""What `services/purchases` is asked to do, and what it tells the others."""

from typing import Annotated, ClassVar, Final, Literal, get_args

from pydantic import Field

from bezkart.contracts.accounts import AccountState, Actor, Coupon, Gift, Purchase, Referral, Tier
from bezkart.contracts.command import GuestCommand
from bezkart.contracts.event import Event, GuestEvent, Moment

BonusKind = Literal["welcome", "birthday", "referral", "campaign"]
ReleaseReason = Literal["cancelled", "expired", "attempts"]
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
