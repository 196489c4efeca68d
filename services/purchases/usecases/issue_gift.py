"""Hand a requested gift over to whoever knows the code (F12)."""

from bezkart.contracts.purchases import GiftIssued
from bezkart.kernel.errors import VersionConflict
from bezkart.kit.documents import until_written
from services.purchases.domain import gifts
from services.purchases.domain.account import Account
from services.purchases.domain.errors import CodeExpired, GiftNotRequested, TooManyAttempts
from services.purchases.domain.receipt import GiftSettled, summary
from services.purchases.domain.terms import Terms
from services.purchases.usecases.change_account import Decision, Wish, change_account
from services.purchases.usecases.collaborators import Purchases
from services.purchases.usecases.events import common, gift_fact
from services.purchases.usecases.settle_gift import released


async def issue_gift(wish: Wish, gift_id: str, code: str, service: Purchases) -> str:
    """GiftSettled as JSON.

    Raises WrongCode, CodeExpired, TooManyAttempts (the gift is released then), GiftNotRequested, GiftIssuedBefore,
    CodesUnavailable, and as `change_account`.
    """
    checked = 0  # the number of the code that was found right: a conflict alone costs no second attempt

    async def decide(account: Account, terms: Terms) -> Decision:
        nonlocal checked
        request = gifts.live_request(account, gift_id, terms)
        if checked != request.sends:
            try:
                await service.codes.check(gift_id, request.sends, code)
            except CodeExpired:
                await _look_again(wish.shop, account, service)
                raise
            checked = request.sends
        changed = gifts.issue_gift(account, gift_id, terms)
        fact = gift_fact(gift_id, request.words)
        event = GiftIssued(**common(wish.shop, account, changed, terms), gift=fact, way="code")
        return Decision(changed, GiftSettled(gift_id, request.words, summary(changed, terms)), (event,))

    try:
        answer = await change_account(wish, ("issue-gift", gift_id, code), decide, service)
    except TooManyAttempts:
        await _release(wish, gift_id, service)
        raise
    await service.codes.drop(gift_id)
    return answer


async def _look_again(shop: str, account: Account, service: Purchases) -> None:
    """A code that has just gone may have been used by a colleague. Raises VersionConflict where the account has moved on."""
    found = await service.accounts.load(shop, account.guest_id)
    if found and found.account.version != account.version:
        raise VersionConflict


async def _release(wish: Wish, gift_id: str, service: Purchases) -> None:
    """Free the gift after too many wrong codes; somebody else may have done it meanwhile."""
    program = await service.programs.current(wish.shop)

    async def attempt() -> None:
        found = await service.accounts.load(wish.shop, wish.guest_id)
        if found is None:
            return
        terms = Terms(program, wish.calendar, service.clock.now(), wish.actor)
        try:
            decision = released(wish.shop, found.account, gift_id, "attempts", terms)
        except GiftNotRequested:
            return
        await service.accounts.save(wish.shop, decision.account, decision.messages, answers=found.answers, at=terms.now)

    await until_written(attempt)
    await service.codes.drop(gift_id)
