"""Change a guest's profile and consents, or erase the guest (F3)."""

import secrets
from contextlib import suppress
from dataclasses import dataclass, replace

from redis.exceptions import RedisError

from bezkart.contracts.identity import GuestErased
from bezkart.kernel.errors import VersionConflict
from bezkart.kit.documents import until_written
from services.identity.domain.errors import GuestExists
from services.identity.domain.guest import Consent, Guest, Language, Purpose
from services.identity.domain.short_code import draw_code
from services.identity.usecases.collaborators import Identity
from services.identity.usecases.events import profile_events
from services.identity.usecases.find_guests import load_guest
from services.identity.usecases.register_guest import CONSENT_TEXT_VERSION
from services.identity.usecases.telegram_accounts import telegram_index


@dataclass(frozen=True, slots=True)
class ProfileChange:
    """What is None stays; an empty `birthday` takes it back."""

    name: str | None = None
    card: str | None = None
    telegram_id: int | None = None
    language: Language | None = None
    birthday: str | None = None


async def change_profile(shop: str, guest_id: str, change: ProfileChange, service: Identity) -> Guest:
    """Change what is given. Raises GuestNotFound, GuestExists (the card or account is another guest's)."""

    async def attempt() -> Guest:
        guest = await load_guest(shop, guest_id, service)
        known = guest.contacts
        telegram_id = known.telegram_id if change.telegram_id is None else change.telegram_id
        changed = guest.change(
            name=change.name or guest.name,
            contacts=replace(known, card=change.card or known.card, telegram_id=telegram_id),
            language=change.language or guest.language,
            birthday=guest.birthday if change.birthday is None else change.birthday or None,
        )
        await service.guests.save(shop, changed, profile_events(shop, changed, service), service.clock.now())
        return changed

    changed = await until_written(attempt)
    if change.telegram_id is not None:
        await service.links.add(telegram_index(change.telegram_id, service), shop)
    return changed


async def give_code(shop: str, guest_id: str, service: Identity) -> Guest:
    """The guest, with a short code: those of older times and of imports get one when they first ask. Raises GuestNotFound."""

    async def attempt() -> Guest:
        guest = await load_guest(shop, guest_id, service)
        if guest.contacts.code:
            return guest
        coded = guest.with_code(draw_code(secrets.choice))
        try:
            await service.guests.save(shop, coded, [], service.clock.now())
        except GuestExists:  # drawn before: draw again
            raise VersionConflict from None
        return coded

    return await until_written(attempt)


async def set_consent(
    shop: str, guest_id: str, service: Identity, *, purpose: Purpose, granted: bool, channel: str
) -> Guest:
    """Record what the guest says now; a withdrawal works at once. Raises GuestNotFound."""

    async def attempt() -> Guest:
        guest = await load_guest(shop, guest_id, service)
        now = service.clock.now()
        changed = guest.say(Consent(purpose, granted, CONSENT_TEXT_VERSION, now, channel))
        await service.guests.save(shop, changed, profile_events(shop, changed, service), now)
        return changed

    return await until_written(attempt)


async def erase_guest(shop: str, guest_id: str, service: Identity) -> None:
    """Forget everything; the event carries it through every service. Raises GuestNotFound."""

    async def attempt() -> Guest:
        guest = await load_guest(shop, guest_id, service)
        now = service.clock.now()
        event = GuestErased(shop=shop, guest_id=guest_id, erased_at=now)
        await service.guests.save(shop, guest.erase(now), [event], now)
        return guest

    erased = await until_written(attempt)
    await service.guests.forget_lookups(shop, guest_id)
    if erased.contacts.telegram_id is not None:
        await service.links.remove(telegram_index(erased.contacts.telegram_id, service), shop)
    with suppress(RedisError):  # no session of an erased guest is good for a token any more
        await service.sessions.end_all(guest_id)
