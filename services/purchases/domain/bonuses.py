"""Points beyond purchases: welcome, referral, the owner's corrections; and their end by time (F15). Pure.

A function that answers None found nothing to do: what it was told was known, or the program gives nothing for it.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from services.purchases.domain.account import Account, Brought
from services.purchases.domain.earning import new_lot
from services.purchases.domain.errors import (
    PointsNotEnough,
    PointsOff,
    ReferralOwn,
    ReferralSetBefore,
    ReferralTooLate,
)
from services.purchases.domain.operation import Effect, Operation, OperationKind, Purchase
from services.purchases.domain.points import Lot, opposite, total
from services.purchases.domain.terms import Terms

MOST_FRIENDS: Final = 200  # a guest's document stays small; who brings more is the owner's friend already


def refer(account: Account, referrer_id: str, terms: Terms) -> Account:
    """The guest was brought by another one. Raises ReferralOwn, ReferralSetBefore, ReferralTooLate."""
    if referrer_id == account.guest_id:
        raise ReferralOwn
    if account.referred_by is not None:
        raise ReferralSetBefore
    if account.purchases:
        raise ReferralTooLate
    referred = replace(account, referred_by=referrer_id, awaits_bonus=True)
    return _advanced(referred, terms, (), entries=0)


def welcome(account: Account, terms: Terms) -> Account | None:
    """The bonus for registering, once."""
    points = terms.program.points.welcome
    if account.welcomed or not points or not terms.program.gives_points:
        return None
    lot = new_lot("welcome", points, terms.now, terms.program, terms.calendar)
    return _moved(replace(account, welcomed=True), "bonus", "welcome", (lot,), terms)


def learn_friend(account: Account, friend_id: str, version: int, lot: Lot | None, terms: Terms) -> Account | None:
    """What version `version` of a friend's account says of the bonus for bringing him or her: a lot, or none (any more).

    Applied if newer, so repeated and reordered news of the friend's first purchase and its undo come to the same.
    """
    known = next((each for each in account.brought if each.friend_id == friend_id), None)
    if known is not None and version <= known.version:
        return None
    if known is None and len(account.brought) >= MOST_FRIENDS:
        return None
    before = (Lot(known.day, known.expires_at, "referral", known.points),) if known and known.points else ()
    after = (lot,) if lot else ()
    place = lot or (before[0] if before else None)
    if place is None:  # an undo that overtook its purchase: only the version is worth remembering
        place = Lot(terms.now, terms.now, "referral", 0)
    brought = Brought(friend_id, version, place.day, place.expires_at, total(after))
    others = tuple(each for each in account.brought if each.friend_id != friend_id)
    taken = account.wallet.returned(before, terms.now)
    lots = (*after, *opposite(taken))
    kind: OperationKind = "revoke" if total(lots) < 0 else "bonus"
    return _moved(replace(account, brought=(*others, brought)), kind, "referral", lots, terms)


def adjust(account: Account, points: int, terms: Terms, *, adjustment_id: str) -> Account:
    """The owner's correction; taking away takes the oldest points. Raises PointsNotEnough, PointsOff."""
    if points > 0 and not terms.program.gives_points:
        raise PointsOff
    if points < 0 and -points > (available := account.wallet.spendable(terms.now)):
        raise PointsNotEnough(available=available)
    if points > 0:
        lots: tuple[Lot, ...] = (new_lot("adjust", points, terms.now, terms.program, terms.calendar),)
    else:
        lots = opposite(account.wallet.oldest(-points, terms.now))
    return _moved(account, "adjust", "adjust", lots, terms, subject=adjustment_id)


def expire(account: Account, terms: Terms) -> Account | None:
    """Without the points whose days are over."""
    wallet, lost = account.wallet.expired(terms.now)
    if wallet == account.wallet:
        return None
    effect = Effect(spent=_standing_for(account, lost), reason="expire")
    lines = (_line("expire", effect, terms, subject="expiry"),) if lost else ()
    return _advanced(replace(account, wallet=wallet), terms, lines, entries=len(lines))


def warn(account: Account, terms: Terms) -> tuple[Account, tuple[Lot, ...]]:
    """The account that knows the guest was warned, and the lots that are about to expire; none where it is too early.

    One warning covers twice the time of the warning, so a daily guest is not warned daily.
    """
    ahead = timedelta(days=terms.program.points.warn_days)
    earliest = account.wallet.earliest_expiry(account.warned_through)
    if not ahead or earliest is None or earliest - ahead > terms.now:
        return _advanced(account, terms, (), entries=0), ()
    through = terms.now + 2 * ahead
    lots = tuple(
        lot
        for lot in account.wallet.expiring(through)
        if account.warned_through is None or lot.expires_at > account.warned_through
    )
    return _advanced(replace(account, warned_through=through), terms, (), entries=0), lots


def _standing_for(account: Account, lost: int) -> tuple[Lot, ...]:
    """One lot for all that expired: a line of the history that is never undone needs only the sum."""
    return (replace(account.wallet.lots[0], left=lost),)


def _moved(
    account: Account, kind: OperationKind, reason: str, lots: tuple[Lot, ...], terms: Terms, *, subject: str = ""
) -> Account:
    earned = tuple(lot for lot in lots if lot.left > 0)
    spent = opposite(lot for lot in lots if lot.left < 0)
    effect = Effect(earned=earned, spent=spent, reason=reason)
    lines = (_line(kind, effect, terms, subject=subject or reason),) if effect.points else ()
    return _advanced(replace(account, wallet=account.wallet.moved(lots)), terms, lines, entries=len(lines))


def _line(kind: OperationKind, effect: Effect, terms: Terms, *, subject: str) -> Operation:
    about = Purchase(subject, terms.now, cups=0)
    return Operation(kind, terms.now, about, terms.actor.id, terms.actor.role, effect=effect)


def _advanced(account: Account, terms: Terms, lines: tuple[Operation, ...], *, entries: int = 1) -> Account:
    history = (*lines, *account.operations)
    return account.advanced(history, terms.now, terms.program, terms.calendar, entries=entries)
