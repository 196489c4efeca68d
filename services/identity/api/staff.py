"""`/api/v1/staff`: whom the owner hires and dismisses (F5)."""

import secrets
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from bezkart.kit.auth import Owner, RoleRequired, Unauthenticated
from bezkart.kit.problems import documented
from services.identity.api.service import Service
from services.identity.api.sessions import StaffView, staff_view
from services.identity.api.shops import Login, Name
from services.identity.domain.errors import LoginTaken, OwnerStays, SignInUnavailable, StaffNotFound, WeakPassword
from services.identity.domain.staff import StaffMember
from services.identity.usecases.link_staff import invite, unlink
from services.identity.usecases.manage_staff import Hire, dismiss, hire

router = APIRouter(prefix="/api/v1/staff", tags=["staff"], responses=documented(Unauthenticated, RoleRequired))


class NewStaff(BaseModel):
    """A missing password is generated."""

    model_config = ConfigDict(extra="forbid")

    login: Login
    name: Name
    password: Annotated[str | None, Field(min_length=1, max_length=200)] = None


class Hired(StaffView):
    """The password is shown only here."""

    password: str


class StaffEntry(StaffView):
    hired_at: datetime
    dismissed_at: datetime | None


class Invited(BaseModel):
    """The code is shown only here; the link `https://t.me/<bot>?start=staff_<code>` carries it."""

    code: str
    expires_at: datetime


class StaffList(BaseModel):
    staff: list[StaffEntry]


@router.get("")
async def everyone(caller: Owner, service: Service) -> StaffList:
    """Who works here, and who did."""
    return StaffList(staff=[_entry(member) for member in await service.staff.of_shop(caller.shop)])


@router.post("", status_code=201, responses=documented(LoginTaken, WeakPassword))
async def add(body: NewStaff, caller: Owner, service: Service) -> Hired:
    """Hire a barista."""
    password = body.password or secrets.token_urlsafe(9)
    member = await hire(Hire(caller.shop, body.login, body.name, "barista", password), service)
    return Hired(**staff_view(member).model_dump(), password=password)


@router.delete("/{staff_id}", status_code=204, responses=documented(StaffNotFound, OwnerStays))
async def remove(staff_id: str, caller: Owner, service: Service) -> None:
    """Dismiss a barista: every session ends at once."""
    await dismiss(caller.shop, staff_id, service)


@router.post("/{staff_id}/telegram-invitation", status_code=201, responses=documented(StaffNotFound, SignInUnavailable))
async def invite_to_telegram(staff_id: str, caller: Owner, service: Service) -> Invited:
    """A one-time invitation for a day; an earlier one is dead."""
    invitation = await invite(caller.shop, staff_id, service)
    return Invited(code=invitation.code, expires_at=invitation.expires_at)


@router.delete("/{staff_id}/telegram", status_code=204, responses=documented(StaffNotFound, SignInUnavailable))
async def unlink_telegram(staff_id: str, caller: Owner, service: Service) -> None:
    """The person works by Telegram no more; at once."""
    await unlink(caller.shop, staff_id, service)


def _entry(member: StaffMember) -> StaffEntry:
    return StaffEntry(**staff_view(member).model_dump(), hired_at=member.hired_at, dismissed_at=member.dismissed_at)
