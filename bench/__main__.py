"""`python -m bench [SECTION …]`: one JSON object a line on stdout, a table on stderr; exit code 1 when a bar is missed."""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import sections
from bench.bots import bots
from bench.bus import bus
from bench.cafe import BenchCafe
from bench.campaigns import campaigns
from bench.mailing import messages
from bench.promotions import promotions
from bench.reports import reports
from bench.results import Result, show
from bench.shops import shops
from bench.sweeps import sweeps
from bezkart.local import Stack

SECTIONS: dict[str, Callable[[BenchCafe], Iterator[Result]]] = {
    "memory": sections.memory,
    "latency": sections.latency,
    "purchases": sections.purchase_path,
    "imports": sections.imports,
    "bus": bus,
    "sweeps": sweeps,
    "shops": shops,
    "bots": bots,
    "messages": messages,
    "campaigns": campaigns,
    "promotions": promotions,
    "reports": reports,
}


def main(chosen: list[str]) -> int:
    """Run the chosen sections, or all, on a fresh stack of their own."""
    results: list[Result] = []
    with tempfile.TemporaryDirectory(prefix="bezkart-bench-") as folder:
        stack = Stack(
            Path(folder) / "run", env="dev", life="attached"
        )  # guests are asked after half an hour, as in life
        start = time.monotonic()
        try:
            stack.up()
            results.append(Result("cold start to healthy", time.monotonic() - start, "s", 60.0, "lower"))
            cafe = BenchCafe(stack, Path(folder))
            for name in chosen or SECTIONS:
                for result in SECTIONS[name](cafe):
                    sys.stdout.write(result.line() + "\n")
                    sys.stdout.flush()
                    results.append(result)
        finally:
            stack.down()
    show(results)
    return 0 if all(result.ok for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
