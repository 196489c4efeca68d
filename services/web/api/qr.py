"""QR codes (ISO/IEC 18004) as SVG: of links in an address, and of what must not stand in one."""

from io import BytesIO
from typing import Annotated, Final

import segno
from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from bezkart.kit.auth import Unauthenticated
from services.web.api.rendering import Visit

_QUIET_ZONE: Final = 3  # modules; the picture has a ground of its own as well
_LONGEST: Final = 300


class Wanted(BaseModel):
    """In the body: a one-time code or a guest's code must stand in no log."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(min_length=1, max_length=_LONGEST)]


def qr_code(text: str) -> bytes:
    """An SVG picture, black on white."""
    picture = BytesIO()
    segno.make(text, error="m", micro=False).save(picture, kind="svg", border=_QUIET_ZONE, light="#fff", omitsize=True)
    return picture.getvalue()


def routes() -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.post("/qr")
    async def picture(body: Wanted, visit: Visit) -> Response:
        if visit.caller is None:
            raise Unauthenticated
        return Response(qr_code(body.text), media_type="image/svg+xml", headers={"Cache-Control": "no-store"})

    return router
