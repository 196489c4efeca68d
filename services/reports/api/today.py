"""`/api/v1/reports/today`: the owner's first look."""

from fastapi import APIRouter

from bezkart.kit.auth import Owner, RoleRequired, Unauthenticated
from bezkart.kit.problems import documented
from services.reports.api.caller import PREFIX, OwnShop, Service
from services.reports.api.views import Compared, NextStep, SegmentNow, TodayFigures, TodayView, TotalsView
from services.reports.domain.segments import SEGMENTS
from services.reports.usecases.show_period import show_totals
from services.reports.usecases.show_today import Today, show_today

router = APIRouter(prefix=PREFIX, tags=["reports"], responses=documented(Unauthenticated, RoleRequired))


@router.get("/today")
async def today(caller: Owner, service: Service) -> TodayView:
    """Today until now, beside the same weekday a week ago until the same time of day."""
    found = await show_today(caller.shop, service)
    step = found.step
    return TodayView(
        day=found.day,
        until=found.until,
        currency=found.shop.currency,
        figures=_compared(found),
        won_back_week=found.won_back,
        segments=[SegmentNow.model_validate(each) for each in _segments(found)],
        next_step=NextStep.model_validate({"kind": step.kind, "segment": step.segment, "guests": step.guests})
        if step
        else None,
    )


@router.get("/totals")
async def totals(shop: OwnShop, service: Service) -> TotalsView:
    """Of all days together; what purchases' accounts come to as well."""
    found = await show_totals(shop, service)
    return TotalsView(purchases=found.purchases - found.erased_purchases, spent=found.revenue - found.erased_revenue)


def _compared(found: Today) -> TodayFigures:
    now, before = found.now.figures, found.week_ago.figures
    return TodayFigures(
        purchases=Compared(now=now.purchases, week_ago=before.purchases),
        cups=Compared(now=now.cups, week_ago=before.cups),
        revenue=Compared(now=now.revenue, week_ago=before.revenue),
        average_ticket=Compared(now=now.average_ticket, week_ago=before.average_ticket),
        new_guests=Compared(now=now.new_guests, week_ago=before.new_guests),
        gifts=Compared(now=now.gifts, week_ago=before.gifts),
    )


def _segments(found: Today) -> list[dict[str, object]]:
    before = found.segments_week_ago
    return [
        {"segment": name, "guests": found.segments[name], "week_ago": before[name] if before else None}
        for name in SEGMENTS
    ]
