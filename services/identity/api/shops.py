"""`/api/v1/shops`: the directory (F6); creating and support sessions are for ops."""

from typing import Annotated

from fastapi import APIRouter, Header
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from bezkart.kernel.calendar import UnknownTimeZone
from bezkart.kernel.errors import VersionConflict
from bezkart.kit.auth import Owner, Platform, Role, RoleRequired, Staff, Unauthenticated
from bezkart.kit.problems import documented
from services.identity.api.service import Service
from services.identity.api.sessions import ShopView, Started, shop_view, started
from services.identity.domain.errors import LoginTaken, ShopExists, ShopNotFound, WeakPassword
from services.identity.domain.staff import Plan, StaffMember
from services.identity.usecases.issue_token import OPS_ID
from services.identity.usecases.manage_shops import CreateShop, change_shop, create_shop
from services.identity.usecases.sign_in import start_session

router = APIRouter(prefix="/api/v1/shops", tags=["shops"], responses=documented(Unauthenticated, RoleRequired))

Login = Annotated[str, Field(min_length=2, max_length=64, pattern=r"^[A-Za-z0-9._@-]+$")]
Name = Annotated[str, Field(min_length=1, max_length=80)]
TimeZone = Annotated[str, Field(min_length=2, max_length=64, examples=["Europe/Moscow"])]


def _not_an_address(slug: str) -> str:
    if slug == "current":
        raise ValueError("this word stands for the caller's own shop in addresses")
    return slug


class OwnerBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    login: Login | None = None
    name: Name | None = None
    password: Annotated[str | None, Field(min_length=1, max_length=200)] = None


class NewShop(BaseModel):
    model_config = ConfigDict(extra="forbid")

    slug: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,28}[a-z0-9]$"), AfterValidator(_not_an_address)]
    name: Name
    timezone: TimeZone = "Europe/Moscow"
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "RUB"
    plan: Plan = "start"
    owner: OwnerBody = OwnerBody()


class OwnerCreated(BaseModel):
    login: str
    password: str


class ShopCreated(ShopView):
    """The owner's password is shown only here."""

    owner: OwnerCreated


class ShopChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    timezone: TimeZone | None = None


class PlatformChange(ShopChange):
    plan: Plan | None = None


class ShopCard(BaseModel):
    """What stands on the shop's door, its clock, and the bot that serves its guests."""

    slug: str
    name: str
    timezone: str
    bot_username: str | None


class ShopList(BaseModel):
    shops: list[ShopView]


@router.post("", status_code=201, responses=documented(ShopExists, LoginTaken, UnknownTimeZone, WeakPassword))
async def create(body: NewShop, _caller: Platform, service: Service) -> ShopCreated:
    """Create a shop with its owner."""
    command = CreateShop(
        slug=body.slug,
        name=body.name,
        timezone=body.timezone,
        currency=body.currency,
        plan=body.plan,
        owner_login=body.owner.login,
        owner_name=body.owner.name,
        owner_password=body.owner.password,
    )
    shop, owner, password = await create_shop(command, service)
    return ShopCreated(**shop_view(shop).model_dump(), owner=OwnerCreated(login=owner.login, password=password))


@router.get("")
async def directory(_caller: Platform, service: Service) -> ShopList:
    """Every shop of the platform."""
    return ShopList(shops=[shop_view(shop) for shop in await service.shops.all()])


@router.get("/current", responses=documented(ShopNotFound))
async def current(caller: Staff, service: Service) -> ShopView:
    """The shop I am signed in to."""
    shop = await service.shops.load(caller.shop)
    if shop is None:
        raise ShopNotFound
    return shop_view(shop)


@router.patch("/current", responses=documented(ShopNotFound, UnknownTimeZone, VersionConflict))
async def change_current(body: ShopChange, caller: Owner, service: Service) -> ShopView:
    """Another name or time zone; the plan is changed by support."""
    return shop_view(await change_shop(caller.shop, service, name=body.name, timezone=body.timezone, plan=None))


@router.patch("/{slug}", responses=documented(ShopNotFound, UnknownTimeZone, VersionConflict))
async def change(slug: str, body: PlatformChange, _caller: Platform, service: Service) -> ShopView:
    """Change any shop, its plan as well."""
    return shop_view(await change_shop(slug, service, name=body.name, timezone=body.timezone, plan=body.plan))


@router.get("/{slug}/card", responses=documented(ShopNotFound))
async def card(slug: str, service: Service) -> ShopCard:
    """For the guest's pages; open to anybody."""
    shop = await service.shops.load(slug)
    if shop is None:
        raise ShopNotFound
    return ShopCard(slug=shop.slug, name=shop.name, timezone=shop.timezone, bot_username=service.bot_username or None)


@router.post("/{slug}/sessions", status_code=201, responses=documented(ShopNotFound))
async def support(
    slug: str,
    _caller: Platform,
    service: Service,
    user_agent: Annotated[str, Header(include_in_schema=False)] = "",
) -> Started:
    """A support session in one shop: may do what its owner may, and is told from the owner in every record."""
    shop = await service.shops.load(slug)
    if shop is None:
        raise ShopNotFound
    helper = StaffMember(OPS_ID, slug, OPS_ID, OPS_ID, "owner", hired_at=service.clock.now())
    signed_in = await start_session(service, helper, shop, user_agent=user_agent, role=Role.OPS.value)
    return started(signed_in)
