"""`/api/v1/segments`: the owner's picture (F22)."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from bezkart.kernel.errors import GuestNotFound
from bezkart.kit.auth import Owner, RoleRequired, Unauthenticated
from bezkart.kit.problems import documented
from services.segments.api.service import Service
from services.segments.domain.errors import PeriodInvalid, ShopUnknown
from services.segments.domain.picture import Sizes
from services.segments.domain.rules import Segment
from services.segments.usecases.draw_picture import compare, day_by_day, draw_sizes

router = APIRouter(
    prefix="/api/v1/segments", tags=["segments"], responses=documented(Unauthenticated, RoleRequired, ShopUnknown)
)

Day = Annotated[date | None, Query(description="A day of the shop's calendar")]


class SizesOnDay(BaseModel):
    as_of: date
    total: int
    segments: dict[Segment, int]


class Picture(SizesOnDay):
    shop: str


class FlowView(BaseModel):
    """`from` is null for guests who registered in between."""

    model_config = ConfigDict(validate_by_name=True)

    origin: Annotated[Segment | None, Field(alias="from")]
    to: Segment
    guests: int


class WonBackView(BaseModel):
    """Of `of` leaving and rare guests, `guests` are active now; `share` from 0 to 1."""

    guests: int
    of: int
    share: float


class ComparisonView(BaseModel):
    model_config = ConfigDict(validate_by_name=True)

    start: Annotated[SizesOnDay, Field(alias="from")]
    to: SizesOnDay
    flow: list[FlowView]
    won_back: WonBackView


class Snapshot(BaseModel):
    day: date
    total: int
    segments: dict[Segment, int]


class SnapshotList(BaseModel):
    snapshots: list[Snapshot]


class SegmentTotals(BaseModel):
    guests: int
    purchases: int


class GuestSegment(BaseModel):
    guest_id: str
    segment: Segment | None
    since: date | None
    registered_on: date | None
    purchases: int
    last_purchase_on: date | None


@router.get("")
async def sizes(caller: Owner, service: Service, as_of: Day = None) -> Picture:
    """The five segments now, or at the end of a day: what had happened by then, as if that day were today."""
    drawn = await draw_sizes(caller.shop, as_of, service)
    return Picture(shop=caller.shop, as_of=drawn.day, total=drawn.total, segments=drawn.segments)


@router.get("/comparison", responses=documented(PeriodInvalid))
async def comparison(
    caller: Owner, service: Service, start: Annotated[date | None, Query(alias="from")] = None, to: Day = None
) -> ComparisonView:
    """Two days beside each other and the flow between them; by default today and a week ago."""
    compared = await compare(caller.shop, start, to, service)
    won = compared.won_back
    return ComparisonView(
        start=_on_day(compared.start),
        to=_on_day(compared.end),
        flow=[FlowView(origin=flow.origin, to=flow.target, guests=flow.guests) for flow in compared.flow],
        won_back=WonBackView(guests=won.guests, of=won.of, share=won.share),
    )


@router.get("/snapshots", responses=documented(PeriodInvalid))
async def snapshots(
    caller: Owner, service: Service, start: Annotated[date, Query(alias="from")], to: date
) -> SnapshotList:
    """The sizes at the end of each day of a period."""
    days = await day_by_day(caller.shop, start, to, service)
    return SnapshotList(snapshots=[Snapshot(day=each.day, total=each.total, segments=each.segments) for each in days])


@router.get("/totals")
async def totals(caller: Owner, service: Service) -> SegmentTotals:
    """How many guests and purchases have been taken in; equal to those of the other services when nothing is under way."""
    guests, purchases = await service.guests.totals(caller.shop)
    return SegmentTotals(guests=guests, purchases=purchases)


@router.get("/guests/{guest_id}", responses=documented(GuestNotFound))
async def guest(guest_id: str, caller: Owner, service: Service) -> GuestSegment:
    """Where one guest stands."""
    found = await service.guests.load(caller.shop, guest_id)
    if found is None or found.erased:
        raise GuestNotFound
    return GuestSegment(
        guest_id=found.id,
        segment=found.segment,
        since=found.since,
        registered_on=found.registered,
        purchases=found.purchases,
        last_purchase_on=found.last,
    )


def _on_day(drawn: Sizes) -> SizesOnDay:
    return SizesOnDay(as_of=drawn.day, total=drawn.total, segments=drawn.segments)
