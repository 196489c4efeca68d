"""Forget a guest: the account keeps only the mark that it is closed, the ledger keeps nothing."""

from bezkart.contracts.identity import GuestErased
from services.purchases.domain.account import Account
from services.purchases.usecases.collaborators import Purchases


async def erase_guest(event: GuestErased, service: Purchases) -> None:
    """Harmless when repeated, and when the guest never bought anything. Raises VersionConflict."""
    found = await service.accounts.load(event.shop, event.guest_id)
    if found is None or not found.account.erased:
        account = found.account if found else Account(guest_id=event.guest_id, currency="", card_size=1)
        await service.accounts.save(event.shop, account.erase(), [], answers=(), at=service.clock.now())
    await service.segments.forget(event.shop, event.guest_id)
    await service.ledger.erase(event.shop, [event.guest_id])
