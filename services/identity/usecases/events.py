"""A guest's state in the words of `bezkart.contracts.identity`: no name, no number."""

from bezkart.contracts.identity import GuestChanged
from services.identity.domain.guest import Guest


def guest_changed(shop: str, guest: Guest) -> GuestChanged:
    return GuestChanged(
        shop=shop,
        guest_id=guest.id,
        version=guest.version,
        registered_at=guest.registered_at,
        source=guest.source,
        has_phone=guest.contacts.phone is not None,
        has_telegram=guest.contacts.telegram_id is not None,
        processing_consent=guest.consented("processing"),
        advertising_consent=guest.consented("advertising"),
    )
