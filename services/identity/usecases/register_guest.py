"""Register a guest (F2): at the terminal, in the bot, on the web page."""

import secrets
from dataclasses import dataclass

from bezkart.kernel.errors import VersionConflict
from bezkart.kernel.ids import new_id
from bezkart.kit.documents import until_written
from services.identity.domain.errors import ConsentRequired, ContactMissing, GuestExists
from services.identity.domain.guest import Consent, Contacts, Guest, telegram_identifier
from services.identity.domain.short_code import draw_code
from services.identity.store.guests import Lookup
from services.identity.usecases.collaborators import Identity
from services.identity.usecases.events import profile_events
from services.identity.usecases.read_phone import seal_phone
from services.identity.usecases.telegram_accounts import telegram_index

CONSENT_TEXT_VERSION = "2026-11"


@dataclass(frozen=True, slots=True)
class ConsentsSaid:
    """What the guest says about each of the two purposes, and where."""

    processing: bool
    advertising: bool
    channel: str


@dataclass(frozen=True, slots=True)
class RegisterGuest:
    """Phone as typed. `staff_id` and `role` say who asks; nobody where the guest registers by himself.

    `guest_id` was issued before where a code was sent for it; `referral` is the code of who brought the guest.
    """

    shop: str
    source: str
    consents: ConsentsSaid
    phone: str | None = None
    telegram_id: int | None = None
    card: str | None = None
    name: str | None = None
    birthday: str | None = None
    staff_id: str | None = None
    role: str = ""
    guest_id: str | None = None
    referral: str | None = None


async def register_guest(command: RegisterGuest, service: Identity) -> Guest:
    """Raises InvalidPhone, ContactMissing, ConsentRequired, GuestExists (with the guest's id)."""
    phone = seal_phone(command.phone, command.shop, service.vault) if command.phone else None
    contacts = Contacts(phone, command.telegram_id, command.card)
    if not contacts.any:
        raise ContactMissing(pointer="/phone")
    now = service.clock.now()
    guest = Guest(
        id=command.guest_id or service.guest_ids.issue(command.shop),
        registered_at=now,
        source=command.source,
        contacts=contacts,
        name=command.name,
        birthday=command.birthday,
    )
    consents = consent_records(command.consents, service)

    async def attempt() -> Guest:
        new = guest.with_code(draw_code(secrets.choice)).say(*consents).register()
        events = profile_events(command.shop, new, service, referral=command.referral)
        try:
            await service.guests.save(command.shop, new, events, now)
        except (GuestExists, VersionConflict):  # the latter where the same registration comes twice at once
            known = await service.guests.by_identifiers(command.shop, contacts.identifiers)
            if not known:  # erased between the two, or the short code is another guest's
                raise VersionConflict from None
            await _note(command, known[0].id, service)
            raise GuestExists(guest_id=known[0].id) from None
        return new

    registered = await until_written(attempt)
    if command.telegram_id is not None:
        await service.links.add(telegram_index(command.telegram_id, service), command.shop)
    return registered


def consent_records(said: ConsentsSaid, service: Identity) -> tuple[Consent, Consent]:
    """Two records, for the two are separate. Raises ConsentRequired."""
    if not said.processing:
        raise ConsentRequired(pointer="/consents/processing")
    now = service.clock.now()
    return (
        Consent("processing", True, CONSENT_TEXT_VERSION, now, said.channel),
        Consent("advertising", said.advertising, CONSENT_TEXT_VERSION, now, said.channel),
    )


def referral_in(shop: str, code: str | None, service: Identity) -> str | None:
    """The code if a guest of this shop has it: an invitation that is spoilt must not keep anybody from registering."""
    return code if code and service.guest_ids.shared(shop, code) else None


async def by_telegram(shop: str, telegram_id: int, service: Identity) -> Guest | None:
    """Who uses this Telegram account in this shop."""
    known = await service.guests.by_identifiers(shop, [telegram_identifier(telegram_id)])
    return known[0] if known else None


async def _note(command: RegisterGuest, guest_id: str, service: Identity) -> None:
    """Being told that somebody is a guest is a look-up like any other; guests are told of themselves only."""
    if command.staff_id is None:
        return
    lookup = Lookup(
        id=new_id("l"),
        at=service.clock.now(),
        staff_id=command.staff_id,
        role=command.role,
        by="registration",
        guest_ids=(guest_id,),
    )
    await service.guests.note_lookup(command.shop, lookup)
