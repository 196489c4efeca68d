"""`/api/v1/reports/charts`: Vega-Lite definitions with their data, one for the browser and for pictures alike."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from bezkart.kit.auth import RoleRequired, Unauthenticated
from bezkart.kit.problems import documented
from services.reports.api.caller import PREFIX, InWords, OfPeriod, OwnShop, Service
from services.reports.api.views import ChartName
from services.reports.domain.errors import PeriodInvalid, PictureNotDrawn
from services.reports.usecases.draw import CHARTS

router = APIRouter(
    prefix=f"{PREFIX}/charts", tags=["reports"], responses=documented(Unauthenticated, RoleRequired, PeriodInvalid)
)


@router.get("/{chart}.png", responses=documented(PictureNotDrawn) | {200: {"content": {"image/png": {}}}})
async def picture(chart: ChartName, shop: OwnShop, period: OfPeriod, service: Service, words: InWords) -> Response:
    """The same, drawn."""
    drawn = await service.paint(await CHARTS[chart](shop, period, words, service))
    return Response(drawn, media_type="image/png", headers={"Cache-Control": "private, max-age=60"})


@router.get("/{chart}")
async def definition(
    chart: ChartName, shop: OwnShop, period: OfPeriod, service: Service, words: InWords
) -> dict[str, Any]:
    """`title.text` says the finding, `description` all of it in words."""
    return await CHARTS[chart](shop, period, words, service)
