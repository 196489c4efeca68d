"""Change a guest's profile and consents, or erase the guest (F3)."""

from dataclasses import replace

from bezkart.contracts.identity import GuestErased
from bezkart.kit.documents import until_written
from services.identity.domain.guest import Consent, Guest, Purpose
from services.identity.usecases.collaborators import Identity
from services.identity.usecases.events import guest_changed, profile_events
from services.identity.usecases.find_guests import load_guest
from services.identity.usecases.register_guest import CONSENT_TEXT_VERSION


async def change_profile(
    shop: str, guest_id: str, service: Identity, *, name: str | None, card: str | None, telegram_id: int | None
) -> Guest:
    """Change what is given. Raises GuestNotFound, GuestExists (the card or account is another guest's)."""

    async def attempt() -> Guest:
        guest = await load_guest(shop, guest_id, service)
        contacts = replace(
            guest.contacts,
            card=card or guest.contacts.card,
            telegram_id=guest.contacts.telegram_id if telegram_id is None else telegram_id,
        )
        changed = guest.change(name=name or guest.name, contacts=contacts)
        await service.guests.save(shop, changed, profile_events(shop, changed, service), service.clock.now())
        return changed

    return await until_written(attempt)


async def set_consent(
    shop: str, guest_id: str, service: Identity, *, purpose: Purpose, granted: bool, channel: str
) -> Guest:
    """Record what the guest says now; a withdrawal works at once. Raises GuestNotFound."""

    async def attempt() -> Guest:
        guest = await load_guest(shop, guest_id, service)
        now = service.clock.now()
        changed = guest.say(Consent(purpose, granted, CONSENT_TEXT_VERSION, now, channel))
        await service.guests.save(shop, changed, [guest_changed(shop, changed)], now)
        return changed

    return await until_written(attempt)


async def erase_guest(shop: str, guest_id: str, service: Identity) -> None:
    """Forget everything; the event carries it through every service. Raises GuestNotFound."""

    async def attempt() -> None:
        guest = await load_guest(shop, guest_id, service)
        now = service.clock.now()
        event = GuestErased(shop=shop, guest_id=guest_id, erased_at=now)
        await service.guests.save(shop, guest.erase(now), [event], now)

    await until_written(attempt)
    await service.guests.forget_lookups(shop, guest_id)
