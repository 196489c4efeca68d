"""Write the ledger from the account's own events, off the purchase's path."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import singledispatch

from bezkart.contracts.accounts import AccountState, Purchase
from bezkart.contracts.purchases import (
    AccountChange,
    BonusGranted,
    BonusRevoked,
    GiftIssued,
    GiftIssueUndone,
    PointsAdjusted,
    PointsExpired,
    PurchaseRecorded,
    PurchasesImported,
    PurchaseUndone,
)
from services.purchases.domain.ledger import Balance, Entry, EntryKind, Reason, entry_id, running
from services.purchases.store.accounts import Accounts
from services.purchases.store.ledger import Ledger


async def write_ledger(changes: Sequence[AccountChange], *, accounts: Accounts, ledger: Ledger) -> None:
    """Add the entries of the changes; those already there stay as they are, erased guests get none.

    Erasure marks the account and then clears the ledger. So the mark is looked for after the entries are in: whichever of the two
    comes last takes away what the other could not see.
    """
    by_shop: dict[str, list[AccountChange]] = defaultdict(list)
    for change in changes:
        by_shop[change.shop].append(change)
    for shop, changed in by_shop.items():
        if entries := [entry for change in changed for entry in entries_of(change)]:
            await ledger.add(shop, entries)
            if erased := await accounts.erased(shop, {entry.guest_id for entry in entries}):
                await ledger.erase(shop, erased)


@singledispatch
def entries_of(_change: AccountChange) -> list[Entry]:
    """The ledger entries of one change: as many as the account counted for it; none, where no balance moves."""
    return []


@entries_of.register
def _(change: PurchaseRecorded) -> list[Entry]:
    return list(_recorded(change))


@entries_of.register
def _(change: PurchaseUndone) -> list[Entry]:
    money = _money(change.purchase)
    before, after, cups = _balance(change.before), _balance(change.account), change.purchase.cups
    return [_of_purchase(change, "reverse", "undo", before=before, after=after, cups=-cups, amount=-money, whole=True)]


@entries_of.register
def _(change: PurchasesImported) -> list[Entry]:
    return list(_imported(change))


@entries_of.register
def _(change: GiftIssued) -> list[Entry]:
    gift_id = change.gift.gift_id
    return [_moved(change, "redeem", change.way, about=gift_id, gift_id=gift_id, note=change.note)]


@entries_of.register
def _(change: GiftIssueUndone) -> list[Entry]:
    return [_moved(change, "reverse", "gift-undo", about=change.gift.gift_id, gift_id=change.gift.gift_id)]


@entries_of.register
def _(change: BonusGranted) -> list[Entry]:
    return [_moved(change, "bonus", change.bonus)] if change.points else []


@entries_of.register
def _(change: BonusRevoked) -> list[Entry]:
    return [_moved(change, "reverse", change.bonus)] if change.points else []


@entries_of.register
def _(change: PointsAdjusted) -> list[Entry]:
    return [_moved(change, "adjust", "adjust", note=change.note)]


@entries_of.register
def _(change: PointsExpired) -> list[Entry]:
    return [_moved(change, "expire", "expire")] if change.points else []


def _recorded(change: PurchaseRecorded) -> Iterator[Entry]:
    """What was paid by points, the purchase, and the bonus of a guest who was brought: each an entry of its own."""
    purchase, place, before = change.purchase, 0, _balance(change.before)
    if purchase.points_spent:
        after = before.plus_points(-purchase.points_spent)
        yield _of_purchase(change, "redeem", "points", before=before, after=after)
        place, before = place + 1, after
    last = _balance(change.account)
    after = last.plus_points(-purchase.bonus)
    yield _of_purchase(
        change,
        "earn",
        "purchase",
        before=before,
        after=after,
        place=place,
        cups=purchase.cups,
        amount=_money(purchase),
        whole=True,
    )
    if purchase.bonus:
        yield _of_purchase(change, "bonus", "referral", before=after, after=last, place=place + 1)


def _imported(change: PurchasesImported) -> Iterator[Entry]:
    steps = running(
        _balance(change.before),
        [(purchase.cups, purchase.amount or 0) for purchase in change.purchases],
        card_size=change.before.card_size,
        next_card_size=change.account.card_size,
        stamped=change.stamped,
    )
    for place, (purchase, (before, after)) in enumerate(zip(change.purchases, steps, strict=True)):
        yield Entry(
            id=entry_id(purchase.purchase_id, "earn"),
            guest_id=change.guest_id,
            version=change.account.version,
            place=place,
            kind="earn",
            reason="import",
            purchase_id=purchase.purchase_id,
            at=purchase.at,
            recorded_at=change.imported_at,
            actor_id=change.actor.id,
            actor_role=change.actor.role,
            cups=purchase.cups,
            amount=purchase.amount or 0,
            items=purchase.items,
            before=before,
            after=after,
        )


def _of_purchase(
    change: PurchaseRecorded | PurchaseUndone,
    kind: EntryKind,
    reason: Reason,
    *,
    before: Balance,
    after: Balance,
    place: int = 0,
    cups: int = 0,
    amount: int = 0,
    whole: bool = False,
) -> Entry:
    purchase: Purchase = change.purchase
    return Entry(
        id=entry_id(purchase.purchase_id, kind),
        guest_id=change.guest_id,
        version=change.account.version,
        place=place,
        kind=kind,
        reason=reason,
        purchase_id=purchase.purchase_id,
        at=purchase.at,
        recorded_at=change.undone_at if isinstance(change, PurchaseUndone) else purchase.at,
        actor_id=change.actor.id,
        actor_role=change.actor.role,
        cups=cups,
        amount=amount,
        points=_net(after) - _net(before),
        items=purchase.items if whole else (),
        before=before,
        after=after,
    )


def _moved(
    change: GiftIssued | GiftIssueUndone | BonusGranted | BonusRevoked | PointsAdjusted | PointsExpired,
    kind: EntryKind,
    reason: Reason,
    *,
    about: str | None = None,
    gift_id: str | None = None,
    note: str = "",
) -> Entry:
    before, after = _balance(change.before), _balance(change.account)
    return Entry(
        id=entry_id(about or f"{change.guest_id}:{change.account.version}", kind),
        guest_id=change.guest_id,
        version=change.account.version,
        place=0,
        kind=kind,
        reason=reason,
        gift_id=gift_id,
        at=change.at,
        recorded_at=change.at,
        actor_id=change.actor.id,
        actor_role=change.actor.role,
        points=_net(after) - _net(before),
        note=note,
        before=before,
        after=after,
    )


def _balance(state: AccountState) -> Balance:
    return Balance(state.purchases, state.cups, state.stamps, state.gifts, state.spent, state.points, state.points_owed)


def _money(purchase: Purchase) -> int:
    """What was paid in money."""
    return (purchase.amount or 0) - purchase.discount - purchase.points_spent


def _net(balance: Balance) -> int:
    return balance.points - balance.points_owed
