"""Register a guest (F2)."""

from dataclasses import dataclass

from bezkart.kernel.errors import VersionConflict
from bezkart.kernel.ids import new_id
from bezkart.kit.documents import until_written
from services.identity.domain.errors import ConsentRequired, ContactMissing, GuestExists
from services.identity.domain.guest import Consent, Contacts, Guest
from services.identity.store.guests import Lookup
from services.identity.usecases.collaborators import Identity
from services.identity.usecases.events import profile_events
from services.identity.usecases.read_phone import seal_phone

CONSENT_TEXT_VERSION = "2026-11"


@dataclass(frozen=True, slots=True)
class RegisterGuest:
    """Phone as typed; the two consents are separate. `staff_id` and `role` say who asks."""

    shop: str
    staff_id: str
    role: str
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

    events = profile_events(command.shop, guest, service)

    async def attempt() -> Guest:
        try:
            await service.guests.save(command.shop, guest, events, now)
        except GuestExists:
            known = await service.guests.by_identifiers(command.shop, contacts.identifiers)
            if not known:  # erased between the two
                raise VersionConflict from None
            await _note(command, known[0].id, service)
            raise GuestExists(guest_id=known[0].id) from None
        return guest

    return await until_written(attempt)


async def _note(command: RegisterGuest, guest_id: str, service: Identity) -> None:
    """Being told that somebody is a guest is a look-up like any other."""
    lookup = Lookup(
        id=new_id("l"),
        at=service.clock.now(),
        staff_id=command.staff_id,
        role=command.role,
        by="registration",
        guest_ids=(guest_id,),
    )
    await service.guests.note_lookup(command.shop, lookup)
