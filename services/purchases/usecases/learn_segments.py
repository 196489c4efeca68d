"""Remember the segments of guests: promotions ask for them (F31)."""

from collections import defaultdict
from collections.abc import Sequence

from bezkart.contracts.segments import GuestSegmentChanged
from services.purchases.store.segments import Heard
from services.purchases.usecases.collaborators import Purchases


async def learn_segments(changes: Sequence[GuestSegmentChanged], service: Purchases) -> None:
    """The newest of each guest; late or twice changes nothing."""
    shops: dict[str, dict[str, Heard]] = defaultdict(dict)
    for change in changes:
        heard = shops[change.shop]
        known = heard.get(change.guest_id)
        if known is None or known.version < change.version:
            heard[change.guest_id] = Heard(change.next, change.version)
    for shop, heard in shops.items():
        await service.segments.learn(shop, heard)
