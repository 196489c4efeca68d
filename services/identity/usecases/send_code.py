"""Send a code by SMS to a number that somebody says is his own; nothing in it tells whether a guest has that number."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bezkart.contracts.notifications import SendMessage
from bezkart.kernel.ids import new_id
from services.identity.domain.errors import ShopNotFound
from services.identity.domain.guest import phone_identifier
from services.identity.domain.sign_in import CODE_DIGITS, CODE_SECONDS, RESEND_SECONDS, Asking, SignIn, code_limits
from services.identity.usecases.collaborators import Identity
from services.identity.usecases.read_phone import read_phone, seal_phone

_NUMBER: Final = "sign-in-number"  # the scope of the hash that is the same in all shops


@dataclass(frozen=True, slots=True)
class SendCode:
    """`address` is whom the limit an hour counts for besides; `telegram` as in `SignIn`."""

    shop: str
    phone: str
    address: str
    telegram: str = ""


@dataclass(frozen=True, slots=True)
class CodeSent:
    sign_in_id: str
    expires_at: datetime
    resend_after_seconds: int = RESEND_SECONDS


async def send_code(command: SendCode, service: Identity) -> CodeSent:
    """The same work and the same answer for a number that is known and one that is not.

    Raises InvalidPhone, ShopNotFound, TooManyCodes, SignInUnavailable.
    """
    e164, _ = read_phone(command.phone)
    shop = await service.shops.load(command.shop)
    if shop is None:
        raise ShopNotFound(pointer="/shop")
    asking = Asking(service.vault.blind_index(_NUMBER, e164), command.address, shop.slug)
    limits = code_limits(asking, per_address=service.codes_per_address, per_shop=service.codes_per_shop)
    await service.code_limits.take(limits)
    sealed = seal_phone(e164, shop.slug, service.vault)
    known = await service.guests.by_identifiers(shop.slug, [phone_identifier(sealed.index)])
    issued = service.guest_ids.issue(shop.slug)
    guest_id = known[0].id if known else issued
    sign_in = SignIn(new_id("in"), shop.slug, guest_id, sealed.sealed, command.telegram)
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    await service.sign_ins.put(sign_in, digest=code_digest(sign_in.id, code, service))
    now = service.clock.now()
    expires_at = now + timedelta(seconds=CODE_SECONDS)
    order = SendMessage(
        shop=shop.slug,
        guest_id=guest_id,
        key=f"sign-in:{sign_in.id}",
        template="sign-in-code",
        values={"code": code, "minutes": CODE_SECONDS // 60, "shop_name": shop.name},
        urgency="urgent",
        channels=("sms",),
        expires_at=expires_at,
        sealed_phone=service.transport.seal(e164),
    )
    await service.code_orders.place(sign_in.id, order, now)
    return CodeSent(sign_in.id, expires_at)


def code_digest(sign_in_id: str, code: str, service: Identity) -> str:
    """What is kept of a code."""
    return service.vault.blind_index(sign_in_id, code)
