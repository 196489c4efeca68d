"""What purchases does when something has happened."""

from collections.abc import Sequence

from bezkart.contracts.identity import GuestErased
from bezkart.contracts.purchases import AccountChange, PurchaseRecorded, PurchasesImported, PurchaseUndone
from bezkart.kit.bus.reactions import Reactions
from services.purchases.usecases.collaborators import Purchases
from services.purchases.usecases.erase_guest import erase_guest
from services.purchases.usecases.write_ledger import write_ledger

reactions = Reactions[Purchases]()


@reactions.on(PurchaseRecorded, PurchaseUndone, PurchasesImported, queue="purchases.ledger")
async def account_changed(events: Sequence[AccountChange], service: Purchases) -> None:
    await write_ledger(events, accounts=service.accounts, ledger=service.ledger)


@reactions.on(GuestErased, queue="purchases.erasures")
async def guest_erased(events: Sequence[GuestErased], service: Purchases) -> None:
    for event in events:
        await erase_guest(event, accounts=service.accounts, ledger=service.ledger, clock=service.clock)
