"""Sessions that end, answers that get lost, networks that vanish: nothing typed is lost, nothing is counted twice."""

from playwright.sync_api import Route, expect

from tests.e2e.browser import find, open_guest
from tests.e2e.cafe import Cafe, new_number
from tests.e2e.conftest import Visit


def test_a_session_that_ends_midway_loses_nothing(cafe: Cafe, visit: Visit) -> None:
    number = new_number()
    visitor = visit()
    page = visitor.sign_in(cafe.barista, "/terminal")
    find(page, number[-4:])
    page.get_by_role("button", name="Зарегистрировать").click()
    page.get_by_label("Номер телефона", exact=True).fill(number[:-4])
    page.get_by_label("Имя, если гость назвал").fill("Глеб")
    page.get_by_label("Гость согласен на обработку").check()
    visitor.lose_session()
    page.locator("#register-submit").click()
    dialog = page.get_by_role("dialog", name="Войдите снова")
    expect(dialog.get_by_label("Логин")).to_have_value(cafe.barista.login)
    expect(dialog.get_by_label("Пароль")).to_be_focused()
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_have_text("Логин или пароль не подходят.")
    dialog.get_by_label("Пароль").fill(cafe.barista.password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Глеб")).to_be_visible()

    page.get_by_role("button", name="Больше чашек").click()
    visitor.lose_session()
    page.get_by_role("button", name="Записать", exact=True).click()
    dialog.get_by_label("Пароль").fill(cafe.barista.password)
    page.keyboard.press("Enter")
    expect(page.locator("#guest-notice")).to_contain_text("Записали 2 чашки. Теперь 2 из 6.")


def test_a_lost_answer_is_asked_for_again_and_counted_once(cafe: Cafe, visit: Visit) -> None:
    number = new_number()
    guest_id = cafe.register(number, "Нина")
    page = visit().sign_in(cafe.barista, "/terminal")
    keys: list[str] = []

    def lose_the_first(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        answer = route.fetch()
        if len(keys) == 1:
            route.abort("connectionreset")
        else:
            route.fulfill(response=answer)

    page.route("**/api/v1/purchases", lose_the_first)
    open_guest(page, number[-4:])
    page.get_by_role("button", name="Записать", exact=True).click()
    expect(page.locator("#guest-notice")).to_contain_text("Записали 1 чашку. Теперь 1 из 6.")
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert cafe.account(guest_id)["cups"] == 1


def test_without_network_one_is_told_and_can_repeat(cafe: Cafe, visit: Visit) -> None:
    number = new_number()
    guest_id = cafe.register(number, "Олег")
    visitor = visit()
    page = visitor.sign_in(cafe.barista, "/terminal")
    open_guest(page, number[-4:])
    visitor.context.set_offline(True)
    expect(page.get_by_text("Нет сети. Покупки сейчас не записываются.")).to_be_visible()
    page.get_by_role("button", name="Записать", exact=True).click()
    expect(page.locator("#guest-notice")).to_contain_text("1 чашка")
    expect(page.locator("#guest-progress")).to_have_text("0 из 6")
    visitor.context.set_offline(False)
    page.get_by_role("button", name="Повторить").click()
    expect(page.locator("#guest-notice")).to_contain_text("Записали 1 чашку")
    assert cafe.account(guest_id)["cups"] == 1


def test_a_service_that_is_down_is_said_in_words_with_a_way_on(cafe: Cafe, visit: Visit) -> None:
    number = new_number()
    cafe.register(number, "Рита")
    page = visit().sign_in(cafe.barista, "/terminal")
    page.route("**/api/v1/guests/search", lambda route: route.fulfill(status=503, json={}))
    find(page, number[-4:])
    expect(page.get_by_text("Система отвечает не сразу")).to_be_visible(timeout=15_000)
    page.unroute("**/api/v1/guests/search")
    page.get_by_role("button", name="Повторить").click()
    expect(page.get_by_role("heading", name="Рита")).to_be_visible()


def test_another_role_meets_a_page_that_says_so(cafe: Cafe, visit: Visit) -> None:
    visitor = visit()
    page = visitor.sign_in(cafe.barista, "/terminal")
    page.goto(f"{visitor.gateway}/owner/segments")
    expect(page.get_by_role("heading", name="Эта страница для владельца")).to_be_visible()
    page.get_by_role("link", name="В терминал").click()
    page.get_by_role("button", name="Выйти").click()
    page.wait_for_url("**/sign-in")


def test_the_api_page_shows_all_services(visit: Visit) -> None:
    page = visit().go("/api/docs")
    for resource in ("guests", "purchases", "segments"):
        expect(page.locator(f"#operations-tag-{resource}")).to_be_visible(timeout=20_000)
    expect(page.locator(".opblock").first).to_be_visible()


def test_wrong_password_and_lock_out_are_said_in_words(new_cafe: Cafe, visit: Visit) -> None:
    page = visit().go("/sign-in")
    expect(page.get_by_role("button", name="Войти")).to_be_enabled()
    page.locator("#login").fill(new_cafe.barista.login)
    for _ in range(8):
        page.locator("#password").fill("guess")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Войти")).to_be_enabled()
        if "Слишком много попыток" in page.get_by_role("alert").inner_text():
            break
        expect(page.get_by_role("alert")).to_have_text("Логин или пароль не подходят.")
    expect(page.get_by_role("alert")).to_contain_text("Попробуйте снова через")
