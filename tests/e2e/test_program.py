"""The owner's program: written once, read by guests; points pay a part of the bill; friends bring friends."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import PHONE, accessible, no_sideways_scroll, open_guest, targets_are_large
from tests.e2e.cafe import Cafe, new_number
from tests.e2e.conftest import Visit

POINTS = {"referral_friend": 5_000, "referral_referrer": 5_000}


def program(visit: Visit, cafe: Cafe, **options: object) -> Page:
    page = visit(**options).sign_in(cafe.owner, "/owner/program")
    expect(page.locator("#conditions-ru")).to_contain_text("чашка приносит подарок")
    return page


def test_what_a_guest_will_read_follows_the_owners_typing(new_cafe: Cafe, visit: Visit) -> None:
    page = program(visit, new_cafe)
    expect(page.get_by_role("group", name="Баллы").first).to_be_hidden()
    page.get_by_label("Чашки и баллы").check()
    page.get_by_label("Сколько чашек до подарка").fill("8")
    page.get_by_label("Что именно бесплатно").fill("раф 0,3 л")
    expect(page.locator("#conditions-ru")).to_contain_text("Каждая 8-я чашка приносит подарок: раф 0,3 л.")
    expect(page.locator("#conditions-ru")).to_contain_text("50 %")
    expect(page.locator("#conditions-en")).to_contain_text("Every 8th cup")
    page.get_by_role("button", name="Сохранить").click()
    expect(page.locator("#saved")).to_contain_text("Сохранили")
    expect(page.locator("#since")).to_contain_text("Правила № 1")
    saved = new_cafe.get("/program")
    assert (saved["mode"], saved["cups_per_gift"], saved["gift"]) == ("both", 8, "раф 0,3 л")
    page.reload()
    expect(page.get_by_label("Сколько чашек до подарка")).to_have_value("8")


def test_what_is_wrong_is_said_at_its_field(new_cafe: Cafe, visit: Visit) -> None:
    page = program(visit, new_cafe)
    page.get_by_label("Чашки и баллы").check()
    page.get_by_label("Сколько чашек до подарка").fill("1")
    expect(page.locator('[data-wrong-of="/cups_per_gift"]')).to_have_text("Целое число от 2 до 50.")
    page.get_by_role("button", name="Сохранить").click()
    expect(page.locator("#save-wrong")).to_have_text("Проверьте отмеченные поля.")
    expect(page.get_by_label("Сколько чашек до подарка")).to_be_focused()
    page.get_by_label("Сколько чашек до подарка").fill("6")
    page.locator('[data-path="/points/tiers/1/rate"]').fill("2,5")
    expect(page.locator('[data-wrong-of="/points/tiers/1/rate"]')).to_have_text("Не меньше, чем у предыдущего уровня.")
    page.locator('[data-path="/points/tiers/1/rate"]').fill("5")
    page.get_by_label("Предупредить о сгорании").fill("30")
    page.get_by_label("Баллы действуют").fill("20")
    expect(page.locator('[data-wrong-of="/points/warn_days"]')).to_have_text("Меньше, чем действуют баллы.")
    assert new_cafe.get("/program")["version"] == 0


def test_somebody_else_changed_the_rules_meanwhile(new_cafe: Cafe, visit: Visit) -> None:
    page = program(visit, new_cafe)
    new_cafe.set_program(gift="чай")
    page.get_by_label("Сколько чашек до подарка").fill("9")
    page.get_by_role("button", name="Сохранить").click()
    expect(page.locator("#save-wrong")).to_contain_text("Правила тем временем изменили")
    assert new_cafe.get("/program")["cups_per_gift"] == 6


def test_points_pay_a_part_of_the_bill(new_cafe: Cafe, visit: Visit) -> None:
    new_cafe.set_program(mode="both", points=POINTS)
    number = new_number()
    guest_id = new_cafe.register(number, "Кира")
    new_cafe.buy(guest_id, cups=1, amount=400_000)
    page = visit(viewport=PHONE, has_touch=True).sign_in(new_cafe.barista, "/terminal")
    open_guest(page, number[-4:])
    expect(page.locator("#guest-points")).to_have_text("120 баллов · бронза · до серебра ещё 6\u00a0000\u00a0₽")
    page.get_by_label("Сумма чека").fill("200")
    expect(page.locator("#spend-most")).to_have_text("Можно списать до 100\u00a0₽ (50 % чека)")
    page.get_by_label("Списать баллы").fill("101")
    expect(page.locator("#pay-wrong")).to_contain_text("Можно списать до 100")
    page.get_by_role("button", name="Записать", exact=True).tap()
    expect(page.locator("#guest-notice")).to_be_empty()
    page.get_by_role("button", name="Списать 100").tap()
    no_sideways_scroll(page)
    targets_are_large(page)
    page.get_by_role("button", name="Записать", exact=True).tap()
    expect(page.locator("#guest-notice")).to_contain_text(
        "Записали 1 чашку. Теперь 2 из 6. Списали 100 баллов. Начислили 3 балла."
    )
    expect(page.locator("#guest-points")).to_contain_text("23 балла")
    expect(page.get_by_label("Сумма чека")).to_have_value("")
    assert new_cafe.account(guest_id)["points"] == 2_300


def test_too_soon_is_said_with_the_time_to_wait(new_cafe: Cafe, visit: Visit) -> None:
    new_cafe.set_program(guards={"minutes_between": 5})
    number = new_number()
    new_cafe.register(number, "Фёдор")
    page = visit().sign_in(new_cafe.barista, "/terminal")
    open_guest(page, number[-4:])
    page.get_by_role("button", name="Записать", exact=True).click()
    expect(page.locator("#guest-notice")).to_contain_text("Записали 1 чашку")
    page.get_by_role("button", name="Записать", exact=True).click()
    expect(page.locator("#guest-notice")).to_contain_text("Снова можно через 5 минут")
    expect(page.locator("#guest-progress")).to_have_text("1 из 6")


def test_a_friend_brings_a_friend(new_cafe: Cafe, visit: Visit) -> None:
    new_cafe.set_program(mode="both", points=POINTS)
    number, newcomer = new_number(), new_number()
    friend = new_cafe.register(number, "Майя")
    new_cafe.buy(friend, cups=1)
    visitor = visit()
    page = visitor.sign_in(new_cafe.barista, "/terminal")
    open_guest(page, number[-4:])
    page.get_by_text("Пригласить друга").click()
    expect(page.locator("#friends-qr")).to_have_js_property("complete", True)
    assert page.locator("#friends-qr").evaluate("(picture) => picture.naturalWidth") > 0
    code = page.locator("#friends-code").inner_text()

    page.keyboard.press("Escape")
    page.get_by_role("button", name="Новый гость").click()
    page.get_by_label("Номер телефона", exact=True).fill(newcomer)
    page.locator("#register-friend").fill("nonsense")
    page.get_by_label("Гость согласен на обработку").check()
    page.locator("#register-submit").click()
    expect(page.locator("#guest-notice")).to_contain_text("Такого кода нет")
    page.locator("#friends-title").click()
    page.get_by_label("Код друга").fill(code.upper())
    page.get_by_role("button", name="Сохранить").click()
    expect(page.locator("#guest-notice")).to_contain_text("Записали, кто пригласил")
    page.get_by_role("button", name="Записать", exact=True).click()
    expect(page.locator("#guest-notice")).to_contain_text("Начислили 50 баллов")

    page.goto(f"{visitor.gateway}/r/{new_cafe.slug}/{code.replace(' ', '')}")
    expect(page.get_by_role("heading", name="Вас приглашает друг")).to_be_visible()
    expect(page.get_by_text(code)).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_new_pages_meet_wcag(cafe: Cafe, visit: Visit, scheme: str) -> None:
    number = new_number()
    guest_id = cafe.register(number, "Тая")
    cafe.buy(guest_id, cups=6)
    visitor = visit(viewport=PHONE, has_touch=True, color_scheme=scheme)
    page = visitor.sign_in(cafe.owner, "/owner/program")
    page.get_by_label("Чашки и баллы").check()
    page.get_by_label("Сколько чашек до подарка").fill("0")
    accessible(page, "program")
    no_sideways_scroll(page)
    targets_are_large(page)
    page.goto(f"{visitor.gateway}/owner/channels")
    page.locator("#lines li").first.wait_for()
    accessible(page, "channels")
    no_sideways_scroll(page)
    targets_are_large(page)
    page.goto(f"{visitor.gateway}/terminal")
    open_guest(page, number[-4:])
    page.get_by_text("Выдать без кода").click()
    accessible(page, "a gift is there")
    page.get_by_role("button", name="Выдать подарок").click()
    page.locator("#gift-way.good").wait_for(timeout=45_000)
    page.get_by_label("Код от гостя").fill("000000")
    page.keyboard.press("Enter")
    page.locator("#gift-wrong").wait_for()
    accessible(page, "the gift's code")
    targets_are_large(page)
    page.goto(f"{visitor.gateway}/r/{cafe.slug}/{'a2' * 10}")
    accessible(page, "invitation")
