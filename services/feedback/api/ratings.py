"""`/api/v1/feedback/ratings` and `/statistics`: guests give stars, the owner sees them (F50)."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from bezkart.kernel.errors import GuestErased
from bezkart.kit.auth import Caller, Guest, Owner, RoleRequired, Unauthenticated
from bezkart.kit.problems import documented
from services.feedback.api.caller import PREFIX, Service
from services.feedback.api.cursors import cursor, position
from services.feedback.api.views import RatingView, rating_view
from services.feedback.domain.errors import (
    CursorUnknown,
    NothingToRate,
    PeriodInvalid,
    RatingExpired,
    RatingNotFound,
)
from services.feedback.domain.rating import LONGEST_TEXT, Rating
from services.feedback.domain.statistics import Figures
from services.feedback.usecases.count_ratings import Period, count_ratings, period_of
from services.feedback.usecases.give_rating import Opinion, give_own_rating, give_rating

router = APIRouter(prefix=PREFIX, tags=["feedback"], responses=documented(Unauthenticated, RoleRequired))


class RatingBody(BaseModel):
    """Without a comment the one before stays."""

    model_config = ConfigDict(extra="forbid")

    stars: Annotated[int, Field(ge=1, le=5, strict=True)]
    comment: Annotated[str | None, Field(max_length=LONGEST_TEXT)] = None

    def opinion(self, caller: Caller) -> Opinion:
        return Opinion(caller.shop, caller.id, self.stars, self.comment)


class GivenRating(BaseModel):
    id: str
    guest_id: str
    purchase_id: str
    purchased_at: datetime
    staff_id: str
    segment: str | None
    stars: int
    comment: str
    given_at: datetime


class RatingsPage(BaseModel):
    ratings: list[GivenRating]
    next: str | None


class DayFigures(BaseModel):
    day: date
    figures: Figures


class StaffFigures(BaseModel):
    staff_id: str
    figures: Figures


class SegmentFigures(BaseModel):
    segment: str | None
    figures: Figures


class StatisticsView(BaseModel):
    """`opened`: visits of the period that could be rated. Days, baristas and segments without ratings are left out."""

    first: date
    last: date
    opened: int
    total: Figures
    by_day: list[DayFigures]
    by_staff: list[StaffFigures]
    by_segment: list[SegmentFigures]


async def _period(
    caller: Owner,
    service: Service,
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
) -> Period:
    return period_of(caller.calendar, first, last, service.clock.now())


OfPeriod = Annotated[Period, Depends(_period)]


@router.post("/ratings/{rating_id}", responses=documented(RatingNotFound, RatingExpired))
async def rate(rating_id: str, body: RatingBody, caller: Guest, service: Service) -> RatingView:
    """Answer a request; within an hour the last answer wins."""
    return rating_view(await give_rating(body.opinion(caller), rating_id, service))


@router.post("/ratings", responses=documented(NothingToRate, RatingNotFound, RatingExpired, GuestErased))
async def rate_last(body: RatingBody, caller: Guest, service: Service) -> RatingView:
    """Rate the last purchase of the last 24 hours, asked or not."""
    return rating_view(await give_own_rating(body.opinion(caller), service))


@router.get("/ratings", responses=documented(CursorUnknown, PeriodInvalid))
async def ratings(
    period: OfPeriod,
    caller: Owner,
    service: Service,
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> RatingsPage:
    """Ratings of whole days of the shop (the last thirty, unless said), newest first, page by page."""
    found = await service.ratings.given(caller.shop, period.start, period.end, after=position(after), limit=limit)
    lines = [_given(rating) for rating in found]
    following = cursor(lines[-1].given_at, lines[-1].id) if len(lines) == limit else None
    return RatingsPage(ratings=lines, next=following)


@router.get("/statistics", responses=documented(PeriodInvalid))
async def statistics(period: OfPeriod, caller: Owner, service: Service) -> StatisticsView:
    """Average and CSAT (share of 4 and 5) by day, barista and segment."""
    counted = await count_ratings(caller.shop, caller.calendar, period, service)
    return StatisticsView(
        first=period.first,
        last=period.last,
        opened=counted.opened,
        total=counted.total,
        by_day=[DayFigures(day=day, figures=each) for day, each in counted.by_day.items()],
        by_staff=[StaffFigures(staff_id=name, figures=each) for name, each in counted.by_staff.items()],
        by_segment=[SegmentFigures(segment=name, figures=each) for name, each in counted.by_segment.items()],
    )


def _given(rating: Rating) -> GivenRating:
    if rating.stars is None or rating.given_at is None:
        raise AssertionError("a given rating has stars")
    return GivenRating(
        id=rating.id,
        guest_id=rating.guest_id,
        purchase_id=rating.purchase_id,
        purchased_at=rating.purchased_at,
        staff_id=rating.staff_id,
        segment=rating.segment,
        stars=rating.stars,
        comment=rating.comment,
        given_at=rating.given_at,
    )
