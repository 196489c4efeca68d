"""`/api/v1/purchases`: record and undo."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from bezkart.kernel.errors import GuestErased, GuestNotFound, IdempotencyKeyReused
from bezkart.kit.auth import RoleRequired, Staff, Unauthenticated
from bezkart.kit.idempotency import IdempotencyKey, IdempotencyKeyMissing
from bezkart.kit.problems import documented
from services.purchases.api.caller import Service, actor
from services.purchases.domain.errors import (
    AlreadyUndone,
    AmountNeeded,
    GiftAlreadyIssued,
    GiftLocked,
    PointsAlreadySpent,
    PointsNotEnough,
    PointsOff,
    PointsOverShare,
    PurchaseNotFound,
    TooManyToday,
    TooSoon,
    UndoNotAllowed,
    UndoTooLate,
)
from services.purchases.domain.receipt import Receipt, Reversal
from services.purchases.usecases.record_purchase import RecordPurchase, record_purchase
from services.purchases.usecases.undo_purchase import UndoPurchase, undo_purchase

MAX_CUPS = 20
MAX_AMOUNT = 100_000_000

router = APIRouter(
    prefix="/api/v1/purchases",
    tags=["purchases"],
    responses=documented(Unauthenticated, RoleRequired, IdempotencyKeyMissing, IdempotencyKeyReused, GuestErased),
)


class NewPurchase(BaseModel):
    """`amount` (the bill) and `spend_points` (what of it is paid by points) in minor units of the shop's currency."""

    model_config = ConfigDict(extra="forbid")

    guest_id: Annotated[str, Field(max_length=64)]
    cups: Annotated[int, Field(ge=1, le=MAX_CUPS, strict=True)] = 1
    amount: Annotated[int | None, Field(ge=0, le=MAX_AMOUNT, strict=True)] = None
    items: Annotated[tuple[Annotated[str, Field(min_length=1, max_length=100)], ...], Field(max_length=50)] = ()
    terminal: Annotated[str | None, Field(max_length=60)] = None
    spend_points: Annotated[int, Field(ge=0, le=MAX_AMOUNT, strict=True)] = 0


class UndoRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    guest_id: Annotated[str, Field(max_length=64)]


@router.post(
    "",
    status_code=201,
    response_model=Receipt,
    responses=documented(
        GuestNotFound,
        IdempotencyKeyReused,
        AmountNeeded,
        PointsOverShare,
        TooSoon,
        TooManyToday,
        PointsOff,
        PointsNotEnough,
    ),
)
async def record(body: NewPurchase, key: IdempotencyKey, caller: Staff, service: Service) -> Response:
    """Record a purchase (F10). The same key with the same body gets the same answer for 24 hours."""
    command = RecordPurchase(
        shop=caller.shop,
        calendar=caller.calendar,
        currency=caller.currency,
        actor=actor(caller),
        key=key,
        guest_id=body.guest_id,
        cups=body.cups,
        amount=body.amount,
        items=body.items,
        terminal=body.terminal,
        spend_points=body.spend_points,
    )
    receipt = await record_purchase(command, service)
    return Response(receipt, 201, media_type="application/json")


@router.post(
    "/{purchase_id}/undo",
    response_model=Reversal,
    responses=documented(
        PurchaseNotFound,
        AlreadyUndone,
        UndoTooLate,
        GiftAlreadyIssued,
        GiftLocked,
        PointsAlreadySpent,
        UndoNotAllowed,
        RoleRequired,
    ),
)
async def undo(purchase_id: str, body: UndoRequest, key: IdempotencyKey, caller: Staff, service: Service) -> Response:
    """Take a purchase back (F13): a barista an own one for 15 minutes, the owner any of today's."""
    command = UndoPurchase(
        shop=caller.shop,
        calendar=caller.calendar,
        actor=actor(caller),
        key=key,
        guest_id=body.guest_id,
        purchase_id=purchase_id,
    )
    reversal = await undo_purchase(command, accounts=service.accounts, programs=service.programs, clock=service.clock)
    return Response(reversal, media_type="application/json")
