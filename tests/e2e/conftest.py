"""The whole system on real servers, a shop for the tests, and headless Chromium."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from bezkart.local.stack import Stack
from tests.e2e.browser import Visitor, visitor
from tests.e2e.cafe import Cafe
from tests.e2e.phones import Phones

Visit = Callable[..., Visitor]

CHROMIUM = "/usr/bin/chromium"
PATIENCE = 15_000  # milliseconds; the machine may be busy with other tests
ARGUMENTS = ["--no-sandbox", "--disable-quic", "--disable-background-networking"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Ends with its module: while Playwright's synchronous interface runs, no other event loop can in this process."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def cafe(stack: Stack) -> Iterator[Cafe]:
    """One shop for all tests that only look at guests of their own."""
    opened = Cafe(stack.gateway, stack.ops_key)
    yield opened
    opened.close()


@pytest.fixture
def new_cafe(stack: Stack) -> Iterator[Cafe]:
    """A shop of this test's own, for those that count its guests or lock its people out."""
    opened = Cafe(stack.gateway, stack.ops_key)
    yield opened
    opened.close()


@pytest.fixture
def phones(stack: Stack) -> Iterator[Phones]:
    """What the guests' phones would show; everything works again at the end."""
    opened = Phones(stack.document["phones"])
    yield opened
    opened.close()


@pytest.fixture
def visit(browser: Browser, stack: Stack, tmp_path: Path) -> Iterator[Visit]:
    """Opens visits; at the end no page may have complained. With `record=True` all answers are kept (`Visitor.answers`)."""
    visits: list[Visitor] = []

    def open_visit(*, record: bool = False, **options: Any) -> Visitor:
        har = tmp_path / f"visit-{len(visits)}.har" if record else None
        visits.append(visitor(browser, stack.gateway, har, **options))
        return visits[-1]

    yield open_visit
    for each in visits:
        each.close()
    assert [complaint for each in visits for complaint in each.complaints] == []
