"""A guest signs in on the web page: code by SMS, then a session, after a registration where there is none yet (F74)."""

from dataclasses import dataclass

from redis.exceptions import RedisError

from services.identity.domain.errors import CodeExpired, GuestExists, SignInUnavailable
from services.identity.domain.guest import Guest, phone_identifier
from services.identity.domain.sign_in import ON_THE_PAGE, SignIn
from services.identity.store.sessions import GUEST_ROLE
from services.identity.usecases.change_guest import give_code
from services.identity.usecases.collaborators import Identity
from services.identity.usecases.register_guest import ConsentsSaid, RegisterGuest, referral_in, register_guest
from services.identity.usecases.send_code import code_digest
from services.identity.usecases.sign_in import Opened, open_session


@dataclass(frozen=True, slots=True)
class GuestSignedIn:
    guest: Guest
    session: Opened


@dataclass(frozen=True, slots=True)
class RegisterSignedIn:
    """`sign_in_id` names the number that was proven."""

    sign_in_id: str
    name: str | None
    processing: bool
    advertising: bool
    referral: str | None


async def confirm_sign_in(sign_in_id: str, code: str, service: Identity, *, user_agent: str) -> GuestSignedIn | None:
    """None where the number is proven and nobody has registered with it.

    Raises WrongCode, CodeExpired, TooManyAttempts, SignInUnavailable.
    """
    digest = code_digest(sign_in_id, code, service)
    sign_in = await service.sign_ins.check(sign_in_id, digest=digest, asker=ON_THE_PAGE)
    guest = await _owner_of_number(sign_in, service)
    if guest is None:
        await service.sign_ins.mark_proven(sign_in)
        return None
    return await _enter(sign_in, guest, service, user_agent=user_agent)


async def register_signed_in(
    command: RegisterSignedIn, service: Identity, *, user_agent: str
) -> tuple[GuestSignedIn, bool]:
    """The guest, and whether he is new: somebody may have registered the number at the terminal meanwhile.

    Raises ConsentRequired, CodeExpired, SignInUnavailable.
    """
    sign_in = await service.sign_ins.proven(command.sign_in_id)
    guest, new = await _owner_of_number(sign_in, service), False
    if guest is None:
        guest, new = await _register(sign_in, command, service)
    return await _enter(sign_in, guest, service, user_agent=user_agent), new


async def _register(sign_in: SignIn, command: RegisterSignedIn, service: Identity) -> tuple[Guest, bool]:
    referral = referral_in(sign_in.shop, command.referral, service)
    registration = RegisterGuest(
        shop=sign_in.shop,
        source="referral" if referral else "web",
        consents=ConsentsSaid(command.processing, command.advertising, "web"),
        phone=service.vault.open(sign_in.sealed_phone),
        name=command.name,
        guest_id=sign_in.guest_id,
        referral=referral,
    )
    try:
        return await register_guest(registration, service), True
    except GuestExists:  # somebody was quicker
        owner = await _owner_of_number(sign_in, service)
        if owner is None:
            raise CodeExpired from None
        return owner, False


async def _owner_of_number(sign_in: SignIn, service: Identity) -> Guest | None:
    index = service.vault.blind_index(sign_in.shop, service.vault.open(sign_in.sealed_phone))
    known = await service.guests.by_identifiers(sign_in.shop, [phone_identifier(index)])
    return known[0] if known else None


async def _enter(sign_in: SignIn, guest: Guest, service: Identity, *, user_agent: str) -> GuestSignedIn:
    await service.sign_ins.finish(sign_in)
    try:
        session = await open_session(service, guest.id, GUEST_ROLE, sign_in.shop, user_agent=user_agent)
    except RedisError:
        raise SignInUnavailable(retry_after=5) from None
    return GuestSignedIn(await give_code(sign_in.shop, guest.id, service), session)
