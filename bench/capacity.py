"""How much a number of shops needs, from what `make bench` has measured: `python -m bench.capacity < results.jsonl`.

The formula stands in docs/capacity.md; each assumption about a shop is a field here and can be given: `--purchases-a-day 300`.
"""

import argparse
import json
import math
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Final

SHOPS: Final = (1, 100, 10_000)
CORES_OF_BENCH: Final = 2
SECONDS_OF_HOUR: Final = 3600


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What a shop is like. `busy` is how much of a core may be used at the peak: beyond it queues grow long."""

    purchases_a_day: float = 200.0
    peak_hour: float = 0.15
    """Part of a day's purchases in its busiest hour."""
    burst: float = 2.0
    """The busiest minutes of that hour against its mean."""
    busy: float = 0.5
    bytes_a_purchase: float = 4_000.0
    """In all services together, indexes and the messages of half a year included."""
    years: float = 3.0
    mongo_mb_a_shop: float = 2.5
    files_a_shop: float = 31.0
    files_a_mongod: float = 20_000.0
    """As many shops as have their files open at once; the idle ones are closed."""


@dataclass(frozen=True, slots=True)
class Measured:
    """`purchases_a_second` of the whole system on the bench's two cores; `memory_mb` of one copy of everything."""

    purchases_a_second: float
    memory_mb: float


@dataclass(frozen=True, slots=True)
class Need:
    shops: int
    purchases_a_second: float
    cores: int
    memory_gb: float
    disk_gb: float
    mongo_clusters: int


def measured(lines: Iterable[str]) -> Measured:
    """From the bench's lines. Raises SystemExit naming what is missing."""
    values: dict[str, float] = {}
    for line in lines:
        if line.startswith("{"):
            found = json.loads(line)
            values[found["name"]] = found["value"]
    needed = {
        "floor": "floor: bare route, one majority write",
        "ratio": "purchase path ÷ floor, all keeping up, gateway",
        "memory": "memory of the whole stack",
    }
    if missing := [name for name in needed.values() if name not in values]:
        raise SystemExit(f"not measured: {', '.join(missing)}; run make bench ARGS='memory purchases'")
    return Measured(values[needed["floor"]] * values[needed["ratio"]], values[needed["memory"]])


def need(shops: int, found: Measured, shop: Assumptions) -> Need:
    peak = shops * shop.purchases_a_day * shop.peak_hour * shop.burst / SECONDS_OF_HOUR
    cores = max(CORES_OF_BENCH, math.ceil(peak / (found.purchases_a_second / CORES_OF_BENCH) / shop.busy))
    copies = cores / CORES_OF_BENCH
    clusters = math.ceil(shops * shop.files_a_shop / shop.files_a_mongod)
    memory = found.memory_mb * copies + shop.mongo_mb_a_shop * shops
    disk = shops * shop.purchases_a_day * 365 * shop.years * shop.bytes_a_purchase
    return Need(shops, peak, cores, memory / 1024, disk / 1e9, clusters)


def table(needs: Iterable[Need]) -> str:
    """Markdown."""
    head = "| Shops | Purchases/s at the peak | Cores | Memory, GB | Disk, GB | MongoDB clusters |\n|---|---|---|---|---|---|\n"
    return head + "".join(map(_row, needs))


def _row(need: Need) -> str:
    rate = f"{need.purchases_a_second:,.{0 if need.purchases_a_second >= 10 else 2}f}"
    return (
        f"| {need.shops:,} | {rate} | {need.cores:,} | {need.memory_gb:,.1f} "
        f"| {need.disk_gb:,.0f} | {need.mongo_clusters} |\n"
    )


def assumptions(arguments: Mapping[str, float | None]) -> Assumptions:
    return Assumptions(**{name: value for name, value in arguments.items() if value is not None})


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.capacity")
    for known in fields(Assumptions):
        parser.add_argument(f"--{known.name.replace('_', '-')}", type=float)
    shop = assumptions(vars(parser.parse_args()))
    found = measured(sys.stdin)
    sys.stdout.write(table(need(shops, found, shop) for shops in SHOPS))


if __name__ == "__main__":
    main()
