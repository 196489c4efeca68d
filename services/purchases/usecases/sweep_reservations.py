"""Settle what a crash left between a reservation and the account's write (F31, ADR 0016)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from services.purchases.store.limits import Use
from services.purchases.usecases.collaborators import Purchases

UNSETTLED: Final = timedelta(seconds=60)
"""A request that reserved has written, or has been given up, long before: a store that is away is waited for 3 s."""


async def sweep_reservations(service: Purchases) -> int:
    """What the account tells of counts; how many were settled. Safe to run twice at the same time."""
    settled = 0
    for shop in await service.promotions.shops():
        left = await service.limits.unsettled(shop, service.clock.now() - UNSETTLED)
        if left:
            written = await _written(shop, left, service)
            await service.limits.confirm(shop, (use for use in left if use in written))
            await service.limits.release(shop, (use for use in left if use not in written))
            settled += len(left)
    return settled


async def _written(shop: str, uses: Mapping[Use, datetime], service: Purchases) -> set[Use]:
    """Those whose purchases were, or may have been: an erased guest cannot be asked, and a limit is never overshot."""
    found = await service.accounts.load_many(shop, {use.guest_id for use in uses})
    return {
        use
        for use, at in uses.items()
        if use.guest_id in found and found[use.guest_id].account.may_have(use.purchase_id, at)
    }
