"""What campaigns give to a guest (F31): points that end early, coupons; and a coupon's end by time. Pure.

A function that answers None found nothing to do: it was done before, is over, or the program knows no points.
"""

from dataclasses import replace

from services.purchases.domain.account import Account
from services.purchases.domain.offers import MOST_COUPONS, Coupon
from services.purchases.domain.operation import Effect, Operation, Purchase
from services.purchases.domain.points import Lot
from services.purchases.domain.terms import Terms


def grant_bonus(account: Account, key: str, lot: Lot, terms: Terms) -> Account | None:
    """Points of a campaign, once for each `key`."""
    offers = account.offers.remembering(key, lot.expires_at, terms.now)
    if offers is None or not terms.program.gives_points:
        return None
    about = Purchase("campaign", terms.now, cups=0)
    effect = Effect(earned=(lot,), reason="campaign")
    line = Operation("bonus", terms.now, about, terms.actor.id, terms.actor.role, effect=effect)
    granted = replace(account, offers=offers, wallet=account.wallet.moved((lot,)))
    return granted.advanced((line, *account.operations), terms.now, terms.program, terms.calendar)


def grant_coupon(account: Account, key: str, coupon: Coupon, terms: Terms) -> Account | None:
    """A coupon, once for each `key`."""
    offers = account.offers.remembering(key, coupon.valid_until, terms.now)
    if offers is None or len(offers.coupons) >= MOST_COUPONS:
        return None
    return _quietly(replace(account, offers=offers.holding(coupon)), terms)


def expire_coupon(account: Account, coupon: Coupon, terms: Terms) -> Account:
    """Without a coupon whose time is over."""
    return _quietly(replace(account, offers=account.offers.without(coupon)), terms)


def _quietly(account: Account, terms: Terms) -> Account:
    return account.advanced(account.operations, terms.now, terms.program, terms.calendar, entries=0)
