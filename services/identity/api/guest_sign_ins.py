"""`/api/v1/guest-sign-ins`: a guest proves a number by a code and gets a session (F74). Open to anybody; tells nobody who is a guest."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, ConfigDict, Field

from bezkart.kit.problems import documented
from services.identity.api.guests import Consents, GuestName, Phone
from services.identity.api.me import MyProfile, my_profile
from services.identity.api.service import Service
from services.identity.api.sessions import set_session_cookie
from services.identity.domain.errors import (
    CodeExpired,
    ConsentRequired,
    InvalidPhone,
    ShopNotFound,
    SignInUnavailable,
    TooManyAttempts,
    TooManyCodes,
    WrongCode,
)
from services.identity.usecases.send_code import SendCode, send_code
from services.identity.usecases.sign_in_guest import RegisterSignedIn, confirm_sign_in, register_signed_in

router = APIRouter(prefix="/api/v1/guest-sign-ins", tags=["guest sign-ins"], responses=documented(SignInUnavailable))

Agent = Annotated[str, Header(alias="user-agent", include_in_schema=False)]
Code = Annotated[str, Field(pattern=r"^\d{6}$")]
ReferralCode = Annotated[str, Field(min_length=1, max_length=64)]


class NewSignIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    shop: Annotated[str, Field(min_length=2, max_length=30, pattern=r"^[a-z0-9-]+$")]
    phone: Phone


class CodeSentView(BaseModel):
    id: str
    expires_at: datetime
    resend_after_seconds: int


class CodeBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: Code


class Confirmed(BaseModel):
    """`new`: the number is proven, the consents are missing; no session yet."""

    state: Literal["signed-in", "new"]
    guest: MyProfile | None


class Registration(BaseModel):
    """`referral` is the code of the guest who brought this one; one that is nobody's is left aside."""

    model_config = ConfigDict(extra="forbid")

    name: GuestName | None = None
    consents: Consents
    referral: ReferralCode | None = None


@router.post("", status_code=202, responses=documented(InvalidPhone, ShopNotFound, TooManyCodes))
async def start(
    body: NewSignIn, service: Service, x_real_ip: Annotated[str, Header(include_in_schema=False)] = ""
) -> CodeSentView:
    """Send a code by SMS. The same answer whether a guest has the number or not."""
    sent = await send_code(SendCode(body.shop, body.phone, x_real_ip), service)
    return CodeSentView(id=sent.sign_in_id, expires_at=sent.expires_at, resend_after_seconds=sent.resend_after_seconds)


@router.post("/{sign_in_id}/confirm", responses=documented(WrongCode, CodeExpired, TooManyAttempts))
async def confirm(
    sign_in_id: str, body: CodeBody, response: Response, service: Service, user_agent: Agent = ""
) -> Confirmed:
    """Type the code: signed in by cookie, or `new`."""
    entered = await confirm_sign_in(sign_in_id, body.code, service, user_agent=user_agent)
    if entered is None:
        return Confirmed(state="new", guest=None)
    set_session_cookie(response, entered.session, secure=service.cookie_secure)
    return Confirmed(state="signed-in", guest=my_profile(entered.guest))


@router.post(
    "/{sign_in_id}/register",
    status_code=201,
    responses={
        **documented(ConsentRequired, CodeExpired),
        200: {"model": MyProfile, "description": "Registered meanwhile"},
    },
)
async def register(
    sign_in_id: str, body: Registration, response: Response, service: Service, user_agent: Agent = ""
) -> MyProfile:
    """Register the proven number: signed in by cookie."""
    command = RegisterSignedIn(
        sign_in_id=sign_in_id,
        name=body.name,
        processing=body.consents.processing,
        advertising=body.consents.advertising,
        referral=body.referral,
    )
    entered, new = await register_signed_in(command, service, user_agent=user_agent)
    set_session_cookie(response, entered.session, secure=service.cookie_secure)
    response.status_code = 201 if new else 200
    return my_profile(entered.guest)
