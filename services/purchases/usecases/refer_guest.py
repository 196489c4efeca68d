"""A new guest says who brought him or her; both are rewarded at the first purchase (F15)."""

from contextlib import suppress

from bezkart.contracts.identity import GuestChanged
from bezkart.contracts.purchases import GuestReferred
from bezkart.kernel.errors import GuestErased
from services.purchases.domain import bonuses
from services.purchases.domain.account import Account
from services.purchases.domain.errors import ReferralCodeUnknown, ReferralOwn, ReferralSetBefore, ReferralTooLate
from services.purchases.domain.operation import SYSTEM
from services.purchases.domain.receipt import summary
from services.purchases.domain.terms import Terms
from services.purchases.usecases.change_account import Decision, Wish, change_account
from services.purchases.usecases.collaborators import Purchases
from services.purchases.usecases.events import common


async def refer_guest(wish: Wish, code: str, service: Purchases) -> str:
    """The account as JSON. A code belongs to a guest who has bought here: so nobody can bring one another in a ring.

    Raises ReferralCodeUnknown, ReferralOwn, ReferralSetBefore, ReferralTooLate, and as `change_account`.
    """
    referrer_id = service.guest_ids.shared(wish.shop, code)

    async def decide(account: Account, terms: Terms) -> Decision:
        if referrer_id is None:
            raise ReferralCodeUnknown(pointer="/code")
        referrer = await service.accounts.load(wish.shop, referrer_id)
        if referrer_id != account.guest_id and (referrer is None or referrer.account.purchases == 0):
            raise ReferralCodeUnknown(pointer="/code")
        changed = bonuses.refer(account, referrer_id, terms)
        event = GuestReferred(**common(wish.shop, account, changed, terms), referrer_id=referrer_id)
        return Decision(changed, summary(changed, terms), (event,))

    return await change_account(wish, ("refer", code), decide, service)


async def refer_registered(event: GuestChanged, service: Purchases) -> None:
    """A guest who registered by himself named at once who brought him. A code that is none must not be tried for ever."""
    if event.version != 1 or event.referral is None:
        return
    shop = await service.shops.load(event.shop)
    key = f"registration-{event.guest_id}"
    wish = Wish(event.shop, shop.calendar, shop.currency, SYSTEM, key, event.guest_id)
    with suppress(ReferralCodeUnknown, ReferralOwn, ReferralSetBefore, ReferralTooLate, GuestErased):
        await refer_guest(wish, event.referral, service)
