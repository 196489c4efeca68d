"""Builds a service's FastAPI application and runs it."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from time import perf_counter
from typing import Any

import structlog
import uvicorn
from fastapi import APIRouter, FastAPI
from opentelemetry.trace import SpanKind, StatusCode
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bezkart.kit import faults, metrics, problems, tracing
from bezkart.kit.auth import TokenVerifier
from bezkart.kit.health import Check, ops_routes
from bezkart.kit.settings import Settings
from bezkart.kit.tracing import Spans

log = structlog.get_logger("bezkart.http")

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


class Observed:
    """ASGI middleware: trace context and request id in, one log line and the RED metrics out."""

    def __init__(self, app: ASGIApp, *, spans: Spans) -> None:
        self._app = app
        self._spans = spans

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        parent = headers.get(b"traceparent", b"").decode("latin-1")
        with self._spans.within(parent, scope["method"], kind=SpanKind.SERVER) as span:
            request_id = headers.get(b"x-request-id", b"").decode("latin-1")
            structlog.contextvars.bind_contextvars(request_id=request_id, trace_id=tracing.trace_id())
            try:
                route, status = await self._answer(scope, receive, send)
            finally:
                structlog.contextvars.unbind_contextvars("request_id", "trace_id")
            span.update_name(f"{scope['method']} {route}")
            span.set_attributes({"http.request.method": scope["method"], "http.route": route})
            span.set_attribute("http.response.status_code", status)
            if status >= 500:
                span.set_status(StatusCode.ERROR)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> tuple[str, int]:
        """Answer and measure; the route's template and the status."""
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
            route = getattr(scope.get("route"), "path", "unmatched")
            self._record(scope["method"], route, status or 500, perf_counter() - started)
        return route, status

    @staticmethod
    def _record(method: str, route: str, status: int, seconds: float) -> None:
        if route.startswith(("/health", "/metrics")):
            return
        metrics.requests.labels(method, route, status).inc()
        metrics.request_seconds.labels(method, route).observe(seconds)
        log.info("request_answered", method=method, route=route, status=status, ms=round(seconds * 1000, 1))


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
    spans: Spans | None = None,
) -> FastAPI:
    """The application of one process; routes find the service's objects in `app.state.service`."""
    spans = spans or Spans()
    app = Application(
        title=title,
        version="1",
        lifespan=_with_spans(lifespan, spans),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.tokens = tokens
    app.state.service = state
    app.state.spans = spans
    app.add_middleware(Observed, spans=spans)
    problems.install(app)
    app.include_router(ops_routes(checks))
    for router in routers:
        app.include_router(router)
    return app


def _with_spans(lifespan: Lifespan | None, spans: Spans) -> Lifespan:
    """The last spans are sent when all work has ended."""

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        async with lifespan(app) if lifespan else nullcontext():
            yield
        await asyncio.to_thread(spans.close)

    return life


def serve(app: FastAPI, settings: Settings) -> None:
    """Run until SIGTERM; requests under way are finished first (10 s at most). An application with an errand only does that."""
    faults.arm(settings.faults)
    if errand := getattr(app.state, "errand", None):
        asyncio.run(errand())
        return
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
