"""Liveness and readiness. A check that is not required makes a process degraded, not unready."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

CHECK_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class Check:
    """Something a process leans on; `probe` raises when it is not there."""

    name: str
    probe: Callable[[], Awaitable[object]]
    required: bool = True


async def _outcome(check: Check) -> str:
    try:
        await asyncio.wait_for(check.probe(), CHECK_SECONDS)
    except Exception as error:  # any failure of a probe is the finding itself
        return f"failing: {type(error).__name__}"
    return "ok"


async def readiness(checks: tuple[Check, ...]) -> dict[str, Any]:
    """`{"status": "ok" | "degraded" | "failing", "checks": {name: "ok" | "failing: …"}}`."""
    outcomes = await asyncio.gather(*(_outcome(check) for check in checks))
    failing = [check for check, outcome in zip(checks, outcomes, strict=True) if outcome != "ok"]
    status = "failing" if any(check.required for check in failing) else "degraded" if failing else "ok"
    return {
        "status": status,
        "checks": {check.name: outcome for check, outcome in zip(checks, outcomes, strict=True)},
    }


def ops_routes(checks: tuple[Check, ...]) -> APIRouter:
    """`/health/live`, `/health/ready`, `/metrics`: for the cluster, not reachable through the gateway."""
    router = APIRouter(include_in_schema=False)

    @router.get("/health/live")
    async def live() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/health/ready")
    async def ready(response: Response) -> dict[str, Any]:
        report = await readiness(checks)
        response.status_code = 503 if report["status"] == "failing" else 200
        return report

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router
