"""Many shops on one MongoDB: what the thousandth shop costs the first."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bench.cafe import BenchCafe
from bench.load import Order, latencies, percentile
from bench.results import Result
from bezkart.local import procfs

SHOPS: Final = (1, 50, 200, 1_000)
GUESTS_A_SHOP: Final = 20
RATE: Final = 40
SECONDS: Final = 20


def shops(cafe: BenchCafe) -> Iterator[Result]:
    """The same rate of purchases, spread over more and more shops."""
    url = f"{cafe.address('purchases')}/api/v1/purchases"
    sessions: list[str] = []
    guests: list[list[str]] = []
    first = 0.0
    for count in SHOPS:
        for number in range(len(sessions), count):
            sessions.append(cafe.open_shop(f"many-{number}"))
            guests.append(cafe.register(GUESTS_A_SHOP, sessions[-1]))
        signed = [cafe.signed_token(session) for session in sessions]
        orders = [Order(guest, signed[shop]) for place in range(GUESTS_A_SHOP) for shop, guest in _nth(guests, place)]
        latencies(url, orders[:count], rate=RATE, seconds=max(count // RATE, 1))  # makes the shops known to the process
        taken = latencies(url, orders, rate=RATE, seconds=SECONDS)
        p99 = percentile(taken, 0.99) * 1000
        first = first or p99
        yield Result(f"{count} shops: purchase p50", percentile(taken, 0.5) * 1000, "ms")
        yield Result(f"{count} shops: purchase p99", p99, "ms")
        yield Result(f"{count} shops: purchase p99 ÷ that with one", p99 / first, "ratio", 1.5, "lower")
        mongod = cafe.pid("mongo")
        yield Result(f"{count} shops: memory of mongod", procfs.memory_kb({mongod})[mongod] / 1024, "MB")
        yield Result(f"{count} shops: open files of mongod", len(list(Path(f"/proc/{mongod}/fd").iterdir())), "files")


def _nth(guests: list[list[str]], place: int) -> Iterator[tuple[int, str]]:
    """The guest at `place` of every shop."""
    return ((shop, each[place]) for shop, each in enumerate(guests))
