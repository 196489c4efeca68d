"""One stack of its own for all drills: it is watched, starved, rotated, wiped. It tells its traces to a collector of the tests."""

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bezkart.local import Stack
from tests.drills.collector import Collector, listening
from tests.e2e.cafe import Cafe
from tests.e2e.command_line import CommandLine

PATIENCE = 60.0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(400))


def until(condition: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Wait until it is so; fail when it is not within `seconds`."""
    late = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < late, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.1)


def healthy(bezkart: CommandLine) -> bool:
    """Whether the doctor finds everything as it must be."""
    command = bezkart.start("doctor", "--json")
    said, _ = command.communicate(timeout=60)
    return command.returncode == 0 and all(finding["ok"] for finding in json.loads(said))


@pytest.fixture(scope="session")
def collector() -> Iterator[Collector]:
    with listening() as collecting:
        yield collecting


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, collector: Collector) -> Iterator[Stack]:
    """In place of the stack of the other tests."""
    os.environ.pop("BEZKART_TELEGRAM_TOKEN", None)
    os.environ["BEZKART_OTLP_ENDPOINT"] = collector.address
    running = Stack(tmp_path_factory.mktemp("drills"), life="attached")
    try:
        running.up()
        yield running
    finally:
        running.down()
        del os.environ["BEZKART_OTLP_ENDPOINT"]


@pytest.fixture
def cafe(stack: Stack) -> Iterator[Cafe]:
    """A shop of this test's own."""
    opened = Cafe(stack.gateway, stack.ops_key)
    yield opened
    opened.close()


@pytest.fixture
def bezkart(stack: Stack, tmp_path: Path) -> CommandLine:
    return CommandLine(stack, tmp_path)
