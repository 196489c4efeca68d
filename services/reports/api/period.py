"""`/api/v1/reports/days`, `/kpis`, `/cohorts`, `/hours`, `/staff` and `/export.csv`: any period (F61)."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from bezkart.kit.auth import RoleRequired, Unauthenticated
from bezkart.kit.problems import documented
from services.reports.api.caller import PREFIX, InWords, OfPeriod, OwnShop, Service
from services.reports.api.figures import figures_view
from services.reports.api.views import (
    CohortsView,
    CohortView,
    DaysView,
    DayView,
    ExportKind,
    HourCell,
    HoursView,
    KpisView,
    KpiView,
    Returned,
    StaffLine,
    StaffView,
)
from services.reports.domain.errors import PeriodInvalid
from services.reports.domain.figures import percent
from services.reports.usecases.export import export
from services.reports.usecases.show_period import show_cohorts, show_days, show_hours, show_kpis, show_staff

router = APIRouter(prefix=PREFIX, tags=["reports"], responses=documented(Unauthenticated, RoleRequired))


@router.get("/days", responses=documented(PeriodInvalid))
async def days(shop: OwnShop, period: OfPeriod, service: Service) -> DaysView:
    """Every day of the period."""
    found = await show_days(shop, period, service)
    lines = [
        {"day": line.day, "segments": line.segments, **figures_view(line.figures, line.guests).model_dump()}
        for line in found.days
    ]
    return DaysView(
        first=period.first,
        last=period.last,
        currency=shop.currency,
        total=figures_view(found.total, found.guests),
        days=[DayView.model_validate(line) for line in lines],
    )


@router.get("/kpis", responses=documented(PeriodInvalid))
async def kpis(shop: OwnShop, period: OfPeriod, service: Service, words: InWords) -> KpisView:
    """With the definition of each, in the reader's language."""
    found = await show_kpis(shop, period, service)
    return KpisView(
        first=period.first,
        last=period.last,
        currency=shop.currency,
        kpis=[
            KpiView(
                name=each.name,
                title=words(f"kpi.{each.name}"),
                value=each.value,
                unit=each.unit,
                definition=words(f"kpi.{each.name}.definition"),
                enough=each.enough,
            )
            for each in found
        ],
    )


@router.get("/cohorts")
async def cohorts(shop: OwnShop, service: Service, months: Annotated[int, Query(ge=1, le=12)] = 6) -> CohortsView:
    """Guests by month of registration, and how many of them bought in each month since."""
    return CohortsView(
        cohorts=[
            CohortView(
                month=cohort.month,
                guests=cohort.guests,
                returned=[
                    Returned(month=after, guests=guests, share=percent(guests, cohort.guests))
                    for after, guests in enumerate(cohort.returned)
                ],
            )
            for cohort in await show_cohorts(shop, months, service)
        ]
    )


@router.get("/hours", responses=documented(PeriodInvalid))
async def hours(shop: OwnShop, period: OfPeriod, service: Service) -> HoursView:
    """Purchases by weekday and hour."""
    found = await show_hours(shop, period, service)
    return HoursView(
        first=period.first,
        last=period.last,
        currency=shop.currency,
        cells=[
            HourCell(weekday=weekday, hour=hour, purchases=purchases, revenue=revenue)
            for (weekday, hour), (purchases, revenue) in found.items()
        ],
    )


@router.get("/staff", responses=documented(PeriodInvalid))
async def staff(shop: OwnShop, period: OfPeriod, service: Service) -> StaffView:
    """Per barista, who sold most first; imported purchases are nobody's."""
    found = await show_staff(shop, period, service)
    return StaffView(
        first=period.first,
        last=period.last,
        currency=shop.currency,
        staff=[
            StaffLine(
                staff_id=name,
                purchases=figures.purchases,
                cups=figures.cups,
                revenue=figures.revenue,
                average_ticket=figures.average_ticket,
                undos=figures.undos,
                gifts=figures.gifts,
                ratings=figures.ratings,
                rating_average=figures.rating_average,
                csat=figures.csat,
            )
            for name, figures in found.items()
        ],
    )


@router.get("/export.csv", responses=documented(PeriodInvalid) | {200: {"content": {"text/csv": {}}}})
async def export_csv(kind: ExportKind, shop: OwnShop, period: OfPeriod, service: Service, words: InWords) -> Response:
    """Figures and staff ids; nobody's name or number."""
    text = await export(kind, shop, period, words, service)
    name = f"{shop.slug}-{kind}-{period.first}-{period.last}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)
