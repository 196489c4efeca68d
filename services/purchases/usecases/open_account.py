"""Find a guest's account, or an empty one for a guest who has not bought anything yet."""

from bezkart.kernel.errors import GuestErased, GuestNotFound
from bezkart.kernel.ids import GuestIds
from services.purchases.domain.account import Account
from services.purchases.domain.program import Program
from services.purchases.store.accounts import Accounts
from services.purchases.store.documents import Remembering


async def open_account(
    shop: str, guest_id: str, *, currency: str, program: Program, accounts: Accounts, guest_ids: GuestIds
) -> Remembering:
    """The account to act on. Raises GuestNotFound (also for guests of other shops), GuestErased."""
    found = await accounts.load(shop, guest_id)
    if found is None:
        if not guest_ids.recognises(shop, guest_id):
            raise GuestNotFound
        return Remembering(Account.opened(guest_id, currency, program))
    if found.account.erased:
        raise GuestErased
    return found
