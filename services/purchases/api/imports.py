"""`/api/v1/imports`: past purchases from older systems (F18)."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from bezkart.kernel.calendar import EARLIEST_MOMENT
from bezkart.kernel.errors import DomainError, GuestErased, GuestNotFound, Kind
from bezkart.kit.auth import Owner, RoleRequired, Unauthenticated
from bezkart.kit.problems import documented
from services.purchases.api.caller import Service, actor
from services.purchases.domain.errors import HistoryCatchingUp
from services.purchases.usecases.import_purchases import Imported, ImportPurchases, Row, import_purchases

router = APIRouter(prefix="/api/v1/imports", tags=["imports"], responses=documented(Unauthenticated, RoleRequired))


class PurchaseInFuture(DomainError):
    kind = Kind.INVALID
    slug = "purchase-in-future"
    title = "A past purchase cannot lie in the future"


class RowBody(BaseModel):
    """`key` is any stable text that tells the row from every other one of the shop's history."""

    model_config = ConfigDict(extra="forbid")

    guest_id: Annotated[str, Field(max_length=64)]
    key: Annotated[str, Field(min_length=8, max_length=200)]
    at: Annotated[AwareDatetime, Field(ge=EARLIEST_MOMENT)]
    cups: Annotated[int, Field(ge=1, le=1000)] = 1
    amount: Annotated[int | None, Field(ge=0, le=10_000_000_000)] = None
    item: Annotated[str | None, Field(max_length=100)] = None


class Rows(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rows: Annotated[list[RowBody], Field(min_length=1, max_length=500)]


@router.post("/purchases", responses=documented(GuestNotFound, GuestErased, HistoryCatchingUp, PurchaseInFuture))
async def purchases(body: Rows, caller: Owner, service: Service) -> Imported:
    """Take rows over; rows that came before are recognised by their keys and counted as `known`."""
    now = service.clock.now()
    for place, row in enumerate(body.rows):
        if row.at > now:
            raise PurchaseInFuture(pointer=f"/rows/{place}/at")
    command = ImportPurchases(
        shop=caller.shop,
        calendar=caller.calendar,
        currency=caller.currency,
        actor=actor(caller),
        rows=tuple(
            Row(
                row.guest_id,
                row.key,
                row.at.replace(microsecond=row.at.microsecond // 1000 * 1000),
                row.cups,
                row.amount,
                row.item,
            )
            for row in body.rows
        ),
    )
    return await import_purchases(
        command,
        accounts=service.accounts,
        ledger=service.ledger,
        programs=service.programs,
        guest_ids=service.guest_ids,
        clock=service.clock,
    )
