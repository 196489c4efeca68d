"""Tell a guest what a purchase brought (F11): progress on the card, gifts, points. Never by SMS."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from bezkart.contracts.purchases import PurchaseRecorded
from services.notifications.domain.routes import TELEGRAM, WEB
from services.notifications.store.shops import ShopWords
from services.notifications.usecases.accept import Request, accept
from services.notifications.usecases.collaborators import Notifications

FRESH: Final = timedelta(hours=24)
POINT: Final = 100  # minor units


async def send_receipts(shop: str, events: Sequence[PurchaseRecorded], service: Notifications) -> None:
    """A receipt a day late is none."""
    words = await service.shops.words(shop)
    oldest = service.clock.now() - FRESH
    await accept(shop, [_receipt(event, words) for event in events if event.purchase.at > oldest], service)


def _receipt(event: PurchaseRecorded, words: ShopWords) -> Request:
    account = event.account
    values: dict[str, str | int] = {"cups": event.purchase.cups}
    if words.stamps:
        left = account.card_size - account.stamps
        values |= {"stamps": account.stamps, "card_size": account.card_size, "left": left, "gifts": account.gifts}
    if words.points:
        values |= {"points": account.points // POINT, "earned": event.purchase.points_earned // POINT}
    return Request(
        guest_id=event.guest_id,
        key=f"receipt-{event.purchase.purchase_id}",
        template="receipt",
        values=values,
        urgency="normal",
        channels=(TELEGRAM, WEB),
        asked_at=event.purchase.at,
    )
