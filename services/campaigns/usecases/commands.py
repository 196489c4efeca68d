"""The commands that campaigns gives: what a guest is told and given, and what the owner gets to look at. Keys make repeats harmless."""

from datetime import datetime, timedelta
from typing import Final

from bezkart.contracts.command import Command
from bezkart.contracts.notifications import Button, CancelCampaign, NotifyStaff, SendMessage
from bezkart.contracts.purchases import GrantBonus, GrantCoupon
from bezkart.kernel.ids import derived_id
from services.campaigns.domain.batch import Batch, Ref, message_key
from services.campaigns.domain.guest import Guest
from services.campaigns.domain.manners import UNSUBSCRIBE
from services.campaigns.domain.message import CouponOffer, PointsOffer
from services.campaigns.store.shops import Shop

POINT: Final = 100
"""Minor units."""
_UNSUBSCRIBE: Final = (Button(text="Отписаться", action=UNSUBSCRIBE),)


def values_of(guest: Guest, shop: Shop) -> dict[str, str | int]:
    """What the placeholders stand for, but the name: that is known to notifications alone."""
    program, account = shop.program, guest.account
    values: dict[str, str | int] = {f"gift_{language}": words for language, words in program.gift.items() if words}
    if program.mode != "points":
        values["stamps_left"] = account.card_size - account.stamps if account else program.cups_per_gift
    if program.mode != "stamps":
        values["points"] = account.points // POINT if account else 0
    return values


def address(batch: Batch, guest: Guest, variant: str, shop: Shop, now: datetime) -> list[Command]:
    """Everything for one guest: the gift first, the word about it after."""
    key = message_key(batch.ref, guest.id)
    values = {**values_of(guest, shop), "text": batch.message.text_of(variant)}
    if batch.message.fallback_name:
        values["fallback_name"] = batch.message.fallback_name
    message = SendMessage(
        shop=shop.slug,
        guest_id=guest.id,
        key=key,
        template="campaign",
        values=values,
        urgency="bulk",
        channels=("telegram", "web"),
        expires_at=batch.until,
        buttons=_UNSUBSCRIBE,
        campaign=f"{batch.ref}:{variant}",
    )
    return [*_gift(batch, guest.id, key, shop.slug, now), message]


def cancel(shop: str, ref: Ref) -> CancelCampaign:
    return CancelCampaign(shop=shop, campaign=str(ref))


def show_to(shop: str, staff_id: str, text: str, key: str) -> NotifyStaff:
    """A test: the words as a guest would read them, to the one who asked."""
    return NotifyStaff(shop=shop, key=key, role=staff_id, template="text", values={"text": text})


def _gift(batch: Batch, guest_id: str, key: str, shop: str, now: datetime) -> list[Command]:
    campaign = str(batch.ref)
    match batch.message.offer:
        case PointsOffer(points=points, valid_days=days):
            until = now + timedelta(days=days)
            return [
                GrantBonus(shop=shop, guest_id=guest_id, key=key, points=points, valid_until=until, campaign=campaign)
            ]
        case CouponOffer(promotion_id=promotion_id, valid_days=days):
            return [
                GrantCoupon(
                    shop=shop,
                    guest_id=guest_id,
                    key=key,
                    coupon_id=derived_id("coupon", shop, key),
                    promotion_id=promotion_id,
                    valid_until=now + timedelta(days=days),
                    campaign=campaign,
                )
            ]
    return []
