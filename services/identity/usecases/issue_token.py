"""The gateway's phantom token: an opaque session outside, a 60-second signed token inside."""

import hmac
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from joserfc import jwt
from joserfc.jwk import OKPKey

from bezkart.kit.auth import ALGORITHM, Caller, Role, claims_of
from services.identity.domain.staff import Shop
from services.identity.store.directory import Shops, Staff
from services.identity.store.sessions import Session, Sessions, session_id_of

TOKEN_SECONDS: Final = 60
OPS_ID: Final = "ops"


class TokenIssuer:
    """Signs tokens with identity's private key."""

    def __init__(self, private_jwk: str) -> None:
        self._key = OKPKey.import_key(json.loads(private_jwk))

    def issue(self, caller: Caller, now: datetime) -> str:
        header = {"alg": ALGORITHM, "kid": self._key.kid}
        claims = claims_of(caller, expires=int(now.timestamp()) + TOKEN_SECONDS)
        return jwt.encode(header, claims, self._key, algorithms=[ALGORITHM])


@dataclass(frozen=True, slots=True)
class Credentials:
    """What came with a request: an opaque token, and whether a cookie carried it."""

    token: str
    by_cookie: bool


async def issue_token(
    credentials: Credentials,
    *,
    ops_key: str,
    sessions: Sessions,
    shops: Shops,
    staff: Staff,
    tokens: TokenIssuer,
    now: datetime,
) -> str:
    """The signed token for these credentials; empty when they are not, or no longer, good for anything."""
    if not credentials.by_cookie and hmac.compare_digest(credentials.token.encode(), ops_key.encode()):
        outside = Caller(OPS_ID, Role.OPS, session="", shop="", timezone="UTC", currency="", plan="", by_cookie=False)
        return tokens.issue(outside, now)
    session = await sessions.find(session_id_of(credentials.token), now)
    if session is None:
        return ""
    shop = await shops.load(session.shop)
    if shop is None or await _dismissed(session, staff):
        return ""
    return tokens.issue(_caller(session, shop, by_cookie=credentials.by_cookie), now)


async def _dismissed(session: Session, staff: Staff) -> bool:
    """Sessions end with a dismissal, but a session remembered while Redis was away may not know."""
    if session.staff_id == OPS_ID:
        return False
    member = await staff.load(session.shop, session.staff_id)
    return member is None or member.dismissed_at is not None


def _caller(session: Session, shop: Shop, *, by_cookie: bool) -> Caller:
    return Caller(
        id=session.staff_id,
        role=Role(session.role),
        session=session.id,
        shop=shop.slug,
        timezone=shop.timezone,
        currency=shop.currency,
        plan=shop.plan,
        by_cookie=by_cookie,
    )
