"""Builds a service's FastAPI application and runs it."""

import gc
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from time import perf_counter
from typing import Any

import structlog
import uvicorn
from fastapi import APIRouter, FastAPI
from opentelemetry import context
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bezkart.kit import faults, metrics, problems, tracing
from bezkart.kit.auth import TokenVerifier
from bezkart.kit.health import Check, ops_routes
from bezkart.kit.settings import Settings

log = structlog.get_logger("bezkart.http")

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


class Observed:
    """ASGI middleware: trace context and request id in, one log line and the RED metrics out."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        request_id = headers.get(b"x-request-id", b"").decode("latin-1")
        token = context.attach(tracing.remember(headers.get(b"traceparent", b"").decode("latin-1")))
        structlog.contextvars.bind_contextvars(request_id=request_id, trace_id=tracing.trace_id())
        started, status = perf_counter(), 0

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception as error:
            if status:
                raise
            # Raised further, it would make the server cut a connection that the gateway is about to use for somebody else.
            await problems.unexpected(error)(scope, receive, watch)
        finally:
            self._record(scope, status or 500, perf_counter() - started)
            structlog.contextvars.unbind_contextvars("request_id", "trace_id")
            context.detach(token)

    @staticmethod
    def _record(scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "unmatched")
        if route.startswith(("/health", "/metrics")):
            return
        metrics.requests.labels(scope["method"], route, status).inc()
        metrics.request_seconds.labels(scope["method"], route).observe(seconds)
        log.info("request_answered", method=scope["method"], route=route, status=status, ms=round(seconds * 1000, 1))


class Application(FastAPI):
    """A FastAPI application that documents its problems as they are."""

    def openapi(self) -> dict[str, Any]:
        return problems.describe(super().openapi())


def build_app(
    *,
    title: str,
    routers: Sequence[APIRouter] = (),
    checks: tuple[Check, ...] = (),
    tokens: TokenVerifier | None = None,
    lifespan: Lifespan | None = None,
    state: Any = None,
) -> FastAPI:
    """The application of one process; routes find the service's objects in `app.state.service`."""
    app = Application(
        title=title, version="1", lifespan=lifespan, docs_url=None, redoc_url=None, redirect_slashes=False
    )
    app.state.tokens = tokens
    app.state.service = state
    app.add_middleware(Observed)
    problems.install(app)
    app.include_router(ops_routes(checks))
    for router in routers:
        app.include_router(router)
    return app


def serve(app: FastAPI, settings: Settings) -> None:
    """Run until SIGTERM; requests under way are finished first (10 s at most)."""
    faults.arm(settings.faults)
    # What was built for good need not be looked through at every collection.
    gc.collect()
    gc.freeze()
    uvicorn.run(
        app,
        host=settings.http_host,
        port=settings.http_port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=10,
    )
