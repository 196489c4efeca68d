"""`/api/v1/sessions`: sign in, sign out, see and end sessions (F5)."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Response
from pydantic import BaseModel, ConfigDict, Field

from bezkart.kit.auth import Caller, Role, RoleRequired, Staff, Unauthenticated, allow
from bezkart.kit.problems import documented
from services.identity.api.internal import COOKIE
from services.identity.api.service import Service
from services.identity.domain.errors import (
    LockedOut,
    SessionNotFound,
    ShopNotFound,
    SignInUnavailable,
    WrongCredentials,
)
from services.identity.domain.staff import Plan, Shop, StaffMember
from services.identity.store.sessions import Session
from services.identity.usecases.collaborators import Identity
from services.identity.usecases.issue_token import OPS_ID
from services.identity.usecases.sign_in import Opened, SignedIn, SignIn, sign_in

router = APIRouter(prefix="/api/v1/sessions", tags=["sessions"])

Anybody = Annotated[Caller, Depends(allow(Role.BARISTA, Role.OWNER, Role.OPS, Role.GUEST))]


class SignInBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    login: Annotated[str, Field(min_length=1, max_length=64)]
    password: Annotated[str, Field(min_length=1, max_length=200)]


class StaffView(BaseModel):
    id: str
    login: str
    name: str
    role: str
    has_telegram: bool


class ShopView(BaseModel):
    slug: str
    name: str
    timezone: str
    currency: str
    plan: Plan


class Presence(BaseModel):
    """Who is signed in, and where."""

    staff: StaffView
    shop: ShopView


class Started(Presence):
    """A started session; the token is shown only here."""

    token: str
    expires_at: datetime


class SessionView(BaseModel):
    id: str
    created_at: datetime
    last_seen_at: datetime
    user_agent: str
    current: bool


class SessionList(BaseModel):
    sessions: list[SessionView]


@router.post("", status_code=201, responses=documented(WrongCredentials, LockedOut, SignInUnavailable))
async def start(
    body: SignInBody,
    response: Response,
    service: Service,
    x_real_ip: Annotated[str, Header(include_in_schema=False)] = "",
    user_agent: Annotated[str, Header(include_in_schema=False)] = "",
) -> Started:
    """Sign in: the token for programs, the same as a cookie for pages."""
    signed_in = await sign_in(SignIn(body.login, body.password, x_real_ip, user_agent), service)
    set_session_cookie(response, signed_in.session, secure=service.cookie_secure)
    return started(signed_in)


@router.get("/current", responses=documented(Unauthenticated, RoleRequired, ShopNotFound))
async def current(caller: Staff, service: Service) -> Presence:
    """Who I am."""
    shop = await service.shops.load(caller.shop)
    if shop is None:
        raise ShopNotFound
    member = await service.staff.load(caller.shop, caller.id)
    staff = staff_view(member) if member else support_view(caller.role.value)
    return Presence(staff=staff, shop=shop_view(shop))


@router.get("", responses=documented(Unauthenticated, RoleRequired))
async def mine(caller: Staff, service: Service) -> SessionList:
    """My sessions on all devices."""
    sessions = await _own(caller, service)
    return SessionList(sessions=[_session_view(each, caller.session) for each in sessions])


@router.delete("/{session_id}", status_code=204, responses=documented(Unauthenticated, RoleRequired, SessionNotFound))
async def end(session_id: str, caller: Anybody, service: Service, response: Response) -> None:
    """Sign out: `current`, or another one of mine by its id."""
    wanted = caller.session if session_id == "current" else session_id
    for session in await _own(caller, service):
        if session.id == wanted:
            await service.sessions.end(session)
            if wanted == caller.session:
                response.delete_cookie(COOKIE, path="/")
            return
    raise SessionNotFound


async def _own(caller: Caller, service: Identity) -> list[Session]:
    """In this shop: support has sessions in others, which are none of this one's business."""
    return [session for session in await service.sessions.of_person(caller.id) if session.shop == caller.shop]


def set_session_cookie(response: Response, session: Opened, *, secure: bool) -> None:
    """The one cookie: a browser is a person of the staff or a guest."""
    response.set_cookie(
        COOKIE, session.token, max_age=session.seconds, httponly=True, secure=secure, samesite="lax", path="/"
    )


def started(signed_in: SignedIn) -> Started:
    return Started(
        token=signed_in.session.token,
        expires_at=signed_in.session.expires_at,
        staff=staff_view(signed_in.member),
        shop=shop_view(signed_in.shop),
    )


def staff_view(member: StaffMember) -> StaffView:
    return StaffView(
        id=member.id,
        login=member.login,
        name=member.name,
        role=member.role,
        has_telegram=member.telegram is not None,
    )


def support_view(role: str) -> StaffView:
    """Support is on no shop's staff."""
    return StaffView(id=OPS_ID, login=OPS_ID, name=OPS_ID, role=role, has_telegram=False)


def shop_view(shop: Shop) -> ShopView:
    return ShopView(slug=shop.slug, name=shop.name, timezone=shop.timezone, currency=shop.currency, plan=shop.plan)


def _session_view(session: Session, current_id: str) -> SessionView:
    return SessionView(
        id=session.id,
        created_at=session.created_at,
        last_seen_at=session.last_seen_at,
        user_agent=session.user_agent,
        current=session.id == current_id,
    )
