"""Register a guest (F2)."""

from dataclasses import dataclass

from services.identity.domain.errors import ConsentRequired, ContactMissing, GuestExists
from services.identity.domain.guest import Consent, Contacts, Guest
from services.identity.usecases.collaborators import Identity
from services.identity.usecases.events import guest_changed
from services.identity.usecases.read_phone import seal_phone

CONSENT_TEXT_VERSION = "2026-11"


@dataclass(frozen=True, slots=True)
class RegisterGuest:
    """Phone as typed; the two consents are separate."""

    shop: str
    source: str
    phone: str | None
    telegram_id: int | None
    card: str | None
    name: str | None
    processing: bool
    advertising: bool


async def register_guest(command: RegisterGuest, service: Identity) -> Guest:
    """Raises InvalidPhone, ContactMissing, ConsentRequired, GuestExists (with the guest's id)."""
    phone = seal_phone(command.phone, command.shop, service.vault) if command.phone else None
    contacts = Contacts(phone, command.telegram_id, command.card)
    if not contacts.any:
        raise ContactMissing(pointer="/phone")
    if not command.processing:
        raise ConsentRequired(pointer="/consents/processing")
    now = service.clock.now()
    guest = Guest(
        id=service.guest_ids.issue(command.shop),
        registered_at=now,
        source=command.source,
        contacts=contacts,
        name=command.name,
        consents=(
            Consent("processing", True, CONSENT_TEXT_VERSION, now, command.source),
            Consent("advertising", command.advertising, CONSENT_TEXT_VERSION, now, command.source),
        ),
    ).register()
    try:
        await service.guests.save(command.shop, guest, [guest_changed(command.shop, guest)], now)
    except GuestExists:
        known = await service.guests.by_identifiers(command.shop, contacts.identifiers)
        raise GuestExists(guest_id=known[0].id) from None
    return guest
