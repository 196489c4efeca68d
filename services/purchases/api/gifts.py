"""`/api/v1/gifts`: handing a gift over with a code (F12)."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from bezkart.kernel.errors import GuestErased, GuestNotFound, IdempotencyKeyReused
from bezkart.kit.auth import Owner, RoleRequired, Staff, Unauthenticated
from bezkart.kit.idempotency import IdempotencyKey, IdempotencyKeyMissing
from bezkart.kit.problems import documented
from services.purchases.api.caller import Service, wish
from services.purchases.domain.errors import (
    AlreadyUndone,
    CodeExpired,
    CodesUnavailable,
    CodeUsedBefore,
    GiftAlreadyRequested,
    GiftIssuedBefore,
    GiftNotRequested,
    LaterGiftFirst,
    NoGift,
    TooManyAttempts,
    TooManyCodes,
    UndoNotAllowed,
    UndoTooLate,
    WrongCode,
)
from services.purchases.domain.receipt import GiftOnItsWay, GiftSettled
from services.purchases.usecases import request_gift as requesting
from services.purchases.usecases import settle_gift as settling
from services.purchases.usecases.issue_gift import issue_gift
from services.purchases.usecases.issue_offline import issue_offline

router = APIRouter(
    prefix="/api/v1/gifts",
    tags=["gifts"],
    responses=documented(
        Unauthenticated, RoleRequired, GuestNotFound, GuestErased, IdempotencyKeyMissing, IdempotencyKeyReused
    ),
)


class OfGuest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    guest_id: Annotated[str, Field(max_length=64)]


class WithCode(OfGuest):
    code: Annotated[str, Field(pattern=r"^[0-9]{6}$")]


class WithOfflineCode(OfGuest):
    code: Annotated[str, Field(pattern=r"^[0-9]{8}$")]


class WithReason(OfGuest):
    """The reason goes into the ledger."""

    reason: Annotated[str, Field(min_length=3, max_length=200)]


@router.post(
    "/request",
    status_code=201,
    response_model=GiftOnItsWay,
    responses=documented(NoGift, GiftAlreadyRequested, CodesUnavailable),
)
async def request(body: OfGuest, key: IdempotencyKey, caller: Staff, service: Service) -> Response:
    """Lock the guest's oldest gift and send a one-time code for it."""
    answer = await requesting.request_gift(wish(caller, key, body.guest_id), service)
    return Response(answer, 201, media_type="application/json")


@router.post("/override", response_model=GiftSettled, responses=documented(NoGift))
async def override(body: WithReason, key: IdempotencyKey, caller: Owner, service: Service) -> Response:
    """The owner hands a gift over without a code, when no channel works."""
    answer = await settling.override_gift(wish(caller, key, body.guest_id), body.reason, service)
    return Response(answer, media_type="application/json")


@router.post(
    "/issue-offline",
    response_model=GiftSettled,
    responses=documented(NoGift, WrongCode, CodeUsedBefore, TooManyAttempts),
)
async def issue_for_offline_code(
    body: WithOfflineCode, key: IdempotencyKey, caller: Staff, service: Service
) -> Response:
    """The guest read the own rotating code out: the gift is handed over. Five wrong ones bar it for ten minutes."""
    answer = await issue_offline(wish(caller, key, body.guest_id), body.code, service)
    return Response(answer, media_type="application/json")


@router.post(
    "/{gift_id}/resend",
    response_model=GiftOnItsWay,
    responses=documented(
        GuestNotFound, GiftNotRequested, GiftIssuedBefore, GuestErased, CodeExpired, TooManyCodes, CodesUnavailable
    ),
)
async def resend(gift_id: str, body: OfGuest, key: IdempotencyKey, caller: Staff, service: Service) -> Response:
    """Send another code; the one before is dead."""
    answer = await requesting.resend_code(wish(caller, key, body.guest_id), gift_id, service)
    return Response(answer, media_type="application/json")


@router.post(
    "/{gift_id}/issue",
    response_model=GiftSettled,
    responses=documented(
        GuestNotFound,
        GiftNotRequested,
        GiftIssuedBefore,
        TooManyAttempts,
        GuestErased,
        CodeExpired,
        WrongCode,
        IdempotencyKeyReused,
        CodesUnavailable,
    ),
)
async def issue(gift_id: str, body: WithCode, key: IdempotencyKey, caller: Staff, service: Service) -> Response:
    """The guest told the code: the gift is handed over. Five wrong ones release it."""
    answer = await issue_gift(wish(caller, key, body.guest_id), gift_id, body.code, service)
    return Response(answer, media_type="application/json")


@router.post("/{gift_id}/release", response_model=GiftSettled, responses=documented(GuestNotFound, GiftNotRequested))
async def release(gift_id: str, body: OfGuest, key: IdempotencyKey, caller: Staff, service: Service) -> Response:
    """The gift is not handed over now; the guest keeps it."""
    answer = await settling.release_gift(wish(caller, key, body.guest_id), gift_id, service)
    return Response(answer, media_type="application/json")


@router.post(
    "/{gift_id}/undo",
    response_model=GiftSettled,
    responses=documented(
        GuestNotFound, GiftNotRequested, AlreadyUndone, UndoTooLate, LaterGiftFirst, RoleRequired, UndoNotAllowed
    ),
)
async def undo(gift_id: str, body: OfGuest, key: IdempotencyKey, caller: Staff, service: Service) -> Response:
    """The gift was not handed over after all: a barista an own one for 15 minutes, the owner any of today's."""
    answer = await settling.undo_gift(wish(caller, key, body.guest_id), gift_id, service)
    return Response(answer, media_type="application/json")
