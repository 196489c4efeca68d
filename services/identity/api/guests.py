"""`/api/v1/guests`: register, find, change, erase (F2-F4). No answer holds a full phone number."""

from datetime import date, datetime
from typing import Annotated, Self

from fastapi import APIRouter, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from bezkart.kernel.errors import GuestNotFound
from bezkart.kit.auth import Caller, Owner, Role, RoleRequired, Staff, Unauthenticated
from bezkart.kit.problems import documented
from services.identity.api.service import Service
from services.identity.domain.errors import (
    ConsentRequired,
    ContactMissing,
    GuestExists,
    InvalidPhone,
    TelegramNeedsProof,
)
from services.identity.domain.guest import Guest, Purpose
from services.identity.usecases.change_guest import ProfileChange, change_profile, erase_guest, set_consent
from services.identity.usecases.find_guests import FindGuests, find_guests, load_guest
from services.identity.usecases.register_guest import ConsentsSaid, RegisterGuest, register_guest

router = APIRouter(prefix="/api/v1/guests", tags=["guests"], responses=documented(Unauthenticated, RoleRequired))

Phone = Annotated[str, Field(min_length=3, max_length=32)]
Card = Annotated[str, Field(min_length=1, max_length=64)]
GuestName = Annotated[str, Field(min_length=1, max_length=60)]
TelegramId = Annotated[int, Field(gt=0, lt=2**52)]


def _day_of_a_year(text: str) -> str:
    """February 29th is a birthday as well."""
    try:
        date.fromisoformat(f"2000-{text}")
    except ValueError:
        raise ValueError("a birthday is a month and a day, MM-DD") from None
    return text


def _day_or_nothing(text: str) -> str:
    return text and _day_of_a_year(text)


Birthday = Annotated[str, AfterValidator(_day_of_a_year), Field(json_schema_extra={"example": "03-08"})]
BirthdayOrNone = Annotated[str, AfterValidator(_day_or_nothing), Field(description="MM-DD; empty takes it back")]


class Consents(BaseModel):
    model_config = ConfigDict(extra="forbid")

    processing: bool
    advertising: bool = False


class NewGuest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    phone: Phone | None = None
    telegram_id: TelegramId | None = None
    card: Card | None = None
    name: GuestName | None = None
    birthday: Birthday | None = None
    source: Annotated[str, Field(pattern="^(terminal|bot|web|referral)$")] = "terminal"
    consents: Consents


class Search(BaseModel):
    """Exactly one of the four; `code` is the guest's short code."""

    model_config = ConfigDict(extra="forbid")

    last4: Annotated[str | None, Field(pattern=r"^\d{4}$")] = None
    phone: Phone | None = None
    card: Card | None = None
    code: Annotated[str | None, Field(min_length=1, max_length=16)] = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(each is not None for each in (self.last4, self.phone, self.card, self.code)) != 1:
            raise ValueError("search by exactly one of last4, phone, card, code")
        return self


class Profile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: GuestName | None = None
    card: Card | None = None
    telegram_id: TelegramId | None = None
    birthday: BirthdayOrNone | None = None


class ConsentBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    granted: bool
    channel: Annotated[str, Field(pattern="^(terminal|bot|web)$")] = "terminal"


class GuestView(BaseModel):
    """`birthday` is "MM-DD"."""

    id: str
    masked_phone: str | None
    name: str | None
    birthday: str | None
    card: str | None
    registered_at: datetime
    source: str
    has_telegram: bool
    consents: Consents


class GuestList(BaseModel):
    guests: list[GuestView]


class LookupView(BaseModel):
    at: datetime
    staff_id: str
    role: str
    by: str
    guest_ids: tuple[str, ...]


class LookupList(BaseModel):
    lookups: list[LookupView]


class GuestTotals(BaseModel):
    guests: int


@router.post(
    "",
    status_code=201,
    responses=documented(InvalidPhone, ContactMissing, ConsentRequired, GuestExists, TelegramNeedsProof),
)
async def register(body: NewGuest, caller: Staff, service: Service) -> GuestView:
    """Register a guest; one who is registered already answers `guest-exists` with the guest's id. `telegram_id` is for support only."""
    _check_telegram(body.telegram_id, caller)
    command = RegisterGuest(
        shop=caller.shop,
        staff_id=caller.id,
        role=caller.role.value,
        source=body.source,
        phone=body.phone,
        telegram_id=body.telegram_id,
        card=body.card,
        name=body.name,
        birthday=body.birthday,
        consents=ConsentsSaid(body.consents.processing, body.consents.advertising, body.source),
    )
    return guest_view(await register_guest(command, service))


@router.post("/search", responses=documented(InvalidPhone))
async def search(body: Search, caller: Staff, service: Service) -> GuestList:
    """Find guests; in the body, so that no address or log holds what was searched. Noted in the audit log."""
    command = FindGuests(caller.shop, caller.id, caller.role.value, body.last4, body.phone, body.card, body.code)
    return GuestList(guests=[guest_view(guest) for guest in await find_guests(command, service)])


@router.get("/totals")
async def totals(caller: Owner, service: Service) -> GuestTotals:
    """How many guests the shop has."""
    return GuestTotals(guests=await service.guests.total(caller.shop))


@router.get("/lookups")
async def lookups(caller: Owner, service: Service, limit: Annotated[int, Query(ge=1, le=500)] = 100) -> LookupList:
    """The audit log: who looked up whom (F3)."""
    found = await service.guests.lookups(caller.shop, limit)
    return LookupList(
        lookups=[LookupView(at=x.at, staff_id=x.staff_id, role=x.role, by=x.by, guest_ids=x.guest_ids) for x in found]
    )


@router.get("/{guest_id}", responses=documented(GuestNotFound))
async def one(guest_id: str, caller: Staff, service: Service) -> GuestView:
    """A guest's profile."""
    return guest_view(await load_guest(caller.shop, guest_id, service))


@router.patch("/{guest_id}", responses=documented(GuestNotFound, GuestExists, TelegramNeedsProof))
async def change(guest_id: str, body: Profile, caller: Staff, service: Service) -> GuestView:
    """Change what is given; `telegram_id` is for support only."""
    _check_telegram(body.telegram_id, caller)
    wanted = ProfileChange(name=body.name, card=body.card, telegram_id=body.telegram_id, birthday=body.birthday)
    return guest_view(await change_profile(caller.shop, guest_id, wanted, service))


@router.put("/{guest_id}/consents/{purpose}", responses=documented(GuestNotFound))
async def consent(guest_id: str, purpose: Purpose, body: ConsentBody, caller: Staff, service: Service) -> GuestView:
    """Record what the guest says about one purpose."""
    guest = await set_consent(
        caller.shop, guest_id, service, purpose=purpose, granted=body.granted, channel=body.channel
    )
    return guest_view(guest)


@router.delete("/{guest_id}", status_code=204, responses=documented(GuestNotFound))
async def erase(guest_id: str, caller: Owner, service: Service) -> None:
    """Erase the guest in every service; the number may register anew afterwards."""
    await erase_guest(caller.shop, guest_id, service)


def _check_telegram(telegram_id: int | None, caller: Caller) -> None:
    """Raises TelegramNeedsProof."""
    if telegram_id is not None and caller.role is not Role.OPS:
        raise TelegramNeedsProof(pointer="/telegram_id")


def guest_view(guest: Guest) -> GuestView:
    phone = guest.contacts.phone
    return GuestView(
        id=guest.id,
        masked_phone=phone.masked if phone else None,
        name=guest.name,
        birthday=guest.birthday,
        card=guest.contacts.card,
        registered_at=guest.registered_at,
        source=guest.source,
        has_telegram=guest.contacts.telegram_id is not None,
        consents=Consents(processing=guest.consented("processing"), advertising=guest.consented("advertising")),
    )
