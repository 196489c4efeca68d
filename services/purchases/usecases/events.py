"""The account's changes in the words of `bezkart.contracts.purchases`."""

from typing import TypedDict

from bezkart.contracts import accounts as parts
from bezkart.contracts.event import Moment
from services.purchases.domain.account import Account
from services.purchases.domain.offers import Applied, Coupon
from services.purchases.domain.operation import NOTHING, Actor, Effect, Purchase, Referral
from services.purchases.domain.points import total
from services.purchases.domain.program import Words
from services.purchases.domain.terms import Terms


class Common(TypedDict):
    """What every event about a change that is no purchase says."""

    shop: str
    guest_id: str
    at: Moment
    actor: parts.Actor
    before: parts.AccountState
    account: parts.AccountState


def account_state(account: Account, terms: Terms) -> parts.AccountState:
    """The part of an account that other services may know, as of now."""
    net = account.wallet.net
    tier = account.tier(terms.program, terms.today)
    return parts.AccountState(
        version=account.version,
        purchases=account.purchases,
        cups=account.cups,
        stamps=account.stamps,
        card_size=account.card_size,
        gifts=account.gifts,
        spent=account.spent,
        currency=account.currency,
        first_purchase_at=account.first_purchase_at,
        last_purchase_at=account.last_purchase_at,
        points=max(0, net),
        points_owed=max(0, -net),
        tier=tier.tier if tier else None,
        gifts_locked=1 if account.live_request(terms.now) else 0,
    )


def purchase_fact(purchase: Purchase, effect: Effect = NOTHING) -> parts.Purchase:
    return parts.Purchase(
        purchase_id=purchase.id,
        at=purchase.at,
        cups=purchase.cups,
        amount=purchase.amount,
        items=purchase.items,
        terminal=purchase.terminal,
        points_earned=total(effect.earned),
        points_spent=total(effect.spent),
        bonus=total(effect.bonus),
        discount=effect.discount,
        promotions=tuple(_applied_fact(each) for each in effect.promotions),
    )


def _applied_fact(applied: Applied) -> parts.AppliedPromotion:
    return parts.AppliedPromotion(
        promotion_id=applied.promotion_id,
        version=applied.version,
        coupon_id=applied.coupon.id if applied.coupon else None,
        discount=applied.discount,
        points=applied.points,
        stamps=applied.stamps,
        free_cups=applied.free_cups,
        gift={"ru": applied.gift.ru, "en": applied.gift.en} if applied.gift else None,
        reserved_on=applied.reserved_on,
    )


def coupon_fact(coupon: Coupon) -> parts.Coupon:
    return parts.Coupon(
        coupon_id=coupon.id,
        promotion_id=coupon.promotion_id,
        valid_until=coupon.valid_until,
        campaign=coupon.campaign,
    )


def referral_fact(referral: Referral | None) -> parts.Referral | None:
    if referral is None:
        return None
    lot = referral.lot
    return parts.Referral(referrer_id=referral.referrer_id, points=lot.left, day=lot.day, expires_at=lot.expires_at)


def gift_fact(gift_id: str, words: Words) -> parts.Gift:
    return parts.Gift(gift_id=gift_id, words={"ru": words.ru, "en": words.en})


def actor_fact(actor: Actor) -> parts.Actor:
    return parts.Actor(id=actor.id, role=actor.role)


def common(shop: str, before: Account, after: Account, terms: Terms) -> Common:
    """`**common(…)` fills in what all those events share."""
    return Common(
        shop=shop,
        guest_id=after.guest_id,
        at=terms.now,
        actor=actor_fact(terms.actor),
        before=account_state(before, terms),
        account=account_state(after, terms),
    )
