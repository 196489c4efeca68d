"""The ways a gift leaves or returns: released, overridden by the owner, taken back after it was issued (F12)."""

from bezkart.contracts.purchases import GiftIssued, GiftIssueUndone, GiftReleased, ReleaseReason
from bezkart.kernel.ids import derived_id
from services.purchases.domain import gifts
from services.purchases.domain.account import Account
from services.purchases.domain.receipt import GiftSettled, summary
from services.purchases.domain.terms import Terms
from services.purchases.usecases.change_account import Decision, Wish, change_account
from services.purchases.usecases.collaborators import Purchases
from services.purchases.usecases.events import common, gift_fact


async def release_gift(wish: Wish, gift_id: str, service: Purchases) -> str:
    """The gift is not handed over now. Raises GiftNotRequested, and as `change_account`."""

    async def decide(account: Account, terms: Terms) -> Decision:
        return released(wish.shop, account, gift_id, "cancelled", terms)

    answer = await change_account(wish, ("release-gift", gift_id), decide, service)
    await service.codes.drop(gift_id)
    return answer


async def override_gift(wish: Wish, reason: str, service: Purchases) -> str:
    """The owner hands a gift over without a code; the ledger keeps why. Raises NoGift, and as `change_account`."""

    async def decide(account: Account, terms: Terms) -> Decision:
        gift_id = derived_id("gift", wish.shop, wish.guest_id, wish.key, str(account.version))
        changed = gifts.override_gift(account, gift_id, terms)
        words = gifts.gift_words(account, terms.program)
        event = GiftIssued(
            **common(wish.shop, account, changed, terms), gift=gift_fact(gift_id, words), way="override", note=reason
        )
        return Decision(changed, GiftSettled(gift_id, words, summary(changed, terms)), (event,))

    return await change_account(wish, ("override-gift", reason), decide, service)


async def undo_gift(wish: Wish, gift_id: str, service: Purchases) -> str:
    """It was not handed over after all.

    Raises GiftNotRequested, AlreadyUndone, UndoNotAllowed, UndoTooLate, and as `change_account`.
    """

    async def decide(account: Account, terms: Terms) -> Decision:
        changed = gifts.undo_gift(account, gift_id, terms)
        words = account.operation(gift_id, "gift").effect.gift or terms.program.gift_words
        event = GiftIssueUndone(**common(wish.shop, account, changed, terms), gift=gift_fact(gift_id, words))
        return Decision(changed, GiftSettled(gift_id, words, summary(changed, terms)), (event,))

    return await change_account(wish, ("undo-gift", gift_id), decide, service)


def released(shop: str, account: Account, gift_id: str, reason: ReleaseReason, terms: Terms) -> Decision:
    """The decision to free the requested gift. Raises GiftNotRequested."""
    changed = gifts.release_gift(account, gift_id, terms)
    words = account.request.words if account.request else terms.program.gift_words
    event = GiftReleased(**common(shop, account, changed, terms), gift=gift_fact(gift_id, words), reason=reason)
    return Decision(changed, GiftSettled(gift_id, words, summary(changed, terms)), (event,))
