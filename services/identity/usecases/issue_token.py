"""The gateway's phantom token: an opaque session or the bot's assertion outside, a 60-second signed token inside."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bezkart.kit.assertion import Assertion, AssertionRefused
from bezkart.kit.auth import BOT_SESSION, Caller, Role
from services.identity.domain.guest import telegram_identifier
from services.identity.domain.staff import Shop
from services.identity.store.sessions import GUEST_ROLE, Session, session_id_of
from services.identity.usecases.collaborators import Identity
from services.identity.usecases.telegram_accounts import telegram_index

OPS_ID: Final = "ops"
_NOWHERE: Final = Shop("", "", "UTC", "", "start")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What came with a request: an opaque token or an assertion, and whether a cookie carried it."""

    token: str
    by_cookie: bool


async def issue_token(credentials: Credentials, service: Identity) -> str:
    """The signed token for these credentials; empty when they are not, or no longer, good for anything."""
    now = service.clock.now()
    if not credentials.by_cookie and hmac.compare_digest(credentials.token.encode(), service.ops_key.encode()):
        outside = _caller(OPS_ID, Role.OPS, _NOWHERE, session="")
        return service.tokens.issue(outside, now)
    if not credentials.by_cookie and "." in credentials.token:  # no session has one
        caller = await _asserted(credentials.token, service, now)
    else:
        caller = await _signed_in(credentials, service, now)
    return service.tokens.issue(caller, now) if caller else ""


async def _signed_in(credentials: Credentials, service: Identity, now: datetime) -> Caller | None:
    session = await service.sessions.find(session_id_of(credentials.token), now)
    if session is None:
        return None
    shop = await service.shops.load(session.shop)
    if shop is None or await _gone(session, service):
        return None
    return _caller(session.person_id, Role(session.role), shop, session=session.id, by_cookie=credentials.by_cookie)


async def _gone(session: Session, service: Identity) -> bool:
    """Sessions end with a dismissal or an erasure, but one remembered while Redis was away may not know."""
    if session.person_id == OPS_ID:
        return False
    if session.role == GUEST_ROLE:
        guest = await service.guests.load(session.shop, session.person_id)
        return guest is None or guest.erased_at is not None
    member = await service.staff.load(session.shop, session.person_id)
    return member is None or member.dismissed_at is not None


async def _asserted(token: str, service: Identity, now: datetime) -> Caller | None:
    """Whom the Telegram user is in that shop, by our own records: the bot says only who writes to it (ADR 0011)."""
    try:
        assertion = service.assertions.read(token, now=now)
    except AssertionRefused:
        return None
    shop = await service.shops.load(assertion.shop) if assertion.shop else _NOWHERE
    if shop is None:
        return None
    return await (_as_staff if assertion.acting == "staff" else _as_guest)(assertion, shop, service)


async def _as_staff(assertion: Assertion, shop: Shop, service: Identity) -> Caller | None:
    for member in await service.staff.by_telegram(telegram_index(assertion.telegram_id, service)):
        if member.shop == shop.slug and member.dismissed_at is None:
            return _caller(member.id, Role(member.role), shop, session=BOT_SESSION)
    return None


async def _as_guest(assertion: Assertion, shop: Shop, service: Identity) -> Caller:
    identifier = telegram_identifier(assertion.telegram_id)
    known = await service.guests.by_identifiers(shop.slug, [identifier]) if shop.slug else []
    if not known:
        return _caller(identifier, Role.VISITOR, shop, session=BOT_SESSION)
    await service.links.add(telegram_index(assertion.telegram_id, service), shop.slug)
    return _caller(known[0].id, Role.GUEST, shop, session=BOT_SESSION)


def _caller(person_id: str, role: Role, shop: Shop, *, session: str, by_cookie: bool = False) -> Caller:
    plan = shop.plan if shop.slug else ""
    return Caller(person_id, role, session, shop.slug, shop.timezone, shop.currency, plan, by_cookie)
