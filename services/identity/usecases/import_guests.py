"""Take guests over from an older system (F18): the same card or phone again is the same guest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bezkart.contracts.event import Event
from bezkart.kernel.calendar import EARLIEST_MOMENT
from bezkart.kit.documents import until_written
from services.identity.domain.errors import ContactMissing, InvalidPhone, RegistrationImplausible
from services.identity.domain.guest import Contacts, Guest
from services.identity.usecases.collaborators import Identity
from services.identity.usecases.events import profile_events
from services.identity.usecases.read_phone import seal_phone

SOURCE = "import"


@dataclass(frozen=True, slots=True)
class OldGuest:
    """A guest of the older system; phone as it stands there."""

    card: str | None
    phone: str | None
    name: str | None
    registered_at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """The guest's id, or why there is none."""

    guest_id: str | None
    created: bool
    error: str | None = None


async def import_guests(shop: str, old: Sequence[OldGuest], service: Identity) -> list[Outcome]:
    """One outcome for each, in the same order; nothing doubles when it runs again."""
    now = service.clock.now()
    read = [_read(shop, each, now, service) for each in old]

    async def attempt() -> list[Outcome]:
        return await _take_over(shop, read, service)

    return await until_written(attempt)


def _read(shop: str, old: OldGuest, now: datetime, service: Identity) -> Guest | str:
    """The guest as it would be new, or the slug of what is wrong with it."""
    if not EARLIEST_MOMENT <= old.registered_at <= now:
        return RegistrationImplausible.slug
    try:
        phone = seal_phone(old.phone, shop, service.vault) if old.phone else None
    except InvalidPhone as invalid:
        return invalid.slug
    contacts = Contacts(phone=phone, card=old.card)
    if not contacts.any:
        return ContactMissing.slug
    guest = Guest(service.guest_ids.issue(shop), old.registered_at, SOURCE, contacts, old.name)
    return guest.register()


async def _take_over(shop: str, read: Sequence[Guest | str], service: Identity) -> list[Outcome]:
    wanted = [identifier for each in read if isinstance(each, Guest) for identifier in each.contacts.identifiers]
    found = await service.guests.by_identifiers(shop, wanted)
    stored = {guest.id: guest for guest in found}
    known = {identifier: guest.id for guest in found for identifier in guest.contacts.identifiers}
    current = dict(stored)
    outcomes = []
    for each in read:
        if isinstance(each, str):
            outcomes.append(Outcome(None, created=False, error=each))
            continue
        match = next((known[key] for key in each.contacts.identifiers if key in known), None)
        guest = _merged(current[match], _without_foreign(each, match, known), stored.get(match)) if match else each
        current[guest.id] = guest
        known.update(dict.fromkeys(guest.contacts.identifiers, guest.id))
        outcomes.append(Outcome(guest.id, created=match is None))
    now = service.clock.now()
    changes: list[tuple[Guest, Sequence[Event]]] = [
        (guest, profile_events(shop, guest, service))
        for guest_id, guest in current.items()
        if guest != stored.get(guest_id)
    ]
    await service.guests.save_many(shop, changes, now)
    return outcomes


def _without_foreign(guest: Guest, match: str, known: Mapping[str, str]) -> Guest:
    """A row may join the phone of one guest and the card of another: each keeps what is its own."""
    return replace(guest, contacts=guest.contacts.only(lambda key: known.get(key, match) == match))


def _merged(guest: Guest, other: Guest, stored: Guest | None) -> Guest:
    """However many rows of one batch speak of a guest, it is one change: one version above the stored one."""
    merged = guest.merge_import(other)
    version = stored.version + 1 if stored else 1
    return merged if merged is guest else merged.at_version(version)
