"""Find a guest's account, or an empty one for a guest who has not bought anything yet."""

from bezkart.kernel.errors import GuestErased, GuestNotFound
from bezkart.kernel.ids import GuestIds
from services.purchases.domain.account import Account
from services.purchases.domain.program import Program
from services.purchases.store import Accounts, Remembering


async def open_account(
    shop: str, guest_id: str, *, currency: str, program: Program, accounts: Accounts, guest_ids: GuestIds
) -> Remembering:
    """The account to act on. Raises GuestNotFound (also for guests of other shops), GuestErased."""
    found = await accounts.load(shop, guest_id)
    if found is None:
        if not guest_ids.recognises(shop, guest_id):
            raise GuestNotFound
        return Remembering(Account(guest_id=guest_id, currency=currency, card_size=program.cups_per_gift))
    if found.account.erased:
        raise GuestErased
    return found
