"""What becomes of coupons and promotions at the till (F31), by the account's events in any order."""

from collections.abc import Iterator, Sequence

from bezkart.contracts.purchases import (
    AccountChange,
    CouponExpired,
    CouponGranted,
    PurchaseRecorded,
    PurchaseUndone,
)
from services.campaigns.store.uses import CouponNews, Use
from services.campaigns.usecases.collaborators import Campaigns


async def follow_uses(shop: str, changes: Sequence[AccountChange], service: Campaigns) -> None:
    """Harmless when repeated."""
    coupons = [news for change in changes for news in _coupons(change)]
    uses = [use for change in changes for use in _uses(change)]
    await service.uses.learn(shop, coupons, uses)


def _coupons(change: AccountChange) -> Iterator[CouponNews]:
    version = change.account.version
    match change:
        case CouponGranted() | CouponExpired():
            coupon = change.coupon
            state = "live" if isinstance(change, CouponGranted) else "expired"
            yield CouponNews(coupon.coupon_id, coupon.promotion_id, change.guest_id, version, state, coupon.valid_until)
        case PurchaseRecorded() | PurchaseUndone():
            for each in change.purchase.promotions:
                if each.coupon_id:
                    used = "used" if isinstance(change, PurchaseRecorded) else "live"
                    yield CouponNews(each.coupon_id, each.promotion_id, change.guest_id, version, used)
        case _:
            return


def _uses(change: AccountChange) -> Iterator[Use]:
    if isinstance(change, PurchaseRecorded | PurchaseUndone):
        for each in change.purchase.promotions:
            yield Use(
                change.purchase.purchase_id,
                each.promotion_id,
                change.guest_id,
                change.purchase.at,
                each.discount,
                each.points,
                undone=isinstance(change, PurchaseUndone),
            )
