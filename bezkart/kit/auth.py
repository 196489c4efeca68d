"""Who is calling. Every service verifies the gateway's short-lived token by itself and trusts no other header."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from time import time
from typing import Annotated, Any, Final

from fastapi import Depends, Request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from bezkart.kernel.calendar import ShopCalendar
from bezkart.kernel.errors import DomainError, Kind

ISSUER: Final = "bezkart.identity"
ALGORITHM: Final = "Ed25519"  # RFC 9864's name for EdDSA over that curve
BOT_SESSION: Final = "bot"
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class Unauthenticated(DomainError):
    """No session, or it has ended."""

    kind = Kind.UNAUTHENTICATED
    slug = "sign-in-required"
    title = "Sign in first"


class RoleRequired(DomainError):
    """The caller's role may not do this."""

    kind = Kind.FORBIDDEN
    slug = "role-required"
    title = "Your role may not do this"


class CsrfGuardMissing(DomainError):
    """A cookie alone does not prove that our own page sent the request."""

    kind = Kind.FORBIDDEN
    slug = "csrf-guard-missing"
    title = "The request did not come from our own page"


class Role(StrEnum):
    """A visitor is a Telegram user whom the shop does not know (yet)."""

    BARISTA = "barista"
    OWNER = "owner"
    OPS = "ops"
    GUEST = "guest"
    VISITOR = "visitor"


@dataclass(frozen=True, slots=True)
class Caller:
    """A verified caller. `shop` and its facts are empty only for ops and visitors outside a shop.

    `id` is that of the guest for guests and `telegram:<id>` for visitors. `session` is `BOT_SESSION` for whom the bot asks.
    """

    id: str
    role: Role
    session: str
    shop: str
    timezone: str
    currency: str
    plan: str
    by_cookie: bool

    @property
    def calendar(self) -> ShopCalendar:
        return ShopCalendar(self.timezone)

    @property
    def by_bot(self) -> bool:
        return self.session == BOT_SESSION


class TokenVerifier:
    """Verifies the Ed25519 JWTs of identity. The gateway repeats one token for 5 s, so verified ones are remembered until they expire."""

    def __init__(self, public_jwks: str) -> None:
        self._keys = KeySet.import_key_set(json.loads(public_jwks))
        self._claims = jwt.JWTClaimsRegistry(iss={"essential": True, "value": ISSUER}, exp={"essential": True})
        self._verified = lru_cache(maxsize=4096)(self._decode)

    def caller(self, authorization: str) -> Caller:
        """The caller behind an `Authorization` header. Raises Unauthenticated."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated
        caller, expires = self._verified(token)
        if expires <= time():
            raise Unauthenticated
        return caller

    def _decode(self, token: str) -> tuple[Caller, float]:
        try:
            claims = jwt.decode(token, self._keys, algorithms=[ALGORITHM]).claims
            self._claims.validate(claims)
            return _caller(claims), float(claims["exp"])
        except (JoseError, ValueError, KeyError):
            raise Unauthenticated from None


def _caller(claims: dict[str, Any]) -> Caller:
    return Caller(
        id=claims["sub"],
        role=Role(claims["role"]),
        session=claims["sid"],
        shop=claims["shop"],
        timezone=claims["tz"],
        currency=claims["currency"],
        plan=claims["plan"],
        by_cookie=claims["cookie"],
    )


def claims_of(caller: Caller, *, expires: int) -> dict[str, Any]:
    """The token's claims; the inverse of what the verifier reads. `expires` is a Unix time."""
    return {
        "iss": ISSUER,
        "exp": expires,
        "sub": caller.id,
        "role": caller.role.value,
        "sid": caller.session,
        "shop": caller.shop,
        "tz": caller.timezone,
        "currency": caller.currency,
        "plan": caller.plan,
        "cookie": caller.by_cookie,
    }


async def current_caller(request: Request) -> Caller:
    """The verified caller of a request. Raises Unauthenticated, CsrfGuardMissing."""
    verifier: TokenVerifier = request.app.state.tokens
    caller = verifier.caller(request.headers.get("Authorization", ""))
    if caller.by_cookie and request.method not in SAFE_METHODS and not request.headers.get("X-CSRF-Guard"):
        raise CsrfGuardMissing
    return caller


def allow(*roles: Role) -> Callable[[Request], Awaitable[Caller]]:
    """FastAPI dependency: a caller inside a shop with one of `roles`. Raises RoleRequired and what `current_caller` does."""

    async def allowed(request: Request) -> Caller:
        caller = await current_caller(request)
        if caller.role not in roles or not caller.shop:
            raise RoleRequired
        return caller

    return allowed


async def _outside_any_shop(request: Request) -> Caller:
    caller = await current_caller(request)
    if caller.role is not Role.OPS or caller.shop:
        raise RoleRequired
    return caller


Platform = Annotated[Caller, Depends(_outside_any_shop)]
Staff = Annotated[Caller, Depends(allow(Role.BARISTA, Role.OWNER, Role.OPS))]
Owner = Annotated[Caller, Depends(allow(Role.OWNER, Role.OPS))]
Guest = Annotated[Caller, Depends(allow(Role.GUEST))]
Visitor = Annotated[Caller, Depends(allow(Role.VISITOR, Role.GUEST))]
