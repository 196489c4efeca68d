"""Telegram accounts as identity keeps them, and in which shops one of them is known."""

from dataclasses import dataclass
from typing import Final

from bezkart.kit.assertion import Acting
from bezkart.kit.auth import Caller, Role, RoleRequired
from services.identity.domain.guest import TELEGRAM, telegram_identifier
from services.identity.domain.staff import SealedTelegram
from services.identity.usecases.collaborators import Identity
from services.identity.usecases.find_guests import load_guest

_SCOPE: Final = "telegram"


@dataclass(frozen=True, slots=True)
class KnownShop:
    """A shop where a Telegram user is somebody."""

    slug: str
    name: str
    acting: tuple[Acting, ...]


def telegram_index(telegram_id: int, service: Identity) -> str:
    """The keyed hash that joins the shops of one account; no shop's database holds it."""
    return service.vault.blind_index(_SCOPE, str(telegram_id))


def seal_telegram(telegram_id: int, service: Identity) -> SealedTelegram:
    return SealedTelegram(service.vault.seal(str(telegram_id)), telegram_index(telegram_id, service))


async def telegram_of(caller: Caller, service: Identity) -> int:
    """The account for which the bot asks. Raises RoleRequired when it is not the bot who asks, GuestNotFound."""
    if not caller.by_bot:
        raise RoleRequired
    if caller.role is Role.VISITOR:
        return int(caller.id.removeprefix(TELEGRAM))
    guest = await load_guest(caller.shop, caller.id, service)
    if guest.contacts.telegram_id is None:
        raise RoleRequired
    return guest.contacts.telegram_id


async def shops_of(telegram_id: int, service: Identity) -> list[KnownShop]:
    """Where this account is a guest or works, by name. A link whose guest is gone is taken away."""
    index = telegram_index(telegram_id, service)
    works = {member.shop for member in await service.staff.by_telegram(index) if member.dismissed_at is None}
    visits = set()
    for slug in await service.links.shops(index):
        if await service.guests.by_identifiers(slug, [telegram_identifier(telegram_id)]):
            visits.add(slug)
        else:
            await service.links.remove(index, slug)
    known = []
    for slug in works | visits:
        if shop := await service.shops.load(slug):
            as_guest: tuple[Acting, ...] = ("guest",) if slug in visits else ()
            as_staff: tuple[Acting, ...] = ("staff",) if slug in works else ()
            known.append(KnownShop(slug, shop.name, as_guest + as_staff))
    return sorted(known, key=lambda each: (each.name, each.slug))
