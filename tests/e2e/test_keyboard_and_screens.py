"""A keyboard alone is enough; a 360-pixel phone is enough; both languages; people who need more contrast or a reader."""

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.browser import PHONE, TABLET, accessible, find, no_sideways_scroll, open_guest, targets_are_large
from tests.e2e.cafe import Cafe, new_number
from tests.e2e.conftest import Visit


def test_the_keyboard_alone_does_everything(cafe: Cafe, visit: Visit) -> None:
    number = new_number()
    visitor = visit()
    page = visitor.go("/terminal")
    expect(page.locator("#login")).to_be_focused()
    page.keyboard.type(cafe.barista.login)
    page.keyboard.press("Tab")
    page.keyboard.type(cafe.barista.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/terminal")
    expect(page.locator("#digits")).to_be_focused()

    page.keyboard.type(number[-4:])
    page.keyboard.press("Enter")
    expect(page.locator("#to-register")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#phone")).to_be_focused()
    page.keyboard.type(number[:-4])
    page.keyboard.press("Tab")
    page.keyboard.type("Инна")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Инна")).to_be_visible()

    page.wait_for_timeout(450)  # a bouncing Enter key must not record: the card takes Enter a moment later
    page.keyboard.press("+")
    page.keyboard.press("+")
    page.keyboard.press("-")
    page.keyboard.press("Enter")
    expect(page.locator("#guest-notice")).to_contain_text("Записали 2 чашки. Теперь 2 из 6.")
    page.keyboard.press("Enter")
    expect(page.locator("#finder-wrong")).to_contain_text("Уже записано")
    expect(page.locator("#guest-progress")).to_have_text("2 из 6")
    press_tab_until(page, "Отменить")
    page.keyboard.press("Enter")
    expect(page.locator("#guest-notice")).to_contain_text("Отменили 2 чашки")
    page.keyboard.press("Escape")
    expect(page.locator("#digits")).to_have_value("")
    expect(page.locator("[data-show=empty]")).to_be_visible()


def press_tab_until(page: Page, name: str) -> None:
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            return
    raise AssertionError(f"Tab never reached {name!r}")


def test_feedback_comes_within_100_ms(cafe: Cafe, visit: Visit) -> None:
    """The cups fill at once, whatever the network does; the truth follows."""
    number = new_number()
    cafe.register(number, "Слава")
    visitor = visit()
    page = visitor.sign_in(cafe.barista, "/terminal")
    open_guest(page, number[-4:])
    slow = {"offline": False, "latency": 700, "downloadThroughput": -1, "uploadThroughput": -1}
    visitor.context.new_cdp_session(page).send("Network.emulateNetworkConditions", slow)
    waited = page.evaluate(
        """() => new Promise((resolve) => {
             const progress = document.getElementById("guest-progress");
             const start = performance.now();
             const seen = new MutationObserver(() => resolve(performance.now() - start));
             seen.observe(progress, { childList: true, characterData: true, subtree: true });
             document.getElementById("record").click();
           })"""
    )
    assert waited < 100
    expect(page.locator("#record")).to_have_text("Записываем…")
    expect(page.locator("#guest-notice")).to_contain_text("Записали 1 чашку. Теперь 1 из 6.")


def test_a_360_pixel_phone_shows_all_without_scrolling_sideways(cafe: Cafe, visit: Visit) -> None:
    number = new_number()
    cafe.old_guest(phone=number, name="Константин", registered_days_ago=40, purchases_days_ago=[30, 20, 12, 9, 2])
    page = visit(viewport=PHONE, has_touch=True).sign_in(cafe.barista, "/terminal")
    no_sideways_scroll(page)
    for digit in number[-4:]:
        page.get_by_role("button", name=digit, exact=True).tap()
    page.get_by_role("button", name="Найти").tap()
    page.get_by_role("button", name="Записать", exact=True).tap()
    undo = page.locator("#guest-notice").get_by_role("button", name="Отменить")
    expect(undo).to_be_in_viewport()
    no_sideways_scroll(page)
    targets_are_large(page)
    page.get_by_role("button", name="Другой гость").tap()
    find(page, new_number()[-4:])
    page.get_by_role("button", name="Зарегистрировать").tap()
    no_sideways_scroll(page)
    targets_are_large(page)
    all_lies_inside(page.locator("#register"))
    owner = visit(viewport=PHONE, has_touch=True).sign_in(cafe.owner, "/owner/segments")
    expect(owner.locator("#figures tbody tr")).to_have_count(5, timeout=20_000)
    no_sideways_scroll(owner)
    targets_are_large(owner)


def all_lies_inside(card: Locator) -> None:
    outside = card.evaluate(
        """(card) => [...card.querySelectorAll("*")]
             .filter((part) => part.getBoundingClientRect().right > card.getBoundingClientRect().right)
             .map((part) => part.outerHTML.slice(0, 80))"""
    )
    assert outside == []


def test_the_language_changes_and_the_guest_stays(cafe: Cafe, visit: Visit) -> None:
    number = new_number()
    cafe.register(number, "Anna")
    page = visit().sign_in(cafe.barista, "/terminal")
    open_guest(page, number[-4:])
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("button", name="Record", exact=True)).to_be_visible()
    expect(page.locator("#guest-progress")).to_have_text("0 of 6")
    page.get_by_role("link", name="Русский").click()
    expect(page.get_by_role("button", name="Записать", exact=True)).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_meet_wcag(cafe: Cafe, visit: Visit, scheme: str) -> None:
    number = new_number()
    cafe.old_guest(phone=number, name="Ася", registered_days_ago=40, purchases_days_ago=[30, 20, 10])
    cafe.old_guest(phone=f"8901555{number[-4:]}", name="Ян", registered_days_ago=90, purchases_days_ago=[80, 30, 20, 4])
    barista = visit(viewport=TABLET, color_scheme=scheme)
    page = barista.go("/sign-in")
    accessible(page, "sign-in")
    page = barista.sign_in(cafe.barista, "/terminal")
    accessible(page, "terminal")
    find(page, number[-4:])
    page.locator(".hit").first.wait_for()
    accessible(page, "several guests")
    page.locator(".hit").first.click()
    page.get_by_role("button", name="Записать", exact=True).click()
    page.locator("#guest-notice strong").wait_for()
    accessible(page, "the card")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Новый гость").click()
    page.locator("#register-submit").click()
    accessible(page, "registration")
    page.goto(f"{barista.gateway}/owner/segments")
    accessible(page, "not for baristas")
    owner = visit(color_scheme=scheme).sign_in(cafe.owner, "/owner/segments?to=2030-01-01")
    owner.locator("#figures tbody tr").first.wait_for(timeout=20_000)
    owner.locator("main summary").click()
    accessible(owner, "segments")


def test_the_terminal_weighs_60_kilobytes_at_most(cafe: Cafe, visit: Visit, tmp_path: Path) -> None:
    """All of the first load as it came over the wire, compressed by the gateway."""
    visitor = visit()
    visitor.sign_in(cafe.barista, "/terminal")
    page = visitor.open_tab()
    wire = visitor.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes: list[float] = []
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(f"{visitor.gateway}/terminal")
    page.locator("[data-program]").first.wait_for()
    page.wait_for_load_state("networkidle")
    assert len(sizes) > 10
    assert sum(sizes) <= 60 * 1024
