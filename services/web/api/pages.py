"""The pages and where each visitor is led."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from bezkart.kit.auth import Role
from bezkart.kit.glossary import Language
from services.web.api.assets import Assets
from services.web.api.rendering import LANGUAGE_COOKIE, PageVisit, Renderer, Visit

_YEAR_SECONDS: Final = 31_536_000

_OWNER_PAGES: Final[dict[str, tuple[str, ...]]] = {
    "/owner": ("today", "segment", "segments.col_segment"),
    "/owner/mailings": ("mailings", "offers", "segment", "tier", "effect"),
    "/owner/triggers": ("triggers", "offers", "segment", "effect", "mailings.see_fields"),
    "/owner/promotions": ("promotions", "promo"),
    "/owner/effect": ("effect", "mailings.more"),
    "/owner/reports": ("reports", "segment"),
    "/owner/segments": ("segment", "segments"),
    "/owner/program": ("program", "tier"),
    "/owner/channels": ("channels", "segment"),
    "/owner/feedback": ("feedback", "segment"),
    "/owner/staff": ("staff",),
}
"""By address; with what its modules need of the glossary. The template has the name of the page."""

GoesOn = Annotated[str, Query(alias="next")]


def local_address(wish: str) -> str:
    """`wish` if it stays on this site, else the first page: a link must not lead people away after sign-in."""
    ours = wish.startswith("/") and not wish.startswith(("//", "/\\")) and wish.isprintable()
    return wish if ours else "/"


def _go(address: str) -> RedirectResponse:
    return RedirectResponse(address, 303, headers={"Cache-Control": "no-store"})


def _first_page(visit: PageVisit) -> str:
    if visit.caller is None or not visit.caller.shop:
        return "/sign-in"
    if visit.caller.role is Role.GUEST:
        return f"/g/{visit.caller.shop}"
    return "/owner" if visit.is_owner else "/terminal"


def _is_guest(visit: PageVisit) -> bool:
    return visit.caller is not None and visit.caller.role is Role.GUEST


def _to_sign_in(visit: PageVisit) -> RedirectResponse:
    return _go(f"/sign-in?next={quote(visit.address, safe='')}")


def _staff_routes(router: APIRouter, render: Renderer) -> None:
    @router.get("/sign-in")
    async def sign_in(visit: Visit, goes_on: GoesOn = "/") -> HTMLResponse:
        return render("sign_in.html", visit, next_address=local_address(goes_on))

    @router.get("/terminal")
    async def terminal(visit: Visit) -> Response:
        if visit.caller is None:
            return _to_sign_in(visit)
        if _is_guest(visit):  # who has pointed a camera at the own code
            return _go(_first_page(visit))
        return render(
            "terminal.html",
            visit,
            words=("terminal", "register", "gift", "points", "friends", "tier", "tier_to", "promo"),
        )

    for address, words in _OWNER_PAGES.items():
        name = address.removeprefix("/owner").lstrip("/") or "today"
        router.add_api_route(address, _owner_page(render, f"{name}.html", words))


def _owner_page(render: Renderer, template: str, words: tuple[str, ...]) -> Callable[[PageVisit], Awaitable[Response]]:
    async def owners(visit: Visit) -> Response:
        if visit.caller is None:
            return _to_sign_in(visit)
        if not visit.is_owner:
            return render("owner_only.html", visit, status=403)
        return render(template, visit, words=words)

    return owners


def _common_routes(router: APIRouter, render: Renderer, assets: Assets) -> None:
    @router.get("/")
    async def home(visit: Visit) -> RedirectResponse:
        return _go(_first_page(visit))

    @router.get("/language")
    async def language(to: Language, goes_on: GoesOn = "/") -> RedirectResponse:
        answer = _go(local_address(goes_on))
        answer.set_cookie(LANGUAGE_COOKIE, to, max_age=_YEAR_SECONDS, httponly=True, samesite="lax")
        return answer

    @router.get("/manifest.webmanifest")
    async def manifest() -> JSONResponse:
        icon = {"src": assets("icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any maskable"}
        body = {
            "name": "BezKart",
            "short_name": "BezKart",
            "start_url": "/",
            "display": "standalone",
            "background_color": "#FAF7F2",
            "theme_color": "#FAF7F2",
            "icons": [icon],
        }
        return JSONResponse(body, media_type="application/manifest+json", headers={"Cache-Control": "max-age=3600"})


def _nowhere(router: APIRouter, render: Renderer) -> None:
    @router.get("/{path:path}")
    async def nowhere(request: Request, visit: Visit) -> HTMLResponse:
        if "text/html" not in request.headers.get("accept", ""):
            raise HTTPException(404)
        return render("not_found.html", visit, status=404)


def routes(render: Renderer, assets: Assets) -> APIRouter:
    """All pages; the last route answers for addresses nobody has, so this router comes last."""
    router = APIRouter(include_in_schema=False)
    _common_routes(router, render, assets)
    _staff_routes(router, render)
    _nowhere(router, render)
    return router
