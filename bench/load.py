"""Load on 127.0.0.1, bounded in time: wrk for throughput, an open model for latency."""

import asyncio
import os
import re
import secrets
import subprocess
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Final

import httpx

SCRIPT: Final = Path(__file__).parent / "orders.lua"
CONNECTIONS: Final = 64
WRK: Final = "/usr/bin/wrk"


class LoadFailed(Exception):
    """Requests were refused, so the figure would say nothing."""


def throughput(url: str, guests: Path, *, token: str = "", seconds: int = 8) -> float:
    """Successful orders a second with 64 connections that never rest. Raises LoadFailed."""
    environment = {**os.environ, "ORDERS_GUESTS": str(guests), "ORDERS_TOKEN": token}
    command = [WRK, "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(SCRIPT), url]
    said = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=seconds + 30, check=True
    ).stdout
    found = re.search(r"RESULT (\d+) (\d+) (\d+)", said)
    if not found:
        raise LoadFailed(said)
    requests, bad, microseconds = (int(each) for each in found.groups())
    if bad:
        raise LoadFailed(f"{bad} of {requests} requests to {url} failed")
    return requests / (microseconds / 1e6)


async def latencies(url: str, guests: Sequence[str], *, token: str, rate: int, seconds: int) -> list[float]:
    """Seconds from the moment a request was due to its answer, at `rate` a second whatever the answers take (open model)."""
    headers = {"Authorization": f"Bearer {token}"}
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=200)
    async with httpx.AsyncClient(headers=headers, limits=limits, timeout=10) as http:
        start = perf_counter() + 0.1

        async def order(place: int) -> float:
            due = start + place / rate
            await asyncio.sleep(due - perf_counter())
            body = {"guest_id": guests[place % len(guests)], "cups": 1}
            answer = await http.post(url, json=body, headers={"Idempotency-Key": secrets.token_hex(12)})
            if answer.status_code != 201:
                raise LoadFailed(f"{answer.status_code} {answer.text}")
            return perf_counter() - due

        return sorted(await asyncio.gather(*(order(place) for place in range(rate * seconds))))


def percentile(ordered: Sequence[float], share: float) -> float:
    """Of sorted values."""
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
