"""Look guests up (F4) and note who did."""

from dataclasses import dataclass

from bezkart.kernel.errors import GuestNotFound
from bezkart.kernel.ids import new_id
from services.identity.domain.guest import Guest, card_identifier, code_identifier, phone_identifier
from services.identity.domain.short_code import read_code
from services.identity.store.guests import Lookup
from services.identity.usecases.collaborators import Identity
from services.identity.usecases.read_phone import read_phone


@dataclass(frozen=True, slots=True)
class FindGuests:
    """By exactly one of the four."""

    shop: str
    staff_id: str
    role: str
    last4: str | None
    phone: str | None
    card: str | None
    code: str | None = None


async def find_guests(command: FindGuests, service: Identity) -> list[Guest]:
    """Those who fit; an empty list when nobody does. Raises InvalidPhone."""
    if command.last4 is not None:
        by, found = "last4", await service.guests.by_last4(command.shop, command.last4)
    elif command.phone is not None:
        e164, _ = read_phone(command.phone)
        identifier = phone_identifier(service.vault.blind_index(command.shop, e164))
        by, found = "phone", await service.guests.by_identifiers(command.shop, [identifier])
    elif command.code is not None:
        by = "code"
        found = await service.guests.by_identifiers(command.shop, [code_identifier(read_code(command.code))])
    else:
        by = "card"
        found = await service.guests.by_identifiers(command.shop, [card_identifier(command.card or "")])
    lookup = Lookup(
        id=new_id("l"),
        at=service.clock.now(),
        staff_id=command.staff_id,
        role=command.role,
        by=by,
        guest_ids=tuple(guest.id for guest in found),
    )
    await service.guests.note_lookup(command.shop, lookup)
    return found


async def load_guest(shop: str, guest_id: str, service: Identity) -> Guest:
    """Raises GuestNotFound (also for an erased guest or one of another shop)."""
    guest = await service.guests.load(shop, guest_id)
    if guest is None or guest.erased_at is not None:
        raise GuestNotFound
    return guest
