"""The owner's team: hired with a password that is shown once, invited to the bot once, dismissed at once."""

import re

from playwright.sync_api import expect

from tests.e2e.browser import PHONE, accessible, no_sideways_scroll, targets_are_large
from tests.e2e.cafe import Cafe, Login
from tests.e2e.conftest import Visit
from tests.e2e.phones import eventually


def test_a_barista_is_hired_works_and_is_dismissed(new_cafe: Cafe, visit: Visit) -> None:
    page = visit(viewport=PHONE, has_touch=True).sign_in(new_cafe.owner, "/owner/staff")
    expect(page.locator("#finding")).to_have_text("Работают 2 человека, в Telegram: 0")
    page.get_by_role("button", name="Добавить").tap()
    expect(page.get_by_text("Нужны имя и логин.")).to_be_visible()
    page.get_by_label("Имя").fill("Мария")
    login = page.locator("#hire-login")
    login.fill("маша")
    page.get_by_role("button", name="Добавить").tap()
    expect(page.get_by_text("Логин: латинские буквы")).to_be_visible()
    login.fill(new_cafe.barista.login)
    page.get_by_role("button", name="Добавить").tap()
    expect(page.get_by_text("Такой логин уже занят.")).to_be_visible()
    login.fill(f"{new_cafe.slug}-masha")
    page.get_by_role("button", name="Добавить").tap()
    shown = page.get_by_role("dialog")
    name, password = shown.locator("#shown-secret").inner_text().split(" / ")
    shown.get_by_role("button", name="Готово").tap()
    expect(page.locator("#shown-secret")).to_be_empty()
    expect(page.locator("#people .person")).to_have_count(3)
    no_sideways_scroll(page)
    targets_are_large(page)
    accessible(page, "team")

    till = visit().sign_in(Login(name, password), "/terminal")
    masha = page.locator("#people .person").filter(has_text="Мария")
    masha.get_by_role("button", name="Уволить").tap()
    page.get_by_role("dialog").get_by_role("button", name="Оставить").tap()
    expect(masha).to_be_visible()
    masha.get_by_role("button", name="Уволить").tap()
    page.get_by_role("dialog").get_by_role("button", name="Уволить").tap()
    expect(page.locator("#former-title")).to_have_text("Раньше работал 1 человек")
    expect(masha).to_have_count(0)
    eventually(lambda: [till.url] if till.reload() and "/sign-in?next=" in till.url else [], seconds=15)


def test_an_invitation_is_shown_once_as_link_and_picture(new_cafe: Cafe, visit: Visit) -> None:
    page = visit().sign_in(new_cafe.owner, "/owner/staff")
    katya = page.locator("#people .person").filter(has_text="Катя")
    katya.get_by_role("button", name="Пригласить в Telegram").click()
    shown = page.get_by_role("dialog")
    expect(shown).to_contain_text("Приглашение: Катя")
    expect(shown.locator("#shown-qr")).to_be_visible()
    link = shown.locator("#shown-secret").inner_text()
    assert re.fullmatch(r"https://t\.me/\w+\?start=staff_[A-Za-z0-9_-]{16,58}", link)
    accessible(page, "invitation")
    page.keyboard.press("Escape")
    katya.get_by_role("button", name="Пригласить в Telegram").click()
    expect(shown.locator("#shown-secret")).not_to_be_empty()
    assert shown.locator("#shown-secret").inner_text() != link
