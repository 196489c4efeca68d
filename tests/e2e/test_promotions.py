"""Promotions: the owner tries one on a basket and switches it on; the till applies it and says what is to be paid, or why not."""

from playwright.sync_api import Page, expect

from tests.e2e.browser import PHONE, accessible, no_sideways_scroll, open_guest, targets_are_large
from tests.e2e.cafe import Cafe, new_number
from tests.e2e.conftest import Visit

WIDE = {"width": 1280, "height": 860}


def editor(page: Page) -> None:
    page.locator("#new").click()
    expect(page.locator("#tried")).to_contain_text("Заполните акцию")
    page.get_by_label("Название для гостя").fill("Тихий час")
    page.locator('[data-path="/benefit/percent"]').fill("20")


def test_from_the_owners_form_to_the_till(new_cafe: Cafe, visit: Visit) -> None:
    page = visit(viewport=WIDE).sign_in(new_cafe.owner, "/owner/promotions")
    expect(page.locator("#none")).to_be_visible()
    accessible(page, "no promotions")
    editor(page)
    tried = page.locator("#tried")
    expect(tried).to_contain_text("К оплате 400\u00a0₽")
    page.get_by_label("Чек не меньше").fill("600")
    expect(tried).to_contain_text("Эта акция: до неё не хватает 100\u00a0₽")
    page.get_by_label("Чек не меньше").fill("")
    page.get_by_label("Одному гостю").fill("1")
    page.locator('[data-path="/benefit/percent"]').fill("200")
    page.get_by_role("button", name="Сохранить").click()
    expect(page.locator('[data-wrong-of="/benefit/percent"]')).to_have_text("Проверьте это поле.")
    page.locator('[data-path="/benefit/percent"]').fill("20")
    expect(tried).to_contain_text("К оплате 400\u00a0₽")
    accessible(page, "a promotion being made")
    page.get_by_role("button", name="Сохранить").click()
    row = page.locator("[data-promotion]", has_text="Тихий час")
    expect(row.get_by_role("switch")).to_have_attribute("aria-checked", "true")
    expect(page.locator("#finding")).to_have_text("Сейчас действует 1 акция")

    number = new_number()
    new_cafe.register(number, "Лида")
    till = visit(viewport=PHONE, has_touch=True).sign_in(new_cafe.barista, "/terminal")
    open_guest(till, number[-4:])
    expect(till.get_by_label("Списать баллы")).to_be_hidden()
    till.get_by_label("Сумма чека").fill("500")
    record = till.get_by_role("button", name="Записать", exact=True)
    record.tap()
    notice = till.locator("#guest-notice")
    expect(notice).to_contain_text("К оплате 400\u00a0₽")
    expect(notice).to_contain_text("Тихий час: −100\u00a0₽")
    expect(till.locator("#operations")).to_contain_text("скидка 100\u00a0₽")
    accessible(till, "what a promotion gave")
    no_sideways_scroll(till)
    till.get_by_label("Сумма чека").fill("500")
    record.tap()
    notice.get_by_text("Не сработала 1 акция").tap()
    expect(notice).to_contain_text("Тихий час: гость её уже использовал")
    targets_are_large(till)

    page.reload()
    expect(row).to_contain_text("применена 1 раз · скидок на 100\u00a0₽")
    row.get_by_role("switch").click()
    expect(row.get_by_role("switch")).to_have_attribute("aria-checked", "false")


def test_on_a_phone_and_ended(new_cafe: Cafe, visit: Visit) -> None:
    page = visit(viewport=PHONE, has_touch=True).sign_in(new_cafe.owner, "/owner/promotions")
    editor(page)
    accessible(page, "a promotion being made on a phone")
    no_sideways_scroll(page)
    targets_are_large(page)
    page.get_by_role("button", name="Сохранить").tap()
    row = page.locator("[data-promotion]", has_text="Тихий час")
    accessible(page, "promotions on a phone")
    no_sideways_scroll(page)
    targets_are_large(page)
    row.get_by_role("button", name="Закончить").tap()
    page.locator("#sure-yes").tap()
    expect(page.locator("#ended")).to_contain_text("Тихий час")
    expect(page.locator("#ended").get_by_role("switch")).to_have_count(0)
