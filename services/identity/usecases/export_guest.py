"""Hand a guest everything identity keeps of him (F3)."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.identity.domain.guest import Guest
from services.identity.store.guests import Lookup
from services.identity.usecases.change_guest import give_code
from services.identity.usecases.collaborators import Identity


@dataclass(frozen=True, slots=True)
class Export:
    """`phone` is the number in full."""

    guest: Guest
    phone: str | None
    lookups: Sequence[Lookup]


async def export_guest(shop: str, guest_id: str, service: Identity) -> Export:
    """Raises GuestNotFound."""
    guest = await give_code(shop, guest_id, service)
    phone = guest.contacts.phone
    return Export(
        guest,
        phone=service.vault.open(phone.sealed) if phone else None,
        lookups=await service.guests.lookups_of(shop, guest_id),
    )
