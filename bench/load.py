"""Load on 127.0.0.1, bounded in time: wrk for throughput, an open model for latency."""

import asyncio
import os
import re
import secrets
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Final

import aiohttp
import uvloop

SCRIPT: Final = Path(__file__).parent / "orders.lua"
CONNECTIONS: Final = 64
WRK: Final = "/usr/bin/wrk"


class LoadFailed(Exception):
    """Requests were refused, so the figure would say nothing."""


def throughput(url: str, guests: Path, *, token: str = "", seconds: int = 8) -> float:
    """Successful orders a second with 64 connections that never rest. Raises LoadFailed."""
    environment = {**os.environ, "ORDERS_GUESTS": str(guests), "ORDERS_TOKEN": token}
    command = [WRK, "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s", "-s", str(SCRIPT), url]
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


@dataclass(frozen=True, slots=True)
class Order:
    """A purchase to be sent: whose, and with which token."""

    guest: str
    token: str


def latencies(url: str, orders: Sequence[Order], *, rate: int, seconds: int) -> list[float]:
    """Sorted seconds from the moment a request was due to its answer, `rate` a second whatever the answers take (open model)."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_latencies(url, orders, rate=rate, seconds=seconds))


async def _latencies(url: str, orders: Sequence[Order], *, rate: int, seconds: int) -> list[float]:
    connector = aiohttp.TCPConnector(limit=200)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(30)) as http:
        start = perf_counter() + 0.1

        async def send(place: int) -> float:
            order = orders[place % len(orders)]
            due = start + place / rate
            await asyncio.sleep(due - perf_counter())
            headers = {"Authorization": f"Bearer {order.token}", "Idempotency-Key": secrets.token_hex(12)}
            async with http.post(url, json={"guest_id": order.guest, "cups": 1}, headers=headers) as answer:
                if answer.status != 201:
                    raise LoadFailed(f"{answer.status} {await answer.text()}")
                await answer.read()
            return perf_counter() - due

        return sorted(await asyncio.gather(*(send(place) for place in range(rate * seconds))))


def percentile(ordered: Sequence[float], share: float) -> float:
    """Of sorted values."""
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
