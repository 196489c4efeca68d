"""A guest's state in the words of `bezkart.contracts.identity`: no name, no number that could be read."""

from bezkart.contracts.event import GuestEvent
from bezkart.contracts.identity import GuestChanged, GuestContactsChanged, StaffContactsChanged
from services.identity.domain.guest import Guest
from services.identity.domain.staff import StaffMember
from services.identity.usecases.collaborators import Identity


def guest_changed(shop: str, guest: Guest, *, referral: str | None = None) -> GuestChanged:
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
        birthday=guest.birthday,
        referral=referral,
    )


def contacts_changed(shop: str, guest: Guest, service: Identity) -> GuestContactsChanged:
    """The addresses under the key of the way to notifications, not under that of our own store."""
    phone, telegram_id = guest.contacts.phone, guest.contacts.telegram_id
    return GuestContactsChanged(
        shop=shop,
        guest_id=guest.id,
        version=guest.version,
        source=guest.source,
        sealed_phone=service.transport.seal(service.vault.open(phone.sealed)) if phone else None,
        masked_phone=phone.masked if phone else None,
        sealed_telegram=service.transport.seal(str(telegram_id)) if telegram_id is not None else None,
        sealed_name=service.transport.seal(guest.name) if guest.name else None,
        language=guest.language,
        advertising_consent=guest.consented("advertising"),
    )


def profile_events(
    shop: str, guest: Guest, service: Identity, *, referral: str | None = None
) -> tuple[GuestEvent, ...]:
    """What is told of a guest who is new or whose contacts may have changed; the contacts first, as a message may follow at once."""
    return contacts_changed(shop, guest, service), guest_changed(shop, guest, referral=referral)


def staff_contacts_changed(member: StaffMember, service: Identity) -> StaffContactsChanged:
    """The Telegram account under the key of the way to notifications."""
    telegram = member.telegram
    return StaffContactsChanged(
        shop=member.shop,
        staff_id=member.id,
        version=member.version,
        role=member.role,
        sealed_telegram=service.transport.seal(service.vault.open(telegram.sealed)) if telegram else None,
        dismissed=member.dismissed_at is not None,
    )
