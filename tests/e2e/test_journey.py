"""The first guest, from registration to the owner's segments, as barista and owner live it."""

import re
from time import monotonic

from playwright.sync_api import Page, expect

from bezkart.local.stack import Stack
from tests.e2e.browser import Visitor, find, open_guest
from tests.e2e.cafe import Cafe, new_number
from tests.e2e.conftest import Visit


def register(page: Page, number: str, name: str) -> None:
    find(page, number[-4:])
    expect(page.get_by_role("heading", name=f"Гостя с номером на {number[-4:]} нет")).to_be_visible()
    page.get_by_role("button", name="Зарегистрировать").click()
    page.get_by_label("Номер телефона", exact=True).fill(number[:-4])
    page.get_by_label("Имя, если гость назвал").fill(name)
    page.get_by_label("Гость согласен на обработку").check()
    page.locator("#register-submit").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def record(page: Page, cups: int) -> None:
    for _ in range(cups - 1):
        page.get_by_role("button", name="Больше чашек").click()
    page.get_by_role("button", name="Записать", exact=True).click()
    expect(page.locator("#guest-notice")).to_contain_text("Записали")


def test_from_unknown_digits_to_a_gift(cafe: Cafe, visit: Visit, stack: Stack) -> None:
    number = new_number()
    barista = visit(record=True)
    page = barista.sign_in(cafe.barista, "/terminal")
    register(page, number, "Мария")
    expect(page.locator("#guest-notice")).to_contain_text("каждая 6-я чашка приносит подарок")
    expect(page.locator("#guest-number")).to_have_text(f"+7 ••• •••-{number[-4:-2]}-{number[-2:]}")

    record(page, 2)
    expect(page.locator("#guest-progress")).to_have_text("2 из 6")
    page.locator("#guest-notice").get_by_role("button", name="Отменить").click()
    expect(page.locator("#guest-notice")).to_contain_text("Отменили 2 чашки. Теперь 0 из 6.")
    expect(page.locator("#guest-progress")).to_have_text("0 из 6")

    record(page, 6)
    expect(page.locator("#guest-notice")).to_contain_text("Гость заработал подарок")
    expect(page.locator("#guest-gifts")).to_have_text("1 подарок")
    expect(page.locator("#guest-progress")).to_have_text("0 из 6")
    expect(page.locator("#operations li")).to_have_count(3)
    expect(page.locator("#operations li").first).to_contain_text("6 чашек")
    expect(page.locator("#operations .void")).to_have_count(1)
    assert number[1:] not in page.content()

    page.reload()
    open_guest(page, number[-4:])
    expect(page.locator("#guest-gifts")).to_have_text("1 подарок")
    nowhere(number, barista, stack)


def nowhere(number: str, barista: Visitor, stack: Stack) -> None:
    """The full number is in no answer, no address and no log."""
    assert number[1:] not in re.sub(r"[\s()-]", "", barista.page.content())
    for address, text in barista.answers():
        assert number[1:] not in address
        assert number[1:] not in re.sub(r"[\s()-]", "", text)
    for log in stack.logs.rglob("*.log*"):
        assert number[1:] not in log.read_text(encoding="utf-8", errors="replace"), log


def test_an_undo_stays_possible_in_the_list(cafe: Cafe, visit: Visit) -> None:
    number = new_number()
    guest_id = cafe.register(number, "Пётр")
    page = visit().sign_in(cafe.barista, "/terminal")
    open_guest(page, number[-4:])
    record(page, 3)
    open_guest(page, number[-4:])
    page.locator("#operations").get_by_role("button", name="Отменить").click()
    expect(page.locator("#guest-notice")).to_contain_text("Отменили 3 чашки")
    expect(page.locator("#operations").get_by_role("button")).to_have_count(0)
    assert cafe.account(guest_id)["cups"] == 0


def test_a_registered_guest_is_found_again_instead_of_doubled(cafe: Cafe, visit: Visit) -> None:
    number = new_number()
    cafe.register(number, "Вера")
    page = visit().sign_in(cafe.barista, "/terminal")
    page.get_by_role("button", name="Новый гость").click()
    page.get_by_label("Номер телефона", exact=True).fill(number)
    page.locator("#register-submit").click()
    expect(page.locator("#register-wrong")).to_contain_text("Без согласия")
    page.get_by_label("Гость согласен на обработку").check()
    page.locator("#register-submit").click()
    expect(page.get_by_role("heading", name="Вера")).to_be_visible()
    expect(page.locator("#guest-notice")).to_contain_text("уже зарегистрирован")


def test_a_wrong_number_is_said_at_its_field(cafe: Cafe, visit: Visit) -> None:
    page = visit().sign_in(cafe.barista, "/terminal")
    find(page, new_number()[-4:])
    page.get_by_role("button", name="Зарегистрировать").click()
    page.get_by_label("Гость согласен на обработку").check()
    phone = page.get_by_label("Номер телефона", exact=True)
    for wrong, sentence in (("89", "Номер неполный"), ("8 000 000", "Проверьте номер")):
        phone.fill(wrong)
        page.locator("#register-submit").click()
        expect(page.locator("#register-wrong")).to_contain_text(sentence)
        expect(phone).to_be_focused()
        expect(phone).to_have_value(wrong)


def test_several_guests_with_the_same_digits(cafe: Cafe, visit: Visit) -> None:
    ending = new_number()[-4:]
    cafe.old_guest(phone=f"8900111{ending}", name="Давно", registered_days_ago=90, purchases_days_ago=[80])
    cafe.old_guest(phone=f"8900222{ending}", name="Недавно", registered_days_ago=90, purchases_days_ago=[3])
    page = visit().sign_in(cafe.barista, "/terminal")
    find(page, ending)
    expect(page.get_by_role("heading", name=f"2 гостя с номером на {ending}")).to_be_visible()
    expect(page.locator(".hit").first).to_contain_text("3 дня назад")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Давно")).to_be_visible()


def test_the_owner_sees_a_purchase_within_a_second(new_cafe: Cafe, visit: Visit) -> None:
    number = new_number()
    new_cafe.old_guest(phone=number, name="Игорь", registered_days_ago=40, purchases_days_ago=[30, 20, 10])
    owner = visit().sign_in(new_cafe.owner, "/owner/segments")
    active, rare = (owner.locator(f"[data-segment={name}] .now") for name in ("active", "rare"))
    expect(rare).to_have_text("1", timeout=20_000)
    expect(owner.locator("#live")).to_have_text("Обновляется само")
    owner.evaluate("window.sameVisit = true")
    page = visit().sign_in(new_cafe.barista, "/terminal")
    open_guest(page, number[-4:])
    record(page, 1)
    recorded = monotonic()
    expect(active).to_have_text("1", timeout=1_000)
    expect(rare).to_have_text("0", timeout=1_000)
    assert monotonic() - recorded < 1
    expect(owner.locator("#won-back")).to_have_text("1")
    expect(owner.locator("#flow-title")).to_have_text("1 гость сменил сегмент")
    expect(owner.locator("#moves tbody tr").first).to_contain_text("вернули")
    expect(owner.locator("#said")).to_contain_text("Редкие → Активные")
    assert owner.evaluate("window.sameVisit") is True


def test_dates_change_the_picture_and_stay_in_the_address(new_cafe: Cafe, visit: Visit) -> None:
    new_cafe.old_guest(phone=new_number(), name="Лена", registered_days_ago=40, purchases_days_ago=[30, 25, 21, 20])
    owner = visit().sign_in(new_cafe.owner, "/owner/segments")
    expect(owner.locator("[data-segment=leaving] .now")).to_have_text("1", timeout=20_000)
    days = owner.evaluate("[...document.querySelectorAll('#dates input')].map((field) => field.value)")
    past = owner.evaluate("new Date(Date.now() - 18 * 864e5).toISOString().slice(0, 10)")
    owner.locator("#to").fill(past)
    expect(owner.locator("[data-segment=active] .now")).to_have_text("1")
    expect(owner.locator("#as-if")).to_contain_text("всё, что было позже, не учтено")
    assert f"to={past}" in owner.url
    owner.reload()
    expect(owner.locator("[data-segment=active] .now")).to_have_text("1")
    owner.locator("#to").fill(owner.evaluate("new Date(Date.now() + 60 * 864e5).toISOString().slice(0, 10)"))
    expect(owner.locator("[data-segment=sleeping] .now")).to_have_text("1")
    expect(owner.locator("#as-if")).to_contain_text("если до этого дня никто ничего не купит")
    owner.get_by_role("button", name="За неделю").click()
    expect(owner.locator("#to")).to_have_value(days[1])


def test_an_empty_shop_teaches(new_cafe: Cafe, visit: Visit) -> None:
    owner = visit().sign_in(new_cafe.owner, "/owner/segments")
    expect(owner.get_by_role("heading", name="Здесь будет видно, кто к вам ходит")).to_be_visible()
    owner.get_by_role("link", name="Открыть терминал").click()
    expect(owner.locator("#digits")).to_be_focused()
