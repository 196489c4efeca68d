"""What purchases does when something has happened."""

from collections.abc import Sequence

from bezkart.contracts.identity import GuestChanged, GuestErased, ShopChanged
from bezkart.contracts.purchases import ACCOUNT_CHANGES, AccountChange
from bezkart.kit.bus.reactions import Reactions
from services.purchases.usecases.collaborators import Purchases
from services.purchases.usecases.erase_guest import erase_guest
from services.purchases.usecases.grant_bonuses import reward_referrers, welcome_guest
from services.purchases.usecases.refer_guest import refer_registered
from services.purchases.usecases.write_ledger import write_ledger

reactions = Reactions[Purchases]()


@reactions.on(*ACCOUNT_CHANGES, queue="purchases.ledger")
async def account_changed(events: Sequence[AccountChange], service: Purchases) -> None:
    await write_ledger(events, accounts=service.accounts, ledger=service.ledger)
    await reward_referrers(events, service)


@reactions.on(GuestErased, queue="purchases.erasures")
async def guest_erased(events: Sequence[GuestErased], service: Purchases) -> None:
    for event in events:
        await erase_guest(event, accounts=service.accounts, ledger=service.ledger, clock=service.clock)


@reactions.on(GuestChanged, queue="purchases.guests")
async def guest_changed(events: Sequence[GuestChanged], service: Purchases) -> None:
    for event in events:
        await welcome_guest(event, service)
        await refer_registered(event, service)


@reactions.on(ShopChanged, queue="purchases.shops")
async def shop_changed(events: Sequence[ShopChanged], service: Purchases) -> None:
    for event in events:
        await service.shops.learn(event.shop, version=event.version, timezone=event.timezone, currency=event.currency)
