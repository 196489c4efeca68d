"""What becomes of coupons and promotions at the till (F31), by the account's events in any order."""

from collections.abc import Iterator, Sequence

from bezkart.contracts.purchases import AccountChange, CouponExpired, CouponGranted, PurchaseRecorded, PurchaseUndone
from services.campaigns.store.uses import CouponNews, CouponState, Use
from services.campaigns.usecases.collaborators import Campaigns


async def follow_uses(shop: str, changes: Sequence[AccountChange], service: Campaigns) -> None:
    """Harmless when repeated."""
    coupons = [news for change in changes for news in _coupons(change)]
    uses = [use for change in changes for use in _uses(change)]
    if not (coupons or uses):
        return
    await service.uses.learn(shop, coupons, uses)
    guests = await service.guests.load_many(shop, {change.guest_id for change in changes})
    for guest_id, guest in guests.items():  # after the write: whichever comes last, this or the erasure, sees the other
        if guest.erased:
            await service.uses.erase(shop, guest_id)


def _coupons(change: AccountChange) -> Iterator[CouponNews]:
    guest, version = change.guest_id, change.account.version
    match change:
        case CouponGranted(coupon=coupon):
            yield CouponNews(coupon.coupon_id, coupon.promotion_id, guest, version, "live", coupon.valid_until)
        case CouponExpired(coupon=coupon):
            yield CouponNews(coupon.coupon_id, coupon.promotion_id, guest, version, "expired", coupon.valid_until)
        case PurchaseRecorded(purchase=purchase) | PurchaseUndone(purchase=purchase):
            state: CouponState = "used" if isinstance(change, PurchaseRecorded) else "live"
            for each in purchase.promotions:
                if each.coupon_id:
                    yield CouponNews(each.coupon_id, each.promotion_id, guest, version, state)
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
