"""`/api/v1/telegram`: what the bot asks for a Telegram user who is a guest, becomes one, or works here (F71, ADR 0011)."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from bezkart.kernel.errors import GuestNotFound
from bezkart.kit.auth import Caller, Role, RoleRequired, Unauthenticated, Visitor, current_caller
from bezkart.kit.problems import documented
from services.identity.api.guest_sign_ins import Code, ReferralCode
from services.identity.api.guests import Consents, GuestName, Phone
from services.identity.api.me import MyProfile, my_profile
from services.identity.api.service import Service
from services.identity.domain.errors import (
    CodeExpired,
    ConsentRequired,
    GuestExists,
    InvalidPhone,
    InvitationGone,
    ProofRequired,
    SignInUnavailable,
    TelegramTaken,
    TooManyAttempts,
    TooManyCodes,
    WrongCode,
)
from services.identity.usecases.link_staff import accept
from services.identity.usecases.register_by_telegram import RegisterByTelegram, prove_number, register_by_telegram
from services.identity.usecases.telegram_accounts import shops_of, telegram_of

router = APIRouter(prefix="/api/v1/telegram", tags=["telegram"], responses=documented(Unauthenticated, RoleRequired))


async def _anywhere(request: Request) -> Caller:
    """Whom the bot asks for, in a shop or in none yet."""
    caller = await current_caller(request)
    if caller.role not in {Role.VISITOR, Role.GUEST}:
        raise RoleRequired
    return caller


TelegramUser = Annotated[Caller, Depends(_anywhere)]


class Contact(BaseModel):
    """The number of the user's own contact: the bot has compared the contact's user id."""

    model_config = ConfigDict(extra="forbid")

    phone: Phone
    name: GuestName | None = None
    consents: Consents
    referral: ReferralCode | None = None


class Proof(BaseModel):
    model_config = ConfigDict(extra="forbid")

    sign_in_id: Annotated[str, Field(min_length=1, max_length=64)]
    code: Code


class InvitationCode(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,58}$")]


class Linked(BaseModel):
    """Who the Telegram user is from now on, and where."""

    role: str
    name: str
    shop: str
    shop_name: str


class KnownShopView(BaseModel):
    slug: str
    name: str
    acting: Annotated[list[Literal["guest", "staff"]], Field(alias="as")]


class KnownShops(BaseModel):
    shops: list[KnownShopView]


@router.post(
    "/guests",
    status_code=201,
    responses={
        **documented(InvalidPhone, ConsentRequired, GuestExists, ProofRequired, TooManyCodes, SignInUnavailable),
        200: {"model": MyProfile, "description": "The number's guest has this account now"},
    },
)
async def register(body: Contact, caller: Visitor, service: Service, response: Response) -> MyProfile:
    """Register, or give a guest's number this account. At another account it takes the code that goes out now."""
    command = RegisterByTelegram(
        shop=caller.shop,
        telegram_id=await telegram_of(caller, service),
        phone=body.phone,
        name=body.name,
        processing=body.consents.processing,
        advertising=body.consents.advertising,
        referral=body.referral,
    )
    guest, new = await register_by_telegram(command, service)
    response.status_code = 201 if new else 200
    return my_profile(guest)


@router.post(
    "/guests/prove",
    responses=documented(WrongCode, CodeExpired, TooManyAttempts, GuestExists, GuestNotFound, SignInUnavailable),
)
async def prove(body: Proof, caller: Visitor, service: Service) -> MyProfile:
    """Type the code: the number's guest moves to this account."""
    telegram_id = await telegram_of(caller, service)
    return my_profile(await prove_number(caller.shop, telegram_id, body.sign_in_id, body.code, service))


@router.post("/staff-links", responses=documented(InvitationGone, TelegramTaken, SignInUnavailable))
async def link_staff(body: InvitationCode, caller: TelegramUser, service: Service) -> Linked:
    """Accept the owner's invitation."""
    telegram_id = await telegram_of(caller, service)
    member, shop = await accept(body.code, telegram_id, service, shop=caller.shop)
    return Linked(role=member.role, name=member.name, shop=shop.slug, shop_name=shop.name)


@router.get("/shops")
async def shops(caller: TelegramUser, service: Service) -> KnownShops:
    """Where this Telegram user is a guest or works."""
    known = await shops_of(await telegram_of(caller, service), service)
    return KnownShops(
        shops=[KnownShopView.model_validate({"slug": x.slug, "name": x.name, "as": list(x.acting)}) for x in known]
    )
