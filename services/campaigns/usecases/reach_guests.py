"""Reach some guests of a campaign that is no mailing: the same way, with the same manners (F33)."""

from collections.abc import Sequence
from datetime import datetime

from bezkart.kernel.ids import derived_id
from services.campaigns.domain.batch import SIZE, Batch, Ref
from services.campaigns.domain.manners import DROPPED_AFTER
from services.campaigns.domain.message import Message
from services.campaigns.usecases.collaborators import Campaigns


async def reach(
    shop: str,
    ref: Ref,
    guest_ids: Sequence[str],
    message: Message,
    service: Campaigns,
    *,
    unless_bought_since: datetime | None = None,
) -> None:
    """Soon, each guest at most once for `ref` however often it is asked; who may be reached is decided at sending.

    The campaign's document has the state `active`, or nothing is sent.
    """
    now = service.clock.now()
    until = min(now + DROPPED_AFTER, message.ends_at or now + DROPPED_AFTER)
    ordered = sorted(set(guest_ids))
    for place in range(0, len(ordered), SIZE):
        chunk = tuple(ordered[place : place + SIZE])
        batch = Batch(
            id=derived_id("batch", str(ref), *chunk),
            ref=ref,
            number=0,
            guests=chunk,
            message=message,
            due=now,
            until=until,
            unless_bought_since=unless_bought_since,
        )
        await service.batches.add(shop, [batch])
    await service.agenda.mark(shop, "batches", now)
