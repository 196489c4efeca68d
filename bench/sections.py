"""What is measured, section by section; each yields its results as they come."""

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any, Final

import httpx

from bench.cafe import BenchCafe, floor
from bench.load import Order, latencies, percentile, throughput
from bench.results import Result
from bezkart.local.ports import choose

ROUNDS: Final = 7
SECONDS: Final = 3
RATE: Final = 200
IMPORT_GUESTS: Final = 4_000
IMPORT_ROWS: Final = 3
BATCH: Final = 500


def purchase_path(cafe: BenchCafe) -> Iterator[Result]:
    """The purchase path against the floor, alternating so that a noisy neighbour meets both."""
    direct, gateway = f"{cafe.address('purchases')}/api/v1/purchases", f"{cafe.stack.gateway}/api/v1/purchases"
    with floor(cafe.stack, choose(["floor"], remembered={})["floor"]) as bare:
        with cafe.consumers_stopped():
            base, path, through = _alternate(cafe, bare, direct, gateway)
            yield Result("floor: bare route, one majority write", base, "requests/s")
            yield Result("purchase path ÷ floor, consumers stopped, direct", path, "ratio", 0.55)
            yield Result("purchase path ÷ floor, consumers stopped, gateway", through, "ratio")
        yield Result("catching up after that", cafe.settle(), "s")
        base, path, through = _alternate(cafe, bare, direct, gateway)
        yield Result("purchase path ÷ floor, all keeping up, direct", path, "ratio", 0.4)
        yield Result("purchase path ÷ floor, all keeping up, gateway", through, "ratio")
        yield Result("backlog after that, time to clear", cafe.settle(), "s", 5.0, "lower")


def latency(cafe: BenchCafe) -> Iterator[Result]:
    """At 200 purchases a second through the gateway, and how soon the owner could see one."""
    url = f"{cafe.stack.gateway}/api/v1/purchases"
    orders = [Order(guest, cafe.token) for guest in cafe.ids]
    latencies(url, orders, rate=RATE // 4, seconds=5)  # a process that has answered before
    taken = latencies(url, orders, rate=RATE, seconds=15)
    for share, bar in ((0.5, None), (0.95, None), (0.99, 150.0)):
        yield Result(f"purchase at {RATE}/s, p{share * 100:.0f}", percentile(taken, share) * 1000, "ms", bar, "lower")
    seen = asyncio.run(_visible(cafe))
    yield Result("purchase → segment visible, p99", percentile(seen, 0.99) * 1000, "ms", 500.0, "lower")


def imports(cafe: BenchCafe) -> Iterator[Result]:
    """Rows a second of an import of new guests, until segments has them all."""
    start = time.monotonic()
    http = httpx.Client(
        base_url=f"{cafe.stack.gateway}/api/v1", headers={"Authorization": f"Bearer {cafe.token}"}, timeout=60
    )
    past = datetime.now(UTC) - timedelta(days=100)
    for first in range(0, IMPORT_GUESTS, BATCH):
        guests = [{"card": f"import-{first + each}", "registered_at": past.isoformat()} for each in range(BATCH)]
        ids = [each["guest_id"] for each in _post(http, "/guests/import", {"guests": guests})["results"]]
        for part in range(0, BATCH, BATCH // IMPORT_ROWS):
            rows = [
                {
                    "guest_id": guest,
                    "key": f"{guest}-{row}",
                    "at": (past + timedelta(days=row)).isoformat(),
                    "amount": 15000,
                }
                for guest in ids[part : part + BATCH // IMPORT_ROWS]
                for row in range(IMPORT_ROWS)
            ]
            _post(http, "/imports/purchases", {"rows": rows})
    cafe.settle()
    yield Result("import", IMPORT_GUESTS * IMPORT_ROWS / (time.monotonic() - start), "rows/s", 70_000 / 60)


def memory(cafe: BenchCafe) -> Iterator[Result]:
    """Of every process, and of all together."""
    processes = cafe.stack.status()["processes"]
    for process in processes:
        yield Result(f"memory of {process['name']}", process["memory_mb"], "MB")
    yield Result("memory of the whole stack", sum(each["memory_mb"] for each in processes), "MB", 2048.0, "lower")


def _alternate(cafe: BenchCafe, bare: str, direct: str, gateway: str) -> tuple[float, float, float]:
    """Of short rounds, so that a noisy neighbour meets all three: the floor's median rate and the medians of the ratios."""
    for url in (bare, direct, gateway):
        throughput(url, cafe.guests, token=cafe.signed_token() if url is direct else cafe.token, seconds=1)
    floors, paths, throughs = [], [], []
    for _ in range(ROUNDS):
        floors.append(throughput(bare, cafe.guests, seconds=SECONDS))
        paths.append(throughput(direct, cafe.guests, token=cafe.signed_token(), seconds=SECONDS) / floors[-1])
        throughs.append(throughput(gateway, cafe.guests, token=cafe.token, seconds=SECONDS) / floors[-1])
    return median(floors), median(paths), median(throughs)


async def _visible(cafe: BenchCafe, times: int = 100) -> list[float]:
    """From sending the purchase that makes a guest's total one more to seeing that in segments."""
    seen = []
    headers = {"Authorization": f"Bearer {cafe.token}"}
    async with httpx.AsyncClient(base_url=f"{cafe.stack.gateway}/api/v1", headers=headers, timeout=10) as http:
        for guest in cafe.ids[:times]:
            start = time.perf_counter()
            key = {"Idempotency-Key": f"visible-{guest}-{time.time_ns()}"}
            receipt = await http.post("/purchases", json={"guest_id": guest, "cups": 1}, headers=key)
            expected = receipt.raise_for_status().json()["account"]["purchases"]
            while (await http.get(f"/segments/guests/{guest}")).json()["purchases"] < expected:
                await asyncio.sleep(0.002)
            seen.append(time.perf_counter() - start)
    return sorted(seen)


def _post(http: httpx.Client, path: str, body: dict[str, Any]) -> Any:
    return http.post(path, json=body).raise_for_status().json()
