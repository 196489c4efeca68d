"""What a guest may use, and has used, of promotions (F31): coupons, how often each was applied, what was granted. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from services.purchases.domain.program import Words

MOST_COUPONS: Final = 100  # a guest's document stays small


@dataclass(frozen=True, slots=True)
class Coupon:
    """The right to one use of a promotion until `valid_until`; `campaign` is what gave it."""

    id: str
    promotion_id: str
    valid_until: datetime
    campaign: str


@dataclass(frozen=True, slots=True)
class Applied:
    """What a promotion gave with one purchase, of which the bill is less by `discount`; money and points in minor units.

    `coupon` is the one it took. `reserved_on` (the ordinal of the shop's day) is where the use counts against limits that guests share.
    """

    promotion_id: str
    version: int
    coupon: Coupon | None = None
    discount: int = 0
    points: int = 0
    stamps: int = 0
    free_cups: int = 0
    gift: Words | None = None
    reserved_on: int | None = None

    @property
    def nothing(self) -> bool:
        return not (self.discount or self.points or self.stamps or self.free_cups or self.gift)


@dataclass(frozen=True, slots=True)
class Offers:
    """`coupons` in the order in which they end. `used` counts the purchases a promotion was applied to.

    `granted` are the keys of what campaigns gave, each as long as the grant was good: afterwards it would give nothing anyway.
    """

    coupons: tuple[Coupon, ...] = ()
    used: dict[str, int] = field(default_factory=dict)
    granted: dict[str, datetime] = field(default_factory=dict)

    def coupon_for(self, promotion_id: str, now: datetime) -> Coupon | None:
        """The one that ends first."""
        good = (each for each in self.coupons if each.promotion_id == promotion_id and each.valid_until > now)
        return next(good, None)

    def after(self, applied: Iterable[Applied]) -> "Offers":
        """With these promotions used."""
        coupons, used = self.coupons, dict(self.used)
        for each in applied:
            used[each.promotion_id] = used.get(each.promotion_id, 0) + 1
            coupons = tuple(coupon for coupon in coupons if coupon != each.coupon)
        return replace(self, coupons=coupons, used=used)

    def before(self, applied: Iterable[Applied]) -> "Offers":
        """With these promotions not used after all."""
        coupons, used = self.coupons, dict(self.used)
        for each in applied:
            used[each.promotion_id] = used.get(each.promotion_id, 0) - 1
            coupons = _ordered((*coupons, each.coupon)) if each.coupon else coupons
        return replace(self, coupons=coupons, used={name: uses for name, uses in used.items() if uses > 0})

    def remembering(self, key: str, valid_until: datetime, now: datetime) -> "Offers | None":
        """With the grant noted; None when it was made before, or is not good any more."""
        if valid_until <= now or key in self.granted:
            return None
        live = {name: until for name, until in self.granted.items() if until > now}
        return replace(self, granted=live | {key: valid_until})

    def holding(self, coupon: Coupon) -> "Offers":
        """With one coupon more."""
        return replace(self, coupons=_ordered((*self.coupons, coupon)))

    def expired(self, now: datetime) -> Coupon | None:
        """The first coupon whose time is over."""
        return next((each for each in self.coupons if each.valid_until <= now), None)

    def without(self, coupon: Coupon) -> "Offers":
        return replace(self, coupons=tuple(each for each in self.coupons if each != coupon))

    @property
    def earliest_expiry(self) -> datetime | None:
        return self.coupons[0].valid_until if self.coupons else None


NO_OFFERS: Final = Offers()


def _ordered(coupons: Iterable[Coupon]) -> tuple[Coupon, ...]:
    return tuple(sorted(coupons, key=lambda each: (each.valid_until, each.id)))
