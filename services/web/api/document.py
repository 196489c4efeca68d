"""`/api/openapi.json` and its page `/api/docs`."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, JSONResponse

from services.web.api.rendering import Renderer, Visit
from services.web.usecases.publish_document import ApiDocument


def routes(document: ApiDocument, render: Renderer) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/api/openapi.json")
    async def openapi() -> JSONResponse:
        return JSONResponse(await document.current())

    @router.get("/api/docs")
    async def docs(visit: Visit) -> HTMLResponse:
        return render("docs.html", visit)

    return router
