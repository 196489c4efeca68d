"""Write the ledger from the account's own events, off the purchase's path."""

from collections import defaultdict
from collections.abc import Sequence

from bezkart.contracts.purchases import AccountChange, AccountState, Purchase, PurchaseRecorded, PurchasesImported
from services.purchases.domain.ledger import Balance, Entry, EntryKind, entry_id, running
from services.purchases.store import Accounts, Ledger


async def write_ledger(changes: Sequence[AccountChange], *, accounts: Accounts, ledger: Ledger) -> None:
    """Add the entries of the changes; those already there stay as they are, erased guests get none.

    Erasure marks the account and then clears the ledger. So the mark is looked for after the entries are in: whichever of the two
    comes last takes away what the other could not see.
    """
    by_shop: dict[str, list[AccountChange]] = defaultdict(list)
    for change in changes:
        by_shop[change.shop].append(change)
    for shop, changed in by_shop.items():
        await ledger.add(shop, [entry for change in changed for entry in entries_of(change)])
        if erased := await accounts.erased(shop, {change.guest_id for change in changed}):
            await ledger.erase(shop, erased)


def entries_of(change: AccountChange) -> list[Entry]:
    """The ledger entries of one change: one, or one a purchase for an import."""
    before, after = _balance(change.before), _balance(change.account)
    if isinstance(change, PurchaseRecorded):
        return [_entry(change, change.purchase, kind="earn", before=before, after=after)]
    if not isinstance(change, PurchasesImported):
        return [_entry(change, change.purchase, kind="reverse", before=before, after=after)]
    steps = running(
        before,
        [(purchase.cups, purchase.amount or 0) for purchase in change.purchases],
        card_size=change.before.card_size,
        next_card_size=change.account.card_size,
    )
    return [
        _entry(change, purchase, kind="earn", before=step[0], after=step[1], place=place)
        for place, (purchase, step) in enumerate(zip(change.purchases, steps, strict=True))
    ]


def _entry(
    change: AccountChange, purchase: Purchase, *, kind: EntryKind, before: Balance, after: Balance, place: int = 0
) -> Entry:
    sign = -1 if kind == "reverse" else 1
    imported = isinstance(change, PurchasesImported)
    if isinstance(change, PurchasesImported):
        recorded_at = change.imported_at
    elif isinstance(change, PurchaseRecorded):
        recorded_at = purchase.at
    else:
        recorded_at = change.undone_at
    return Entry(
        id=entry_id(purchase.purchase_id, kind),
        guest_id=change.guest_id,
        version=change.account.version,
        place=place,
        kind=kind,
        reason="import" if imported else "undo" if kind == "reverse" else "purchase",
        purchase_id=purchase.purchase_id,
        at=purchase.at,
        recorded_at=recorded_at,
        actor_id=change.actor.id,
        actor_role=change.actor.role,
        cups=sign * purchase.cups,
        amount=sign * (purchase.amount or 0),
        items=purchase.items,
        before=before,
        after=after,
    )


def _balance(state: AccountState) -> Balance:
    return Balance(state.purchases, state.cups, state.stamps, state.gifts, state.spent)
