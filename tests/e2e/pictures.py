"""Makes the README's pictures anew from the running demo: `make demo pictures`. It looks only, and signs in."""

from pathlib import Path
from typing import Final

from playwright.sync_api import Page, sync_playwright

from bezkart.cli.demo import SHOP
from bezkart.cli.simulation import ANNA_PHONE
from bezkart.local import Stack
from bezkart.local.rundir import PROJECT_ROOT, default_run_dir
from tests.e2e.browser import Visitor, open_guest, visitor
from tests.e2e.cafe import Login
from tests.e2e.conftest import ARGUMENTS, CHROMIUM
from tests.e2e.phones import Phones, eventually

IMAGES: Final = PROJECT_ROOT / "docs" / "images"
LARGEST: Final = 200 * 1024
BARISTA, OWNER, GUEST = Login("barista", "111"), Login("owner", "222"), "8323"
HELD: Final = {"width": 390, "height": 800}
SCREEN: Final = {"width": 1280, "height": 800}


def terminal(visit: Visitor) -> Page:
    page = visit.sign_in(BARISTA, "/terminal")
    open_guest(page, GUEST)
    page.keyboard.press("+")
    return page


def today(visit: Visitor) -> Page:
    page = visit.sign_in(OWNER, "/owner")
    page.locator("#figures li").first.wait_for()
    page.locator("#ring svg").wait_for()
    return page


def mailing(visit: Visitor) -> Page:
    page = visit.sign_in(OWNER, "/owner/mailings?mailing=new&segment=sleeping")
    page.locator("#estimate-sums dd").first.wait_for()
    page.locator("#preview .bubble").wait_for()
    return page


def reports(visit: Visitor) -> Page:
    page = visit.sign_in(OWNER, "/owner/reports")
    page.locator("[data-chart=days] svg").wait_for()
    return page


def segments(visit: Visitor) -> Page:
    page = visit.sign_in(OWNER, "/owner/segments")
    page.locator("#figures tbody tr").first.wait_for()
    page.locator("#live.on").wait_for()
    return page


def program(visit: Visitor) -> Page:
    page = visit.sign_in(OWNER, "/owner/program")
    page.locator("#conditions-ru:not(:empty)").wait_for()
    return page


def channels(visit: Visitor) -> Page:
    page = visit.sign_in(OWNER, "/owner/channels")
    page.locator("#reach tbody tr").first.wait_for()
    return page


def guest(visit: Visitor) -> Page:
    """Anna on her phone, signed in by the code that came as SMS."""
    phones = Phones(Stack(default_run_dir()).document["phones"])
    before = phones.codes("smsc", ANNA_PHONE)
    page = visit.go(f"/g/{SHOP}")
    page.locator("#phone").fill(ANNA_PHONE)
    page.keyboard.press("Enter")
    page.locator("#code").wait_for()
    codes = eventually(lambda: found if (found := phones.codes("smsc", ANNA_PHONE)) != before else [])
    page.keyboard.type(codes[-1])
    page.locator("#pass-qr").wait_for()
    return page


def bot(visit: Visitor) -> Page:
    """Anna's chat with the bot, on the page of phones."""
    address = Stack(default_run_dir()).document["phones"]
    chat = ANNA_PHONE.lstrip("+")
    page = visit.page
    page.goto(f"{address}?who={chat}")
    page.get_by_label("Сообщение боту").fill("/start")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Мой QR-код").last.wait_for()
    return page


def keep(page: Page, path: Path) -> None:
    page.wait_for_load_state("load")
    page.evaluate("Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => null)))")
    page.mouse.move(0, 0)
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path)
    size = path.stat().st_size
    if size > LARGEST:
        raise SystemExit(f"{path.name} has {size} bytes, more than {LARGEST}")


PAGES: Final = (
    ("terminal", terminal),
    ("today", today),
    ("segments", segments),
    ("mailing", mailing),
    ("reports", reports),
    ("program", program),
    ("channels", channels),
    ("guest", guest),
    ("bot", bot),
)
"""By name: the guest's page is a phone's."""


def main() -> None:
    gateway = Stack(default_run_dir()).gateway
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for name, opened in PAGES:
            look = {"viewport": HELD, "device_scale_factor": 2} if name == "guest" else {"viewport": SCREEN}
            visit = visitor(chromium, gateway, None, color_scheme="light", **look)
            keep(opened(visit), IMAGES / f"{name}.png")
            visit.close()
        chromium.close()


if __name__ == "__main__":
    main()
