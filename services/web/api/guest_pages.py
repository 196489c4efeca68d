"""The guest's page (F74): one document per shop that holds nothing personal, what makes it installable, and its service worker."""

import json
from typing import Annotated, Final

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse, JSONResponse, Response

from bezkart.kernel.errors import Unavailable
from bezkart.kit.auth import Role
from services.web.api.assets import STATIC, Assets
from services.web.api.rendering import PageVisit, Renderer, Visit
from services.web.usecases.shop_cards import ShopCard, ShopCards

Shop = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]

WORDS: Final = (
    *("guest", "guest_problem", "points", "tier", "tier_to", "gift.six_digits", "gift.op_undone"),
    *(f"terminal.{name}" for name in ("progress", "progress_label", "left_to_gift", "op_undo", "op_undone")),
)
_SCRIPT: Final = STATIC / "js" / "guest" / "worker.js"
_SHELL_STYLES: Final = ("css/tokens.css", "css/base.css", "css/guest.css")
_SHELL_PICTURES: Final = ("icon.svg", "icon-180.png", "icons.svg")
_SHELL_SHARED: Final = ("js/api.js", "js/birthday.js", "js/calm.js", "js/dom.js", "js/qr.js", "js/words.js")


def standing(visit: PageVisit, shop: str) -> str:
    """Who looks, as far as this page cares: `guest` of this shop, `elsewhere` (of another), `staff` or `nobody`."""
    if visit.caller is None:
        return "nobody"
    if visit.caller.role is not Role.GUEST:
        return "staff"
    return "guest" if visit.caller.shop == shop else "elsewhere"


def shell(assets: Assets) -> list[str]:
    """The addresses of all that the page needs to open without network."""
    modules = sorted(name for name in assets.names if name.startswith("js/guest/") and name != "js/guest/worker.js")
    return [assets(name) for name in (*_SHELL_STYLES, *_SHELL_PICTURES, *_SHELL_SHARED, *modules)]


def worker(assets: Assets) -> str:
    """The service worker: which version of which files it keeps, then the script."""
    kept = json.dumps({"version": assets.version, "files": shell(assets)}, separators=(",", ":"))
    return f"const SHELL = {kept};\n{_SCRIPT.read_text(encoding='utf-8')}"


def manifest(card: ShopCard, assets: Assets) -> dict[str, object]:
    drawn = {"src": assets("icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}
    painted = {"src": assets("icon-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "any maskable"}
    return {
        "id": f"/g/{card.slug}",
        "name": card.name,
        "short_name": card.name,
        "start_url": f"/g/{card.slug}",
        "scope": "/g/",
        "display": "standalone",
        "background_color": "#FAF7F2",
        "theme_color": "#FAF7F2",
        "icons": [drawn, painted],
    }


def routes(render: Renderer, assets: Assets, cards: ShopCards) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    script = worker(assets)

    async def card_of(shop: str) -> ShopCard | None:
        """A guest at the till is not sent away because nobody can tell the shop's name right now."""
        try:
            return await cards.of(shop)
        except Unavailable:
            return ShopCard(shop, "BezKart", None)

    @router.get("/g/sw.js")
    async def service_worker() -> Response:
        return Response(script, media_type="text/javascript", headers={"Cache-Control": "no-cache"})

    @router.get("/g/{shop}/manifest.webmanifest")
    async def installable(shop: Shop) -> Response:
        card = await card_of(shop)
        if card is None:
            return Response(status_code=404)
        body = manifest(card, assets)
        return JSONResponse(body, media_type="application/manifest+json", headers={"Cache-Control": "max-age=3600"})

    @router.get("/g/{shop}")
    async def page(visit: Visit, shop: Shop) -> HTMLResponse:
        card = await card_of(shop)
        if card is None:
            return render("not_found.html", visit, status=404)
        return render("guest.html", visit, words=WORDS, shop=card, standing=standing(visit, shop))

    return router
