"""`/api/v1/guests/me`: what a guest sees and changes of himself (F3, F74)."""

from datetime import datetime

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict

from bezkart.kernel.errors import GuestNotFound
from bezkart.kit.auth import Caller, Guest, RoleRequired, Unauthenticated
from bezkart.kit.problems import documented
from services.identity.api.guests import BirthdayOrNone, GuestName, GuestView, guest_view
from services.identity.api.internal import COOKIE
from services.identity.api.service import Service
from services.identity.domain import guest as domain
from services.identity.domain.guest import Language, Purpose
from services.identity.usecases.change_guest import ProfileChange, change_profile, erase_guest, give_code, set_consent
from services.identity.usecases.export_guest import export_guest

router = APIRouter(
    prefix="/api/v1/guests/me",
    tags=["guest's own"],
    responses=documented(Unauthenticated, RoleRequired, GuestNotFound),
)


class MyProfile(GuestView):
    """`short_code` is what the guest shows at the counter."""

    short_code: str | None
    language: Language


class MyChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: GuestName | None = None
    language: Language | None = None
    birthday: BirthdayOrNone | None = None


class MyConsent(BaseModel):
    model_config = ConfigDict(extra="forbid")

    granted: bool


class ConsentRecord(BaseModel):
    purpose: Purpose
    granted: bool
    text_version: str
    at: datetime
    channel: str


class LookedUp(BaseModel):
    """That a person of the staff looked the guest up; who it was is the shop's business."""

    at: datetime
    role: str
    by: str


class MyData(MyProfile):
    """Everything identity keeps of the guest, the number in full: the only answer that has it."""

    phone: str | None
    telegram_id: int | None
    consent_records: list[ConsentRecord]
    looked_up: list[LookedUp]


@router.get("")
async def mine(caller: Guest, service: Service) -> MyProfile:
    """Who I am."""
    return my_profile(await give_code(caller.shop, caller.id, service))


@router.patch("")
async def change(body: MyChange, caller: Guest, service: Service) -> MyProfile:
    """Change what is given."""
    wanted = ProfileChange(name=body.name, language=body.language, birthday=body.birthday)
    return my_profile(await change_profile(caller.shop, caller.id, wanted, service))


@router.put("/consents/{purpose}")
async def consent(purpose: Purpose, body: MyConsent, caller: Guest, service: Service) -> MyProfile:
    """Give or withdraw one consent; a withdrawal works at once."""
    guest = await set_consent(
        caller.shop, caller.id, service, purpose=purpose, granted=body.granted, channel=_channel(caller)
    )
    return my_profile(guest)


@router.get("/export")
async def export(caller: Guest, service: Service) -> MyData:
    """My data; the other services have an export of their own."""
    found = await export_guest(caller.shop, caller.id, service)
    guest = found.guest
    return MyData(
        **my_profile(guest).model_dump(),
        phone=found.phone,
        telegram_id=guest.contacts.telegram_id,
        consent_records=[ConsentRecord.model_validate(each, from_attributes=True) for each in guest.consents],
        looked_up=[LookedUp(at=each.at, role=each.role, by=each.by) for each in found.lookups],
    )


@router.delete("", status_code=204)
async def erase(caller: Guest, service: Service, response: Response) -> None:
    """Erase me in every service of this shop."""
    await erase_guest(caller.shop, caller.id, service)
    response.delete_cookie(COOKIE, path="/")


def my_profile(guest: domain.Guest) -> MyProfile:
    return MyProfile(**guest_view(guest).model_dump(), short_code=guest.contacts.code, language=guest.language)


def _channel(caller: Caller) -> str:
    return "bot" if caller.by_bot else "web"
