"""`/api/v1/reports/settings`: when the shop closes, and whether the owner is told then."""

from fastapi import APIRouter

from bezkart.kit.auth import Owner, RoleRequired, Unauthenticated
from bezkart.kit.problems import documented
from services.reports.api.caller import PREFIX, OwnShop, Service
from services.reports.api.views import SettingsBody, SettingsView
from services.reports.domain.closing import parse_clock
from services.reports.store.shops import Shop
from services.reports.usecases.learn_shop import change_settings

router = APIRouter(prefix=f"{PREFIX}/settings", tags=["reports"], responses=documented(Unauthenticated, RoleRequired))


@router.get("")
async def current(shop: OwnShop) -> SettingsView:
    """The settings in force."""
    return _view(shop)


@router.put("")
async def change(body: SettingsBody, caller: Owner, service: Service) -> SettingsView:
    """In force at once; a day that has been reported is not reported again."""
    clock = parse_clock(body.closing_time)
    return _view(await change_settings(caller.shop, clock, service, daily_report=body.daily_report))


def _view(shop: Shop) -> SettingsView:
    return SettingsView(
        closing_time=shop.closing_time.strftime("%H:%M"), daily_report=shop.daily_report, next_report_at=shop.due
    )
