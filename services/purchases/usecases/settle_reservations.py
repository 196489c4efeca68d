"""Purchases that were written keep the uses they had reserved; undone ones give them back (F31, ADR 0016).

Told by the account's own events, so a crash after the write delays it and loses nothing.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from bezkart.contracts.purchases import AccountChange, PurchaseRecorded, PurchaseUndone
from services.purchases.store.limits import Use
from services.purchases.usecases.collaborators import Purchases


async def settle_reservations(changes: Sequence[AccountChange], service: Purchases) -> None:
    """Harmless when repeated and in any order."""
    written: dict[str, list[Use]] = defaultdict(list)
    undone: dict[str, list[tuple[Use, datetime]]] = defaultdict(list)
    for change in changes:
        if isinstance(change, PurchaseRecorded):
            written[change.shop] += _uses(change)
        elif isinstance(change, PurchaseUndone):
            undone[change.shop] += [(use, change.undone_at) for use in _uses(change)]
    for shop, uses in written.items():
        await service.limits.confirm(shop, uses)
    for shop, returned in undone.items():
        await service.limits.give_back(shop, returned, now=service.clock.now())


def _uses(change: PurchaseRecorded | PurchaseUndone) -> list[Use]:
    purchase = change.purchase
    return [
        Use(each.promotion_id, purchase.purchase_id, change.guest_id, each.reserved_on)
        for each in purchase.promotions
        if each.reserved_on is not None
    ]
