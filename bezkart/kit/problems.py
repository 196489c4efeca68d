"""Errors as RFC 9457 problem details: the only place that knows which kind of failure has which status."""

from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from bezkart.kernel.errors import DomainError, Kind, Unavailable
from bezkart.kit import metrics
from bezkart.kit.failures import STORE_GONE

STATUS: Final = {
    Kind.MALFORMED: 400,
    Kind.UNAUTHENTICATED: 401,
    Kind.PLAN_REQUIRED: 402,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.GONE: 410,
    Kind.INVALID: 422,
    Kind.TOO_MANY: 429,
    Kind.UNAVAILABLE: 503,
}
MEDIA_TYPE: Final = "application/problem+json"
_HTTP_SLUGS: Final = {404: "not-found", 405: "method-not-allowed", 400: "malformed-request"}

log = structlog.get_logger(__name__)


class FieldError(BaseModel):
    pointer: str
    detail: str


class Problem(BaseModel):
    """The body of every error answer; `type` is stable and made for programs."""

    type: str
    title: str
    status: int
    detail: str | None = None
    errors: list[FieldError] | None = None


def _answer(
    slug: str,
    title: str,
    status: int,
    *,
    detail: str | None = None,
    errors: list[dict[str, str]] | None = None,
    headers: dict[str, str] | None = None,
    **members: Any,
) -> JSONResponse:
    metrics.problems.labels(slug).inc()
    body = {"type": f"urn:bezkart:problem:{slug}", "title": title, "status": status, **members}
    if detail:
        body["detail"] = detail
    if errors:
        body["errors"] = errors
    return JSONResponse(body, status, headers, media_type=MEDIA_TYPE)


async def _domain(_request: Request, error: DomainError) -> JSONResponse:
    errors = [{"pointer": error.pointer, "detail": error.detail or error.title}] if error.pointer else None
    retry_after = error.members.get("retry_after")
    headers = {"Retry-After": str(retry_after)} if retry_after else None
    return _answer(
        error.slug,
        error.title,
        STATUS[error.kind],
        detail=error.detail,
        errors=errors,
        headers=headers,
        **error.members,
    )


async def _validation(_request: Request, error: RequestValidationError) -> JSONResponse:
    # The rejected input is left out of the answer: it may hold personal data.
    errors = [
        {"pointer": "/" + "/".join(str(part) for part in item["loc"][1:]), "detail": str(item["msg"])}
        for item in jsonable_encoder(error.errors(), exclude={"ctx", "input"})
    ]
    if any(item["type"] == "json_invalid" for item in error.errors()):
        return _answer("malformed-request", "The request cannot be read", 400, errors=errors)
    return _answer("invalid-request", "The request has fields that do not fit", 422, errors=errors)


async def _http(_request: Request, error: HTTPException) -> JSONResponse:
    slug = _HTTP_SLUGS.get(error.status_code, f"http-{error.status_code}")
    return _answer(slug, str(error.detail), error.status_code, headers=dict(error.headers or {}))


async def _store_gone(_request: Request, error: Exception) -> JSONResponse:
    log.warning("store_unavailable", error=type(error).__name__)
    return _answer(Unavailable.slug, Unavailable.title, 503, headers={"Retry-After": "2"})


def unexpected(error: Exception) -> JSONResponse:
    """The answer to a fault of our own, which is logged here."""
    log.error("request_failed", error=type(error).__name__, exc_info=error)
    return _answer("internal-error", "Something went wrong on our side", 500)


def install(app: FastAPI) -> None:
    """Turn every failure of `app` into a problem document."""
    handlers: list[tuple[type[Exception], Any]] = [
        (DomainError, _domain),
        (RequestValidationError, _validation),
        (HTTPException, _http),
        *((gone, _store_gone) for gone in STORE_GONE),
    ]
    for kind, handler in handlers:
        app.add_exception_handler(kind, handler)


def documented(*errors: type[DomainError]) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI `responses` of a route that may answer with these errors."""
    answers: dict[int | str, dict[str, Any]] = {}
    every: tuple[type[DomainError], ...] = (*errors, Unavailable)
    for error in every:
        status = STATUS[error.kind]
        text = answers.get(status, {}).get("description", "")
        answers[status] = {
            "model": Problem,
            "description": f"{text} · `{error.slug}`".removeprefix(" · "),
        }
    return answers


def describe(document: dict[str, Any]) -> dict[str, Any]:
    """The OpenAPI document with every failure as the problem that is really answered, and with those that any route may answer."""
    schemas = document.get("components", {}).get("schemas", {})
    if "Problem" not in schemas:
        return document
    for item in document["paths"].values():
        for operation in item.values():
            responses = operation["responses"]
            if "requestBody" in operation:
                responses.setdefault("400", {"description": "`malformed-request`"})
            for status, response in responses.items():
                if status >= "400":
                    response["content"] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    return document
