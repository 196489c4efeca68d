"""Ask for a gift (F12), or for another code of it: lock the gift, send the guest a one-time code."""

import secrets
from typing import Final

from bezkart.contracts.notifications import SendMessage
from bezkart.contracts.purchases import GiftRequested
from bezkart.kernel.ids import derived_id
from services.purchases.domain import gifts
from services.purchases.domain.account import Account
from services.purchases.domain.receipt import GiftOnItsWay, summary
from services.purchases.domain.terms import Terms
from services.purchases.usecases.change_account import Decision, Wish, change_account
from services.purchases.usecases.collaborators import Purchases
from services.purchases.usecases.events import common, gift_fact

CODE_TEMPLATE: Final = "gift-code"
_CODES: Final = 1_000_000


async def request_gift(wish: Wish, service: Purchases) -> str:
    """GiftOnItsWay as JSON. Raises NoGift, GiftAlreadyRequested, CodesUnavailable, and as `change_account`."""

    async def decide(account: Account, terms: Terms) -> Decision:
        # With the version: a key may come back after a day, and what it asks for then is another gift.
        gift_id = derived_id("gift", wish.shop, wish.guest_id, wish.key, str(account.version))
        return await _send_code(wish.shop, account, gifts.request_gift(account, gift_id, terms), terms, service)

    return await change_account(wish, ("request-gift",), decide, service)


async def resend_code(wish: Wish, gift_id: str, service: Purchases) -> str:
    """Another code, the one before is dead. Raises GiftNotRequested, GiftIssuedBefore, CodeExpired, TooManyCodes, CodesUnavailable."""

    async def decide(account: Account, terms: Terms) -> Decision:
        return await _send_code(wish.shop, account, gifts.resend_gift(account, gift_id, terms), terms, service)

    return await change_account(wish, ("resend-code", gift_id), decide, service)


async def _send_code(shop: str, before: Account, after: Account, terms: Terms, service: Purchases) -> Decision:
    """The code lies in Redis before the account says that it is out; the code itself travels in the message only."""
    request = after.request
    if request is None:
        raise AssertionError("a request was just made")
    code = f"{secrets.randbelow(_CODES):06}"
    await service.codes.put(request.gift_id, request.sends, code, seconds=gifts.CODE_MINUTES * 60)
    key = gifts.message_key(request.gift_id, request.sends)
    requested = GiftRequested(
        **common(shop, before, after, terms),
        gift=gift_fact(request.gift_id, request.words),
        until=request.until,
        sends=request.sends,
    )
    message = SendMessage(
        shop=shop,
        guest_id=after.guest_id,
        key=key,
        template=CODE_TEMPLATE,
        values={
            "code": code,
            "gift": request.words.ru,
            "gift_en": request.words.en,
            "minutes": gifts.CODE_MINUTES,
        },
        urgency="urgent",
        expires_at=request.until,
    )
    answer = GiftOnItsWay(
        gift_id=request.gift_id,
        words=request.words,
        message_key=key,
        expires_at=request.until,
        minutes=gifts.CODE_MINUTES,
        sends=request.sends,
        account=summary(after, terms),
    )
    return Decision(after, answer, (requested, message))
