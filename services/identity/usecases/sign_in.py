"""Sign in with login and password (F5)."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from redis.exceptions import RedisError

from services.identity.domain.errors import LockedOut, SignInUnavailable, WrongCredentials
from services.identity.domain.staff import FREE_FAILURES, FREE_FAILURES_OF_ADDRESS, Shop, StaffMember
from services.identity.store.sessions import Session, session_id_of
from services.identity.usecases.collaborators import Identity


@dataclass(frozen=True, slots=True)
class SignIn:
    login: str
    password: str
    address: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A session just opened: `token` is shown here once and never stored; it ends after `seconds` without use."""

    token: str
    expires_at: datetime
    seconds: int


@dataclass(frozen=True, slots=True)
class SignedIn:
    session: Opened
    member: StaffMember
    shop: Shop


async def sign_in(command: SignIn, service: Identity) -> SignedIn:
    """Start a session. Raises WrongCredentials, LockedOut, SignInUnavailable (Redis is away)."""
    try:
        member = await _checked(command, service)
        shop = await service.shops.load(member.shop)
        if shop is None:
            raise WrongCredentials
        return await start_session(service, member, shop, user_agent=command.user_agent)
    except RedisError:
        raise SignInUnavailable(retry_after=5) from None


async def start_session(
    service: Identity, member: StaffMember, shop: Shop, *, user_agent: str, role: str | None = None
) -> SignedIn:
    """A new session of `member` in `shop`."""
    opened = await open_session(service, member.id, role or member.role, shop.slug, user_agent=user_agent)
    return SignedIn(opened, member, shop)


async def open_session(service: Identity, person_id: str, role: str, shop: str, *, user_agent: str) -> Opened:
    """A new session of anybody, staff or guest."""
    token, now = secrets.token_urlsafe(32), service.clock.now()
    session = Session(
        id=session_id_of(token),
        person_id=person_id,
        role=role,
        shop=shop,
        created_at=now,
        last_seen_at=now,
        user_agent=user_agent[:200],
    )
    await service.sessions.start(session)
    return Opened(token, now + timedelta(seconds=session.seconds), session.seconds)


async def _checked(command: SignIn, service: Identity) -> StaffMember:
    account, address = f"login:{command.login.lower()}", f"address:{command.address}"
    if left := await service.lockouts.remaining(account, address):
        raise LockedOut(retry_after=left)
    tries = [
        await service.lockouts.begin(account, free=FREE_FAILURES),
        await service.lockouts.begin(address, free=FREE_FAILURES_OF_ADDRESS),
    ]
    if left := max(each.refused_for for each in tries):
        raise LockedOut(retry_after=left)
    found = await service.staff.by_login(command.login.lower())
    member, password_hash = found or (None, None)
    correct = await service.passwords.matches(command.password, password_hash)
    if not correct or member is None or member.dismissed_at is not None:
        raise WrongCredentials
    await service.lockouts.forget(account)
    await service.lockouts.give_back(tries[1])
    return member
