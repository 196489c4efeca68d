"""What one purchase earns and what of it may be paid by points (F15). Pure."""

from datetime import datetime, timedelta
from typing import Final

from bezkart.kernel.calendar import ShopCalendar
from services.purchases.domain.errors import AmountNeeded, PointsNotEnough, PointsOff, PointsOverShare
from services.purchases.domain.offers import Applied
from services.purchases.domain.operation import Effect, Purchase, Referral
from services.purchases.domain.points import Lot, Origin, Wallet
from services.purchases.domain.program import RATE_UNIT, Program, Tier

_PERCENT: Final = 100


def new_lot(origin: Origin, points: int, now: datetime, program: Program, calendar: ShopCalendar) -> Lot:
    """Points earned now: good for `valid_days` whole days of the shop after today."""
    today = calendar.day(now)
    last = today + timedelta(days=program.points.valid_days)
    return Lot(calendar.midnight(today), calendar.end(last), origin, points)


def effect_of(
    purchase: Purchase,
    spend_points: int,
    *,
    wallet: Wallet,
    tier: Tier | None,
    referred_by: str | None,
    applied: tuple[Applied, ...],
    program: Program,
    calendar: ShopCalendar,
) -> Effect:
    """Points are earned on the part paid in money, by the tier before this purchase, rounded down; promotions add to that.

    `referred_by` is given for a first purchase only. Raises PointsOff, AmountNeeded, PointsOverShare, PointsNotEnough.
    """

    def lots(origin: Origin, points: int) -> tuple[Lot, ...]:
        return (new_lot(origin, points, purchase.at, program, calendar),) if points else ()

    bill = (purchase.amount or 0) - sum(each.discount for each in applied)
    if spend_points:
        _check_payment(purchase, bill, spend_points, wallet, program)
    money = bill - spend_points
    referral, bonus = None, 0
    if referred_by and program.gives_points:
        bonus = program.points.referral_friend
        for lot in lots("referral", program.points.referral_referrer):
            referral = Referral(referred_by, lot)
    return Effect(
        stamps=purchase.cups + sum(each.stamps for each in applied) if program.gives_stamps else 0,
        earned=(
            *lots("purchase", money * tier.rate // RATE_UNIT if tier else 0),
            *lots("promotion", sum(each.points for each in applied)),
        ),
        bonus=lots("referral", bonus),
        spent=wallet.oldest(spend_points, purchase.at),
        introduced=referred_by is not None,
        referral=referral,
        promotions=applied,
    )


def _check_payment(purchase: Purchase, bill: int, points: int, wallet: Wallet, program: Program) -> None:
    """`bill` is what promotions left of the amount."""
    if not program.gives_points:
        raise PointsOff
    if purchase.amount is None:
        raise AmountNeeded(pointer="/amount")
    if points > (most := bill * program.points.max_share // _PERCENT):
        raise PointsOverShare(pointer="/spend_points", max_points=most)
    if points > (available := wallet.spendable(purchase.at)):
        raise PointsNotEnough(available=available)
