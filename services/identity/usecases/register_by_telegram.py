"""A Telegram user becomes a guest, or a guest's number gets this Telegram account (F2, F71). The bot has checked that the number is his."""

from dataclasses import dataclass, replace

from bezkart.kit.documents import until_written
from services.identity.domain.errors import GuestExists, ProofRequired
from services.identity.domain.guest import Consent, Guest, phone_identifier
from services.identity.domain.sign_in import Asker
from services.identity.usecases.collaborators import Identity
from services.identity.usecases.events import profile_events
from services.identity.usecases.find_guests import load_guest
from services.identity.usecases.read_phone import seal_phone
from services.identity.usecases.register_guest import (
    ConsentsSaid,
    RegisterGuest,
    by_telegram,
    consent_records,
    referral_in,
    register_guest,
)
from services.identity.usecases.send_code import SendCode, code_digest, send_code
from services.identity.usecases.telegram_accounts import telegram_index


@dataclass(frozen=True, slots=True)
class RegisterByTelegram:
    shop: str
    telegram_id: int
    phone: str
    name: str | None
    processing: bool
    advertising: bool
    referral: str | None


async def register_by_telegram(command: RegisterByTelegram, service: Identity) -> tuple[Guest, bool]:
    """The guest, and whether he is new.

    Raises GuestExists (the account is a guest already), ProofRequired (the number is at another account: a code goes out),
    InvalidPhone, ConsentRequired, TooManyCodes, SignInUnavailable.
    """
    consents = ConsentsSaid(command.processing, command.advertising, "bot")
    records = consent_records(consents, service)
    if known := await by_telegram(command.shop, command.telegram_id, service):
        raise GuestExists(guest_id=known.id)
    referral = referral_in(command.shop, command.referral, service)
    registration = RegisterGuest(
        shop=command.shop,
        source="referral" if referral else "bot",
        consents=consents,
        phone=command.phone,
        telegram_id=command.telegram_id,
        name=command.name,
        referral=referral,
    )
    try:
        return await register_guest(registration, service), True
    except GuestExists:
        return await _link_number(command, records, service), False


async def prove_number(shop: str, telegram_id: int, sign_in_id: str, code: str, service: Identity) -> Guest:
    """The code from the SMS moves the number's guest to this account.

    Raises WrongCode, CodeExpired, TooManyAttempts, GuestExists, SignInUnavailable.
    """
    asker = Asker(telegram_index(telegram_id, service), shop)
    digest = code_digest(sign_in_id, code, service)
    sign_in = await service.sign_ins.check(sign_in_id, digest=digest, asker=asker)
    await service.sign_ins.finish(sign_in)
    return await _link(shop, sign_in.guest_id, telegram_id, (), service)


async def _link_number(command: RegisterByTelegram, records: tuple[Consent, ...], service: Identity) -> Guest:
    """The number is a guest's: his without an account gets this one, and at another account it takes a proof."""
    index = seal_phone(command.phone, command.shop, service.vault).index
    known = await service.guests.by_identifiers(command.shop, [phone_identifier(index)])
    if not known:  # the account became a guest at this moment, or the number's guest was erased
        raise GuestExists
    guest = known[0]
    if guest.contacts.telegram_id not in {None, command.telegram_id}:
        account = telegram_index(command.telegram_id, service)
        sent = await send_code(SendCode(command.shop, command.phone, f"telegram:{account}", account), service)
        raise ProofRequired(sign_in_id=sent.sign_in_id, resend_after_seconds=sent.resend_after_seconds)
    return await _link(command.shop, guest.id, command.telegram_id, records, service)


async def _link(shop: str, guest_id: str, telegram_id: int, records: tuple[Consent, ...], service: Identity) -> Guest:
    """One write: the account, and what the guest said to the two questions. Raises GuestExists."""
    before: int | None = None

    async def attempt() -> Guest:
        nonlocal before
        guest = await load_guest(shop, guest_id, service)
        before = guest.contacts.telegram_id
        if records and before not in {None, telegram_id}:  # somebody else was quicker: his is the number until proven
            raise GuestExists
        contacts = replace(guest.contacts, telegram_id=telegram_id)
        linked = replace(guest.say(*records), contacts=contacts)
        await service.guests.save(shop, linked, profile_events(shop, linked, service), service.clock.now())
        return linked

    guest = await until_written(attempt)
    if before not in {None, telegram_id}:
        await service.links.remove(telegram_index(before or 0, service), shop)
    await service.links.add(telegram_index(telegram_id, service), shop)
    return guest
