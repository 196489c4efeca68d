"""What guests of campaigns buy afterwards (F34): written to the lines it may belong to, whatever the order of the events."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from bezkart.contracts.purchases import AccountChange, PurchaseRecorded, PurchaseUndone
from services.campaigns.domain.effect import LATEST_DELIVERY, WINDOW
from services.campaigns.store.responses import BoughtBy
from services.campaigns.usecases.collaborators import Campaigns

LOOKED_BACK: Final = WINDOW + LATEST_DELIVERY + timedelta(days=1)


async def follow_purchases(shop: str, changes: Sequence[AccountChange], service: Campaigns) -> None:
    """Purchases taken over from an older system are no answer to anything."""
    purchases = [_bought(change) for change in changes if isinstance(change, PurchaseRecorded | PurchaseUndone)]
    if purchases:
        await service.responses.learn_purchases(shop, purchases)


def _bought(change: PurchaseRecorded | PurchaseUndone) -> BoughtBy:
    purchase = change.purchase
    return BoughtBy(
        guest_id=change.guest_id,
        purchase_id=purchase.purchase_id,
        at=purchase.at,
        revenue=(purchase.amount or 0) - purchase.discount - purchase.points_spent,
        discounts={each.promotion_id: each.discount for each in purchase.promotions if each.discount},
        undone=isinstance(change, PurchaseUndone),
    )
