"""One stack of its own for all of the chaos, and the report at the end."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bezkart.local import Stack
from tests.chaos.customer import Customer
from tests.chaos.report import Report
from tests.chaos.victims import Victims, until
from tests.e2e.cafe import Cafe

_report = pytest.StashKey[Report]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_report] = Report()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if config.stash[_report].deeds:
        terminalreporter.section("chaos")
        for line in config.stash[_report].lines():
            terminalreporter.write_line(line)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(400))


@pytest.fixture(scope="session")
def report(request: pytest.FixtureRequest) -> Report:
    return request.config.stash[_report]


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """In place of the stack of the other tests."""
    running = Stack(tmp_path_factory.mktemp("chaos"), life="attached")
    try:
        running.up()
        yield running
    finally:
        running.down()


@pytest.fixture
def victims(stack: Stack) -> Victims:
    return Victims(stack)


@pytest.fixture
def cafe(stack: Stack) -> Iterator[Cafe]:
    """A shop of this test's own."""
    opened = Cafe(stack.gateway, stack.ops_key)
    yield opened
    opened.close()


@pytest.fixture
async def customer(stack: Stack, cafe: Cafe) -> AsyncIterator[Customer]:
    """Has bought once, and everybody knows."""
    buying = Customer(stack, cafe)
    await buying.sign_in()
    await buying.buys()
    await until(buying.is_known, "the first purchase is known", 60)
    yield buying
    await buying.leaves()
