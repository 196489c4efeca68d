"""The account's changes in the words of `bezkart.contracts.purchases`."""

from bezkart.contracts import purchases as contract
from services.purchases.domain.account import Account, Actor, Purchase


def account_state(account: Account) -> contract.AccountState:
    """The part of an account that other services may know."""
    return contract.AccountState(
        version=account.version,
        purchases=account.purchases,
        cups=account.cups,
        stamps=account.stamps,
        card_size=account.card_size,
        gifts=account.gifts,
        spent=account.spent,
        currency=account.currency,
        first_purchase_at=account.first_purchase_at,
        last_purchase_at=account.last_purchase_at,
    )


def purchase_fact(purchase: Purchase) -> contract.Purchase:
    return contract.Purchase(
        purchase_id=purchase.id,
        at=purchase.at,
        cups=purchase.cups,
        amount=purchase.amount,
        items=purchase.items,
        terminal=purchase.terminal,
    )


def actor_fact(actor: Actor) -> contract.Actor:
    return contract.Actor(id=actor.id, role=actor.role)
