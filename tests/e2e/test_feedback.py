"""What guests say and what the owner answers: a low rating with words, figures, a survey, on the owner's page."""

import secrets
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import PHONE, accessible, no_sideways_scroll, targets_are_large
from tests.e2e.cafe import API, Cafe, new_number
from tests.e2e.conftest import Visit
from tests.e2e.phones import Phones, eventually

SCRIPT = "<script>document.title='stolen'</script>"
COLD = f"Холодный капучино {SCRIPT}"


class Guest:
    """Somebody who bought just now and is signed in on the own page."""

    def __init__(self, cafe: Cafe, phones: Phones, name: str) -> None:
        number = new_number()
        self.id = cafe.register(number, name)
        cafe.buy(self.id, cups=1)
        self._client = httpx.Client(base_url=f"{cafe.gateway}{API}", headers={"X-CSRF-Guard": "1"}, timeout=20)
        begun = self.post("/guest-sign-ins", {"shop": cafe.slug, "phone": number}).json()
        (code,) = eventually(lambda: phones.codes("smsc", f"+7{number[1:]}"))
        self.post(f"/guest-sign-ins/{begun['id']}/confirm", {"code": code})

    def post(self, path: str, body: dict[str, Any]) -> httpx.Response:
        headers = {"Idempotency-Key": secrets.token_hex(8)}
        return self._client.post(path, json=body, headers=headers).raise_for_status()

    def mine(self) -> Any:
        return self._client.get("/feedback/mine").raise_for_status().json()

    def rate(self, stars: int, comment: str = "") -> None:
        """As soon as feedback has heard of the purchase."""
        eventually(lambda: ["yes"] if self.mine()["rateable"] else [])
        self.post("/feedback/ratings", {"stars": stars, "comment": comment})

    def write(self, text: str) -> None:
        self.post("/feedback/threads", {"text": text, "contact_me": True})

    def texts(self) -> list[str]:
        return [message["text"] for thread in self.mine()["threads"] for message in thread["messages"]]

    def close(self) -> None:
        self._client.close()


@pytest.fixture
def comes(new_cafe: Cafe, phones: Phones) -> Iterator[Callable[[str], Guest]]:
    guests: list[Guest] = []

    def come(name: str) -> Guest:
        guests.append(Guest(new_cafe, phones, name))
        return guests[-1]

    yield come
    for guest in guests:
        guest.close()


def test_a_low_rating_is_answered_and_the_guest_reads_it(
    new_cafe: Cafe, visit: Visit, comes: Callable[[str], Guest]
) -> None:
    page = visit().sign_in(new_cafe.owner, "/owner/feedback")
    expect(page.locator("#threads-none")).to_contain_text("Никто не ждёт ответа")
    guest = comes("Римма")
    guest.rate(2, COLD)

    line = page.locator("#threads .thread")  # it comes by itself
    expect(line).to_contain_text("Римма")
    expect(line).to_contain_text(COLD)
    expect(page.locator("#finding")).to_contain_text("Ответа ждёт 1 гость")
    line.click()
    expect(page.locator("#talk-said")).to_contain_text(COLD)
    expect(page.get_by_label("Оценка: 2 из 5").last).to_be_visible()
    assert page.title().startswith("Отзывы гостей")
    page.get_by_label("Ваш ответ").fill("Простите! Следующий — за наш счёт.")
    page.get_by_role("button", name="Ответить").click()
    expect(page.locator("#talk-done")).to_have_text("Ответ отправлен")
    expect(page.locator("#threads-none")).to_be_visible()
    assert guest.texts() == ["Простите! Следующий — за наш счёт."]

    page.reload()
    expect(page.locator("#talk-said li")).to_have_count(2)
    page.get_by_role("link", name="Оценки").click()
    expect(page.locator("#average")).to_have_text("2")
    expect(page.locator("#ratings li")).to_contain_text(COLD)
    expect(page.locator("#by-staff tbody tr")).to_have_count(1)


def test_a_survey_and_a_message_that_asks_for_contact(
    new_cafe: Cafe, visit: Visit, comes: Callable[[str], Guest]
) -> None:
    guest = comes("Яна")
    guest.rate(5)
    guest.write("Позвоните мне, пожалуйста")
    page = visit().sign_in(new_cafe.owner, "/owner/feedback?show=surveys")
    expect(page.locator("#would-ask")).to_contain_text("Спросим 1 гостя")
    page.get_by_label("Свой вопрос").fill("Посоветуете нас?")
    page.get_by_role("button", name="Спросить гостей").click()
    expect(page.locator("#surveys li")).to_contain_text("Ответов пока нет")
    (survey,) = eventually(lambda: [found["id"]] if (found := guest.mine()["open_survey"]) else [])
    guest.post(f"/feedback/surveys/{survey}/answers", {"score": 10})
    expect(page.locator("#surveys li")).to_contain_text("+100")
    page.get_by_role("link", name="Переписка").click()
    page.locator("#threads .thread").click()
    expect(page.locator("#talk-contact")).to_be_visible()
    page.get_by_role("button", name="Закрыть разговор").click()
    expect(page.locator("#threads-none")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_a_phone_and_meets_wcag(
    scheme: str, new_cafe: Cafe, visit: Visit, comes: Callable[[str], Guest]
) -> None:
    guest = comes("Константин")
    guest.rate(3, "Ждал долго. " * 20)
    page = visit(viewport=PHONE, has_touch=True, color_scheme=scheme).sign_in(new_cafe.owner, "/owner/feedback")
    page.locator("#threads .thread").wait_for()
    fits(page, "conversations")
    page.locator("#threads .thread").tap()
    expect(page.locator("#threads")).to_be_hidden()
    fits(page, "a conversation")
    page.get_by_role("button", name="К списку").tap()
    expect(page.locator("#threads")).to_be_visible()
    page.get_by_role("link", name="Оценки").tap()
    page.locator("#ratings li").wait_for()
    page.get_by_label("Через сколько минут").fill("x")
    fits(page, "ratings")
    page.get_by_role("link", name="Опросы").tap()
    page.locator("#would-ask").wait_for()
    fits(page, "surveys")


def fits(page: Page, what: str) -> None:
    no_sideways_scroll(page)
    targets_are_large(page)
    accessible(page, what)
