"""Handing a gift over with a code (F12): earned → requested (locked) → issued | released | expired. Pure.

A request has an end of its own: past it the gift is free whether or not anybody has written that down.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from services.purchases.domain.account import Account, GiftRequest
from services.purchases.domain.errors import (
    CodeExpired,
    GiftAlreadyRequested,
    GiftIssuedBefore,
    GiftNotRequested,
    LaterGiftFirst,
    NoGift,
    PurchaseNotFound,
    TooManyCodes,
)
from services.purchases.domain.guards import check_undoable
from services.purchases.domain.operation import Effect, Operation, OperationKind, Purchase
from services.purchases.domain.program import Program, Words
from services.purchases.domain.terms import Terms

CODE_MINUTES: Final = 10
MAX_SENDS: Final = 5


def gift_words(account: Account, program: Program) -> Words:
    """What the guest's next gift is, or the one that the open card will earn."""
    words = account.card.next_gift() if account.gifts else account.card_gift
    return words or program.gift_words


def request_gift(account: Account, gift_id: str, terms: Terms) -> Account:
    """Lock the oldest gift while its first code is out. Raises NoGift, GiftAlreadyRequested."""
    if live := account.live_request(terms.now):
        raise GiftAlreadyRequested(
            gift_id=live.gift_id, until=live.until.isoformat(), message_key=message_key(live.gift_id, live.sends)
        )
    if account.gifts == 0:
        raise NoGift
    words = gift_words(account, terms.program)
    return _requested(account, GiftRequest(gift_id, words, terms.now, sends=0, actor_id=terms.actor.id), terms)


def resend_gift(account: Account, gift_id: str, terms: Terms) -> Account:
    """Another code for the same gift, with time of its own. Raises GiftNotRequested, CodeExpired, TooManyCodes."""
    request = live_request(account, gift_id, terms)
    if request.sends >= MAX_SENDS:
        raise TooManyCodes
    return _requested(account, request, terms)


def release_gift(account: Account, gift_id: str, terms: Terms) -> Account:
    """The gift is not handed over now: it is free again. Raises GiftNotRequested."""
    if account.request is None or account.request.gift_id != gift_id:
        raise GiftNotRequested
    return _advanced(replace(account, request=None), account.operations, terms, entries=0)


def issue_gift(account: Account, gift_id: str, terms: Terms) -> Account:
    """Hand the requested gift over. Raises GiftNotRequested, GiftIssuedBefore, CodeExpired."""
    live_request(account, gift_id, terms)
    return _issued(account, gift_id, "code", terms)


def override_gift(account: Account, gift_id: str, terms: Terms) -> Account:
    """The owner hands the oldest gift over without a code; a request that is under way ends. Raises NoGift."""
    return _issued(account, gift_id, "override", terms)


def issue_offline(account: Account, gift_id: str, step: int, terms: Terms) -> Account:
    """Hand the oldest gift over for the offline code of `step`; a request that is under way ends. Raises NoGift."""
    return _issued(replace(account, offline_step=step), gift_id, "offline-code", terms)


def undo_gift(account: Account, gift_id: str, terms: Terms) -> Account:
    """The gift was not handed over after all.

    Gifts leave in the order they were earned and return in the opposite one, so that each returns as what it was promised.
    Raises GiftNotRequested, AlreadyUndone, UndoNotAllowed, UndoTooLate, LaterGiftFirst (if that was another kind of gift).
    """
    try:
        line = account.operation(gift_id, "gift")
    except PurchaseNotFound:
        raise GiftNotRequested from None
    check_undoable(line, terms.actor, terms.now, terms.program, terms.calendar)
    later = account.operations[: account.operations.index(line)]
    if any(each.kind == "gift" and not each.undone and each.effect.gift != line.effect.gift for each in later):
        raise LaterGiftFirst
    lines = tuple(replace(each, undone=True) if each is line else each for each in account.operations)
    back = _line("gift-undo", gift_id, line.effect, terms)
    given_back = account.with_card(account.card.given_back(line.effect.gift))
    return _advanced(given_back, (back, *lines), terms)


def live_request(account: Account, gift_id: str, terms: Terms) -> GiftRequest:
    """The request of this gift. Raises GiftNotRequested, GiftIssuedBefore, CodeExpired."""
    if any(line.kind == "gift" and line.purchase.id == gift_id and not line.undone for line in account.operations):
        raise GiftIssuedBefore
    if account.request is None or account.request.gift_id != gift_id:
        raise GiftNotRequested
    if account.live_request(terms.now) is None:
        raise CodeExpired
    return account.request


def message_key(gift_id: str, sends: int) -> str:
    """Notifications' key of the message that carried the `sends`-th code."""
    return f"gift-{gift_id}-{sends}"


def _requested(account: Account, request: GiftRequest, terms: Terms) -> Account:
    until = terms.now + timedelta(minutes=CODE_MINUTES)
    renewed = replace(request, until=until, sends=request.sends + 1)
    return _advanced(replace(account, request=renewed), account.operations, terms, entries=0)


def _issued(account: Account, gift_id: str, reason: str, terms: Terms) -> Account:
    line = _line("gift", gift_id, Effect(gift=account.card.next_gift(), reason=reason), terms)
    handed_over = account.with_card(account.card.handed_over())
    return _advanced(replace(handed_over, request=None), (line, *account.operations), terms)


def _line(kind: OperationKind, gift_id: str, effect: Effect, terms: Terms) -> Operation:
    subject = Purchase(gift_id, terms.now, cups=0)
    return Operation(kind, terms.now, subject, terms.actor.id, terms.actor.role, effect=effect)


def _advanced(account: Account, lines: tuple[Operation, ...], terms: Terms, *, entries: int = 1) -> Account:
    return account.advanced(lines, terms.now, terms.program, terms.calendar, entries=entries)
