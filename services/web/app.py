"""Builds the web process: `python -m services.web.app api`."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import httpx
from fastapi import FastAPI

from bezkart.kit.auth import TokenVerifier
from bezkart.kit.glossary import Glossary
from bezkart.kit.http import build_app, serve
from bezkart.kit.logging import configure_logging
from bezkart.kit.tracing import of_process
from services.web.api import assets, charts, document, guest_pages, invitations, pages, qr
from services.web.api.rendering import Renderer
from services.web.settings import WebSettings
from services.web.usecases.chart_script import ChartScript
from services.web.usecases.publish_document import ApiDocument
from services.web.usecases.shop_cards import ShopCards

WORDS: Final = Path(__file__).parent / "words" / "glossary.json"
_FETCH_SECONDS: Final = 3.0


def build(settings: WebSettings, *, others: httpx.AsyncBaseTransport | None = None) -> FastAPI:
    """`others` is the way to the other services, over the network unless a test says otherwise."""
    client = httpx.AsyncClient(timeout=_FETCH_SECONDS, transport=others)
    services = {
        "identity": settings.identity_url,
        "purchases": settings.purchases_url,
        "segments": settings.segments_url,
        "notifications": settings.notifications_url,
        "feedback": settings.feedback_url,
        "campaigns": settings.campaigns_url,
        "reports": settings.reports_url,
    }
    files = assets.Assets(extra=assets.swagger_files())
    script = ChartScript()
    render = Renderer(Glossary(WORDS), files, demo=settings.env == "demo")

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with client:
            yield
        script.close()

    return build_app(
        title="BezKart web",
        routers=(
            assets.routes(files),
            charts.routes(script),
            document.routes(ApiDocument(services, client), render),
            invitations.routes(render),
            qr.routes(),
            guest_pages.routes(render, files, ShopCards(settings.identity_url, client)),
            pages.routes(render, files),
        ),
        tokens=TokenVerifier(settings.jwt_public_jwks),
        lifespan=lifespan,
        spans=of_process(settings, "web"),
    )


def main(entry: str) -> None:
    if entry != "api":
        raise SystemExit(f"services.web.app has no entry {entry!r}; it has: api")
    settings = WebSettings()
    configure_logging(service="web", level=settings.log_level)
    serve(build(settings), settings)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "api")
