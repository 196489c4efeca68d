"""The server of the stand-ins: who answers under which path."""

from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from bezkart.local.standins import control, phone
from bezkart.local.standins.modes import Mode, disturbed
from bezkart.local.standins.town import SMS, Town

_LARGEST_BODY: Final = 16 * 1024 * 1024
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Provider = Callable[[web.Request], Awaitable[web.Response]]


def build_app(town: Town | None = None) -> web.Application:
    town = town or Town()
    app = web.Application(middlewares=[_own_pages_only], client_max_size=_LARGEST_BODY)
    telegram = _behind(town.telegram.mode, town.telegram.answer)
    app.router.add_route("*", "/telegram/bot{token:[^/]+}/{method:[A-Za-z]+}", telegram)
    paths = {"smsc": "/smsc/sys/{script:send.php|balance.php}"}
    paths["smsru"] = "/smsru/{method:sms/send|my/balance}"
    paths["smsaero"] = "/smsaero/v2/{method:sms/send|balance}"
    for name in SMS:
        provider = getattr(town, name)
        app.router.add_route("*", paths[name], _behind(provider.mode, provider.answer))
    app.router.add_post("/push/{subscription}", _behind(town.push.mode, town.push.answer))
    app.router.add_post("/inbox", town.take_inbox_copy)
    app.router.add_get("/health/ready", _ready)
    app.on_shutdown.append(lambda _: town.telegram.close())
    app.add_routes([*control.routes(town), *phone.routes(town)])
    return app


def _behind(mode: Mode, answer: Provider) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        return await disturbed(mode, request, answer)

    return handle


async def _ready(_request: web.Request) -> web.Response:
    return web.json_response({"status": "ready"})


@web.middleware
async def _own_pages_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Another site's page may not switch our providers off."""
    origin = request.headers.get("Origin")
    if origin and urlsplit(origin).netloc != request.host:
        raise web.HTTPForbidden(text="not from another site")
    return await handler(request)
