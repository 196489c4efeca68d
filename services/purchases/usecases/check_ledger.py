"""What must always be true of accounts and ledgers, shop by shop (F92)."""

from bezkart.kit.invariants import Finding
from services.purchases.store.accounts import Accounts
from services.purchases.store.ledger import Ledger, Sums

NAMES = ("purchases", "cups", "spent", "gifts", "points", "entries")


async def check_ledger(*, accounts: Accounts, ledger: Ledger) -> list[Finding]:
    """The sums of every ledger against the balances of its accounts; while events are on their way they differ for a moment."""
    balances, booked, differing = Sums(), Sums(), []
    for shop in await accounts.shops():
        of_accounts, of_ledger = await accounts.sums(shop), await ledger.sums(shop)
        balances, booked = balances.plus(of_accounts), booked.plus(of_ledger)
        if of_accounts != of_ledger:
            differing.append(shop)
    detail = f"differs in {', '.join(differing[:10])}" if differing else ""
    return [
        Finding(
            f"ledger {name} minus balances",
            getattr(booked, name) - getattr(balances, name),
            name,
            not differing,
            detail,
        )
        for name in NAMES
    ]
