"""Hand a gift over for the guest's own offline code (F45): nobody has to receive a message."""

from bezkart.contracts.purchases import GiftIssued
from bezkart.kernel.ids import derived_id
from services.purchases.domain import gifts
from services.purchases.domain.account import Account
from services.purchases.domain.errors import NoGift, TooManyAttempts, WrongCode
from services.purchases.domain.offline import matching_step, offline_secret
from services.purchases.domain.receipt import GiftSettled, summary
from services.purchases.domain.terms import Terms
from services.purchases.store.tries import TRIES, WINDOW_SECONDS
from services.purchases.usecases.change_account import Decision, Wish, change_account
from services.purchases.usecases.collaborators import Purchases
from services.purchases.usecases.events import common, gift_fact


async def issue_offline(wish: Wish, code: str, service: Purchases) -> str:
    """GiftSettled as JSON; a gift whose code is out is the one that is handed over.

    Raises NoGift, WrongCode, CodeUsedBefore, TooManyAttempts, and as `change_account`.
    """
    secret = offline_secret(service.offline_key, wish.shop, wish.guest_id)
    tries = 0  # a conflict alone costs no second try
    requested: str | None = None

    async def decide(account: Account, terms: Terms) -> Decision:
        nonlocal tries, requested
        if account.gifts == 0:
            raise NoGift
        tries = tries or await service.tries.take(wish.guest_id)
        if tries > TRIES:
            raise TooManyAttempts(retry_after=WINDOW_SECONDS)
        step = matching_step(secret, code, terms.now, taken=account.offline_step)
        if step is None:
            raise _wrong(tries)
        live = account.live_request(terms.now)
        requested = live.gift_id if live else None
        gift_id = requested or derived_id("gift", wish.shop, wish.guest_id, wish.key, str(account.version))
        words = gifts.gift_words(account, terms.program)
        changed = gifts.issue_offline(account, gift_id, step, terms)
        event = GiftIssued(
            **common(wish.shop, account, changed, terms), gift=gift_fact(gift_id, words), way="offline-code"
        )
        return Decision(changed, GiftSettled(gift_id, words, summary(changed, terms)), (event,))

    answer = await change_account(wish, ("issue-offline", code), decide, service)
    await service.tries.forget(wish.guest_id)
    if requested:
        await service.codes.drop(requested)
    return answer


def _wrong(tries: int) -> WrongCode | TooManyAttempts:
    if tries >= TRIES:
        return TooManyAttempts(retry_after=WINDOW_SECONDS)
    return WrongCode(attempts_left=TRIES - tries, pointer="/code")
