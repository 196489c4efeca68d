"""A person at a screen: opens pages, signs in, and may leave a record of every answer the browser got."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.cafe import Login

PHONE: Final = {"width": 360, "height": 740}
TABLET: Final = {"width": 1024, "height": 768}
# The inside of a drawn chart is one picture with a text equivalent; its hundreds of parts are not looked at one by one.
CHARTS: Final = {"exclude": [[".chart svg *"]]}
AXE: Final = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
# What a page may complain about: the answers that a test provokes on purpose.
_EXPECTED: Final = ("Failed to load resource",)


class Visitor:
    """One browser context. Complaints of its pages (script errors, broken policy) are kept for the end."""

    def __init__(self, context: BrowserContext, gateway: str, record: Path | None) -> None:
        self.context = context
        self.gateway = gateway
        self.complaints: list[str] = []
        self._record = record
        self._closed = False
        context.set_default_timeout(20_000)
        self.page = self.open_tab()

    def open_tab(self) -> Page:
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self._hear(message.type, message.text))
        return page

    def _hear(self, kind: str, text: str) -> None:
        if kind == "error" and not text.startswith(_EXPECTED):
            self.complaints.append(text)

    def go(self, address: str) -> Page:
        self.page.goto(self.gateway + address)
        return self.page

    def sign_in(self, who: Login, address: str) -> Page:
        """Signs in on the way to `address`."""
        page = self.go(address)
        page.locator("#login").fill(who.login)
        page.locator("#password").fill(who.password)
        page.locator("[type=submit]").click()
        page.wait_for_url(self.gateway + address)
        return page

    def lose_session(self) -> None:
        self.context.clear_cookies(name="bezkart_session")

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self.context.close()

    def answers(self) -> Iterator[tuple[str, str]]:
        """Every answer's address and text, once the visit is over."""
        assert self._record, "this visit was not recorded"
        self.close()
        entries: list[Any] = json.loads(self._record.read_text(encoding="utf-8"))["log"]["entries"]
        for entry in entries:
            response = entry["response"]
            headers = " ".join(header["value"] for header in response["headers"])
            yield entry["request"]["url"], f"{headers} {response['content'].get('text', '')}"


def visitor(browser: Browser, gateway: str, record: Path | None, **options: Any) -> Visitor:
    """`options` are the context's: viewport, color_scheme, has_touch… `record` is where its HAR goes, if it is wanted."""
    options.setdefault("viewport", TABLET)
    if record:
        options |= {"record_har_path": record, "record_har_content": "embed"}
    context = browser.new_context(locale="ru-RU", **options)
    return Visitor(context, gateway, record)


def find(page: Page, digits: str) -> None:
    """Types the four digits and Enter, as with a keyboard beside the till."""
    page.keyboard.press("Escape")
    page.keyboard.type(digits)
    page.keyboard.press("Enter")


def open_guest(page: Page, digits: str) -> None:
    find(page, digits)
    expect(page.locator("#record")).to_be_visible()


def no_sideways_scroll(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def targets_are_large(page: Page) -> None:
    """48 pixels each way for all that is touched; a check box or radio button counts with its label."""
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, input, label.check, label.mode, summary, .bar a")]
             .filter((element) => !["checkbox", "radio"].includes(element.type))
             .filter((element) => element.offsetParent && !element.closest(".unseen"))
             .map((element) => [element.outerHTML.slice(0, 80), element.getBoundingClientRect()])
             .filter(([, box]) => box.height < 47.5 || box.width < 47.5)
             .map(([html, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${html}`)"""
    )
    assert small == []


def accessible(page: Page, what: str) -> None:
    page.evaluate("Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => null)))")
    results = Axe().run(page, context=CHARTS, options=AXE)
    assert results.violations_count == 0, f"{what}: {results.generate_report()}"
