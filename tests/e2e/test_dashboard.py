"""The owner's dashboard: every page on a phone and on a screen, and the way from the first page to a mailing that was sent."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from bezkart.local.stack import Stack
from tests.e2e.browser import PHONE, Visitor, accessible, no_sideways_scroll, targets_are_large
from tests.e2e.cafe import Cafe, new_number
from tests.e2e.conftest import Visit
from tests.e2e.phones import eventually

SCREEN = {"width": 1280, "height": 800}
# Each with what shows that its numbers have come.
PAGES = {
    "/owner": "#figures li",
    "/owner/segments": "#figures tbody tr",
    "/owner/mailings": "#teach, #mailings li",
    "/owner/mailings?mailing=new&segment=leaving": "#estimate-sums dd",
    "/owner/triggers": "#scenarios li",
    "/owner/triggers?trigger=new": "#preview-of:not(:empty)",
    "/owner/effect": "#teach, #effects li",
    "/owner/feedback": "#threads-none",
    "/owner/reports": "[data-chart=days] svg",
    "/owner/program": "#conditions-ru:not(:empty)",
    "/owner/channels": "#lines li",
    "/owner/staff": "#people li",
}
LEAVING = (40, 35, 30, 25)

CafeAt = Callable[[int], Cafe]


@pytest.fixture
def cafe_at(stack: Stack) -> Iterator[CafeAt]:
    """A shop where it is `hour` o'clock now: what leaves and what waits for the morning depends on the shop's clock."""
    opened: list[Cafe] = []

    def at(hour: int) -> Cafe:
        ahead = (hour - datetime.now(UTC).hour + 11) % 24 - 11
        # The names of these zones count westwards.
        opened.append(Cafe(stack.gateway, stack.ops_key, timezone=f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"))
        return opened[-1]

    yield at
    for cafe in opened:
        cafe.close()


def leaving_guests(cafe: Cafe, how_many: int) -> None:
    """Regulars who have not come for weeks and agreed to advertising, as soon as everybody knows of them."""
    for _ in range(how_many):
        cafe.bought_before(cafe.register(new_number(), "Лев", advertising=True), list(LEAVING))
    body = {"audience": {"segments": ["leaving"]}, "holdout_percent": 0}
    eventually(lambda: ["all"] if cafe.post("/mailings/estimate", body)["will_get"] == how_many else [])


@pytest.mark.timeout(300)  # twelve pages
@pytest.mark.parametrize(("viewport", "scheme"), [(PHONE, "light"), (SCREEN, "dark")])
def test_every_page_fits_and_meets_wcag(viewport: dict[str, int], scheme: str, cafe: Cafe, visit: Visit) -> None:
    cafe.old_guest(phone=new_number(), name="Вера", registered_days_ago=60, purchases_days_ago=[50, 40, 30, 0])
    visitor = visit(viewport=viewport, color_scheme=scheme)
    page = visitor.sign_in(cafe.owner, "/owner")
    for address, shown in PAGES.items():
        page.goto(visitor.gateway + address)
        page.locator(shown).locator("visible=true").first.wait_for()
        no_sideways_scroll(page)
        targets_are_large(page)
        accessible(page, address)


def test_the_menu_of_a_phone_leads_everywhere_and_closes_by_escape(cafe: Cafe, visit: Visit) -> None:
    page = visit(viewport=PHONE, has_touch=True).sign_in(cafe.owner, "/owner")
    page.locator("#figures li, #teach").locator("visible=true").first.wait_for()
    menu = page.locator("[data-menu]")
    menu.locator("summary").tap()
    expect(menu.get_by_role("link", name="Рассылки")).to_be_visible()
    accessible(page, "menu")
    page.keyboard.press("Escape")
    expect(menu.get_by_role("link", name="Рассылки")).to_be_hidden()
    menu.locator("summary").tap()
    menu.get_by_role("link", name="Сценарии").tap()
    page.wait_for_url("**/owner/triggers")


def send(page: Page, guests: int) -> None:
    """From the editor on: the number of guests is asked about, and four seconds are left."""
    expect(page.locator("#will-get")).to_have_text(str(guests))
    page.locator("#launch").click()
    expect(page.locator("#sure-title")).to_contain_text(re.compile(rf"Отправить {guests} гост"))
    page.get_by_role("button", name="Отправить", exact=True).click()


def without_holdout(page: Page) -> None:
    page.get_by_text("Пределы и проверка").click()
    page.locator("#holdout").fill("0")


def test_from_the_suggestion_to_a_mailing_taken_back_and_sent(cafe_at: CafeAt, visit: Visit) -> None:
    cafe = cafe_at(12)
    leaving_guests(cafe, 3)
    page = visit().sign_in(cafe.owner, "/owner")
    expect(page.locator("#step-title")).to_have_text("3 гостя уходят: позовите их")
    page.get_by_role("link", name="Открыть рассылку").click()
    expect(page.locator("#preview")).to_contain_text("мы соскучились")
    without_holdout(page)
    send(page, 3)
    expect(page.locator("#undo")).to_contain_text("Отправим 3 гостям")
    page.get_by_role("button", name="Отменить").click()
    expect(page.locator("#undo")).to_contain_text("никто ничего не получил")
    expect(page.locator("#name")).to_have_value("Вернуть уходящих")  # it is a draft again

    send(page, 3)
    expect(page.locator("#watch-sums")).to_contain_text("получили3", timeout=40_000)
    expect(page.locator("#watch-state")).to_have_text("Отправлена")
    expect(page.locator("#effect")).to_contain_text("Мало данных")
    accessible(page, "a mailing that was sent")
    page.get_by_role("link", name="К списку").click()
    expect(page.locator("#mailings li")).to_contain_text("Вернуть уходящих")
    page.locator("#q").fill("нет такой")
    expect(page.locator("#none")).to_be_visible()
    assert "q=" in page.url  # the search stays in the address
    page.goto(page.url.partition("?")[0].replace("mailings", "effect"))
    expect(page.locator("#effects li")).to_contain_text("Мало данных")


def test_a_mailing_that_waits_for_the_morning_is_stopped(cafe_at: CafeAt, visit: Visit) -> None:
    cafe = cafe_at(23)
    leaving_guests(cafe, 2)
    visitor: Visitor = visit()
    page = visitor.sign_in(cafe.owner, "/owner/mailings?mailing=new&segment=leaving")
    expect(page.locator("#quiet-until")).to_contain_text("тихие часы")
    without_holdout(page)
    send(page, 2)
    expect(page.locator("#stop")).to_be_visible(timeout=30_000)
    expect(page.locator("#watch-held")).to_contain_text("тихие часы", timeout=30_000)
    page.locator("#stop").click()
    expect(page.locator("#stop-text")).to_contain_text("2 гостя её ещё не получили")
    page.locator("#stop-sure").get_by_role("button", name="Остановить").click()
    expect(page.locator("#watch-state")).to_have_text("Остановлена")
    expect(page.locator("#watch-sums")).to_contain_text("получили0")


def test_a_ready_scenario_in_one_tap(new_cafe: Cafe, visit: Visit) -> None:
    page = visit().sign_in(new_cafe.owner, "/owner/triggers")
    page.get_by_role("button", name="Взять: Вернуть уходящего").click()
    switch = page.get_by_role("switch", name="Вернуть уходящего")
    expect(switch).to_have_attribute("aria-checked", "false")
    expect(switch).to_be_focused()
    page.keyboard.press("Space")
    expect(switch).to_have_attribute("aria-checked", "true")
    expect(page.locator("#finding")).to_contain_text("1 сценарий работает сам")
    page.get_by_role("button", name="Изменить").click()
    page.get_by_label("Текст сообщения").fill("{name}, ждём вас! {нет}")
    page.get_by_role("button", name="Сохранить", exact=True).click()
    expect(page.locator("#text-a-wrong")).to_contain_text("подстановка")
    page.get_by_label("Текст сообщения").fill("{name}, ждём вас!")
    page.get_by_role("button", name="Сохранить", exact=True).click()
    expect(page.locator("[data-trigger]")).to_contain_text("50 баллов")


def test_reports_of_any_period_as_pictures_tables_and_files(new_cafe: Cafe, visit: Visit) -> None:
    guest = new_cafe.register(new_number(), "Ира")
    new_cafe.buy(guest, cups=1, amount=25_000)
    page = visit(accept_downloads=True).sign_in(new_cafe.owner, "/owner/reports")
    expect(page.locator("#finding")).to_contain_text("1 покупка, выручка 250")
    page.get_by_role("button", name="Что это: Средний чек").focus()
    expect(page.locator("#kpi-average-ticket")).to_be_visible()
    page.locator("[data-section=days] summary").click()
    expect(page.locator("[data-table=days] tbody tr").first).to_contain_text("250")
    expect(page.locator("[data-chart=days] svg")).to_have_attribute("aria-label", re.compile("Выручка"))
    with page.expect_download() as download:
        page.locator("[data-csv=days]").click()
    assert "250" in download.value.path().read_text(encoding="utf-8")
    page.get_by_label("Час закрытия").fill("20:30")
    page.get_by_role("button", name="Сохранить").click()
    expect(page.locator("#next-report")).to_contain_text("20:30")
