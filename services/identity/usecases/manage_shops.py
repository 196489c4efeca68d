"""Create and change shops (F6)."""

import secrets
from dataclasses import dataclass, replace

from bezkart.contracts.identity import ShopChanged
from bezkart.kernel.calendar import ShopCalendar
from services.identity.domain.errors import LoginTaken, ShopExists, ShopNotFound
from services.identity.domain.staff import Plan, Shop, StaffMember, check_password
from services.identity.usecases.collaborators import Identity
from services.identity.usecases.manage_staff import Hire, hire


@dataclass(frozen=True, slots=True)
class CreateShop:
    """A missing password is generated; `owner_login` defaults to `<slug>-owner`."""

    slug: str
    name: str
    timezone: str
    currency: str
    plan: Plan
    owner_login: str | None
    owner_name: str | None
    owner_password: str | None


async def create_shop(command: CreateShop, service: Identity) -> tuple[Shop, StaffMember, str]:
    """The shop, its owner and the owner's password. Raises ShopExists, LoginTaken, UnknownTimeZone, WeakPassword."""
    ShopCalendar(command.timezone)
    login = (command.owner_login or f"{command.slug}-owner").lower()
    if await service.shops.load(command.slug):
        raise ShopExists(command.slug, pointer="/slug")
    if await service.staff.by_login(login):
        raise LoginTaken(pointer="/owner/login")
    password = command.owner_password or secrets.token_urlsafe(9)
    check_password(
        password, lenient=service.lenient
    )  # before anything is written: a shop without an owner is of no use
    shop = Shop(command.slug, command.name, command.timezone, command.currency, command.plan)
    await service.shops.save(shop, [_event(shop)], service.clock.now())
    owner = await hire(Hire(shop.slug, login, command.owner_name or command.name, "owner", password), service)
    return shop, owner, password


async def change_shop(
    slug: str, service: Identity, *, name: str | None, timezone: str | None, plan: Plan | None
) -> Shop:
    """Change what is given. Raises ShopNotFound, UnknownTimeZone, VersionConflict."""
    shop = await service.shops.load(slug)
    if shop is None:
        raise ShopNotFound
    changed = replace(
        shop,
        name=name or shop.name,
        timezone=ShopCalendar(timezone).timezone if timezone else shop.timezone,
        plan=plan or shop.plan,
        version=shop.version + 1,
    )
    await service.shops.save(changed, [_event(changed)], service.clock.now())
    return changed


def _event(shop: Shop) -> ShopChanged:
    return ShopChanged(
        shop=shop.slug,
        version=shop.version,
        name=shop.name,
        timezone=shop.timezone,
        currency=shop.currency,
        plan=shop.plan,
    )
