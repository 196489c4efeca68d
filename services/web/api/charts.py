"""`/assets/vega.js`: what draws the charts. Pages without charts never ask for it."""

from typing import Final

from fastapi import APIRouter
from fastapi.responses import FileResponse

from services.web.usecases.chart_script import ChartScript

_A_DAY: Final = "public, max-age=86400"


def routes(script: ChartScript) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/assets/vega.js")
    async def vega() -> FileResponse:
        """Its address is fixed and its contents follow from the installed package: a day is how long an older one may live on."""
        return FileResponse(await script.file(), media_type="text/javascript", headers={"Cache-Control": _A_DAY})

    return router
