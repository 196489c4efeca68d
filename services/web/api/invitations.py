"""A guest's invitation for a friend: the page behind the link, and the link as a QR code. Public, and it tells nothing about anybody."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, Response

from services.web.api.qr import qr_code
from services.web.api.rendering import Renderer, Visit

_HOUR: Final = "public, max-age=3600"

Shop = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Code = Annotated[str, Path(pattern=r"^[a-z2-7]{20}$")]


def routes(render: Renderer) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/r/{shop}/{code}.svg")
    async def picture(request: Request, shop: Shop, code: Code) -> Response:
        link = f"{request.base_url}r/{shop}/{code}"
        return Response(qr_code(link), media_type="image/svg+xml", headers={"Cache-Control": _HOUR})

    @router.get("/r/{shop}/{code}")
    async def invitation(visit: Visit, shop: Shop, code: Code) -> HTMLResponse:
        groups = " ".join(code[at : at + 4] for at in range(0, len(code), 4))
        return render("invited.html", visit, shop=shop, code=code, groups=groups)

    return router
