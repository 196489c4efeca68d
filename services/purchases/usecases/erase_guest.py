"""Forget a guest: the account keeps only the mark that it is closed, the ledger keeps nothing."""

from bezkart.contracts.identity import GuestErased
from bezkart.kit.clock import Clock
from services.purchases.domain.account import Account
from services.purchases.store.accounts import Accounts
from services.purchases.store.ledger import Ledger


async def erase_guest(event: GuestErased, *, accounts: Accounts, ledger: Ledger, clock: Clock) -> None:
    """Harmless when repeated, and when the guest never bought anything. Raises VersionConflict."""
    found = await accounts.load(event.shop, event.guest_id)
    if found is None or not found.account.erased:
        account = found.account if found else Account(guest_id=event.guest_id, currency="", card_size=1)
        await accounts.save(event.shop, account.erase(), [], answers=(), at=clock.now())
    await ledger.erase(event.shop, [event.guest_id])
