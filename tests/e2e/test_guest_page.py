"""The guest's own page on a phone: in by SMS, the card, codes whatever is down, a word to the owner, all data, and out again."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from bezkart.local import Stack
from tests.e2e.browser import PHONE, Visitor, accessible, no_sideways_scroll, open_guest, targets_are_large
from tests.e2e.cafe import Cafe, new_number
from tests.e2e.conftest import Visit
from tests.e2e.phones import Phones, eventually

PATIENT = 45_000  # a channel that is silent is given up after 13 s


@dataclass(frozen=True)
class Known:
    """A guest's number and the page that is open."""

    number: str
    visitor: Visitor

    @property
    def page(self) -> Page:
        return self.visitor.page

    @property
    def digits(self) -> str:
        return self.number[-4:]


ComeIn = Callable[..., Known]


def type_sms_code(page: Page, phones: Phones, number: str, *, before: int = 0) -> None:
    """The code of the SMS that comes now."""
    expect(page.get_by_label("Код, 6 цифр")).to_be_focused()
    codes = eventually(lambda: found if len(found := phones.codes("smsc", f"+7{number[1:]}")) > before else [])
    page.keyboard.type(codes[-1])


def ask_for_code(page: Page, number: str) -> None:
    page.get_by_label("Номер телефона").fill(number)
    page.get_by_role("button", name="Получить код").click()


@pytest.fixture
def come_in(cafe: Cafe, visit: Visit, phones: Phones) -> ComeIn:
    """Registers at the terminal, signs in on the page: a guest who is known already."""

    def enter(name: str, *, cups: int = 0, telegram: bool = False) -> Known:
        number = new_number()
        guest_id = cafe.register(number, name, telegram_id=random.randrange(10**9, 10**10) if telegram else None)
        if cups:
            cafe.buy(guest_id, cups=cups)
        visitor = visit(viewport=PHONE, has_touch=True)
        page = visitor.go(f"/g/{cafe.slug}")
        ask_for_code(page, number)
        type_sms_code(page, phones, number)
        expect(page.locator("#balance")).to_be_visible()
        return Known(number, visitor)

    return enter


def test_a_newcomer_comes_in_and_the_card_fills_before_the_eyes(cafe: Cafe, visit: Visit, phones: Phones) -> None:
    number = new_number()
    page = visit(viewport=PHONE, has_touch=True).go(f"/g/{cafe.slug}")
    expect(page.get_by_role("banner")).to_contain_text(cafe.name)
    no_sideways_scroll(page)
    page.get_by_label("Номер телефона").fill("8923")
    page.get_by_role("button", name="Получить код").click()
    expect(page.get_by_role("alert").filter(has_text="Введите номер целиком")).to_be_visible()
    ask_for_code(page, number)
    expect(page.get_by_role("button", name="Ещё раз через")).to_be_disabled()
    (code,) = eventually(lambda: phones.codes("smsc", f"+7{number[1:]}"))
    page.keyboard.type(f"{(int(code) + 1) % 1_000_000:06}")
    expect(page.locator("#code-wrong")).to_have_text("Код не подходит. Осталось: 4 попытки.")
    page.keyboard.type(code)

    page.locator("#name").fill("Рита")
    page.get_by_role("button", name="Стать гостем").click()
    expect(page.locator("#join-wrong")).to_contain_text("Без согласия на обработку")
    no_sideways_scroll(page)
    page.get_by_label("Согласен на обработку").check()
    page.get_by_role("button", name="Стать гостем").click()
    expect(page.locator("#welcome")).to_contain_text("подарок")
    expect(page.locator("#progress")).to_have_text("0 из 6")
    (guest,) = cafe.guests_with(number)
    assert guest["consents"] == {"processing": True, "advertising": False}
    assert (guest["name"], guest["source"]) == ("Рита", "web")

    cafe.buy(guest["id"], cups=4)
    expect(page.locator("#progress")).to_have_text("4 из 6")  # nobody touches the page
    page.get_by_role("link", name="Сообщения").click()
    expect(page.locator("[data-template=receipt]")).to_contain_text("4 из 6")
    page.get_by_role("link", name="Настройки").click()
    page.get_by_role("button", name="Выйти").click()
    expect(page.get_by_label("Номер телефона")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('bezkart.guest'))") == []


def test_a_friends_invitation_leads_here_and_is_kept(cafe: Cafe, visit: Visit, phones: Phones) -> None:
    friend = cafe.register(new_number(), "Друг")
    cafe.buy(friend, cups=1)
    number = new_number()
    page = visit(viewport=PHONE).go(f"/r/{cafe.slug}/{cafe.account(friend)['referral_code']}")
    page.get_by_role("link", name="Завести карту").click()
    ask_for_code(page, number)
    type_sms_code(page, phones, number)
    expect(page.locator("#join-friend")).to_be_visible()
    page.get_by_label("Согласен на обработку").check()
    page.get_by_role("button", name="Стать гостем").click()
    expect(page.locator("#welcome")).to_be_visible()
    (guest,) = cafe.guests_with(number)
    assert guest["source"] == "referral"
    eventually(lambda: ["yes"] if cafe.account(guest["id"])["referred"] else [])


@pytest.mark.timeout(180)
def test_the_gift_code_comes_live_when_telegram_and_sms_are_off(
    cafe: Cafe, visit: Visit, phones: Phones, come_in: ComeIn
) -> None:
    person = come_in("Яна", cups=6, telegram=True)
    expect(person.page.locator("#gifts")).to_contain_text("капучино")
    phones.switch("telegram", on=False)
    phones.switch("sms", on=False)
    till = visit().sign_in(cafe.barista, "/terminal")
    open_guest(till, person.digits)
    till.get_by_role("button", name="Выдать подарок").click()
    live = person.page.locator("#live-digits")
    expect(live).to_be_visible(timeout=PATIENT)
    expect(person.page.locator("#live-left")).to_contain_text("09:")
    till.get_by_label("Код от гостя").fill(live.inner_text().replace(" ", ""))
    till.keyboard.press("Enter")
    expect(till.locator("#guest-notice")).to_contain_text("Подарок выдан: капучино")
    expect(person.page.locator("#gift-done")).to_contain_text("Подарок выдан")
    expect(person.page.locator("#live-code")).to_be_hidden()
    expect(person.page.locator("#gifts")).to_be_hidden()


def test_without_any_network_the_page_opens_and_its_code_gets_the_gift(
    cafe: Cafe, visit: Visit, come_in: ComeIn, stack: Stack
) -> None:
    person = come_in("Оля", cups=7)
    page = person.page
    page.get_by_text("Код без связи").click()
    expect(page.locator("#offline-digits")).not_to_be_empty()
    page.evaluate("navigator.serviceWorker.ready")
    person.visitor.context.set_offline(True)
    page.reload()
    expect(page.locator("#progress")).to_have_text("1 из 6")
    expect(page.locator("#age")).to_contain_text("Нет связи. Показываем, что было: сегодня")
    expect(page.locator("#pass-qr")).to_be_visible()
    code = page.locator("#offline-digits")
    expect(code).to_be_visible()

    short = page.locator("#pass-code").inner_text().replace(" ", "")
    till = visit().sign_in(cafe.barista, f"/terminal?guest={short}")
    expect(till.get_by_role("heading", name="Оля")).to_be_visible()
    assert till.url == f"{stack.gateway}/terminal"
    till.get_by_text("Код со страницы гостя").click()
    till.get_by_label("Код без связи").fill("12345678")
    till.keyboard.press("Enter")
    expect(till.locator("#by-app-wrong")).to_contain_text("Код не подходит")
    used = code.inner_text().replace(" ", "")
    till.get_by_label("Код без связи").fill(used)
    till.keyboard.press("Enter")
    expect(till.locator("#guest-notice")).to_contain_text("Подарок выдан: капучино")
    (guest,) = cafe.guests_with(person.number)
    assert cafe.account(guest["id"])["gifts"] == 0

    person.visitor.context.set_offline(False)
    expect(page.locator("#age")).to_be_hidden()
    expect(page.locator("#gifts")).to_be_hidden()


def test_a_guest_is_found_by_the_short_code_from_any_keyboard(cafe: Cafe, visit: Visit, come_in: ComeIn) -> None:
    person = come_in("Лев")
    short = person.page.locator("#pass-code").inner_text().replace(" ", "")
    till = visit().sign_in(cafe.barista, "/terminal")
    for sign in short:
        till.keyboard.press(f"Digit{sign}" if sign.isdigit() else f"Key{sign}")
    expect(till.locator("#digits")).to_have_value(short)
    till.keyboard.press("Enter")
    expect(till.get_by_role("heading", name="Лев")).to_be_visible()
    till.keyboard.press("Escape")
    till.keyboard.type("ZZZZZ2")
    till.keyboard.press("Enter")
    expect(till.locator("#nobody-title")).to_have_text("Гостя с кодом ZZZZZ2 нет")


def test_a_rating_and_a_letter_reach_the_owner_and_the_answer_comes_back(cafe: Cafe, come_in: ComeIn) -> None:
    person = come_in("Ира", cups=2)
    page = person.page
    page.get_by_role("link", name="Написать").click()
    page.get_by_text("Оценить последний визит").click()
    page.get_by_role("button", name="2 звезды").tap()
    expect(page.get_by_text("Спасибо за оценку!")).to_be_visible()
    page.get_by_label("Расскажите подробнее").fill("Холодно <b>было</b>")
    page.locator("#rate-visit").get_by_role("button", name="Отправить").tap()
    expect(page.locator(".thread")).to_contain_text("Холодно <b>было</b>")

    page.get_by_label("Что понравилось, а что исправить?").fill("Музыка\nгромкая")
    page.get_by_label("Пожалуйста, свяжитесь со мной").check()
    page.locator("#letter").get_by_role("button", name="Отправить").tap()
    expect(page.locator("#letter-sent")).to_be_visible()
    letter = page.locator(".thread").filter(has_text="громкая")
    expect(letter).to_be_visible()
    no_sideways_scroll(page)
    targets_are_large(page)

    page.get_by_role("link", name="Карта").click()
    thread_id = letter.get_attribute("data-thread")
    assert thread_id
    cafe.answer(thread_id, "Сделали тише, спасибо!")
    expect(page.locator("[data-dot=write]")).to_be_visible()
    page.get_by_role("link", name="Написать").click()
    expect(letter.locator(".theirs")).to_contain_text("Сделали тише, спасибо!")
    letter.get_by_role("textbox").fill("Приду завтра")
    letter.get_by_role("button", name="Ответить").tap()
    expect(letter).to_contain_text("Приду завтра")
    expect(page.locator("[data-dot=write]")).to_be_hidden()


def test_all_data_in_one_file_and_then_none_of_it(cafe: Cafe, come_in: ComeIn) -> None:
    person = come_in("Зоя", cups=3)
    page = person.page
    page.get_by_role("link", name="Настройки").click()
    page.locator("#own-advertising").check()
    expect(page.locator("#more-done")).to_have_text("Сохранили.")
    with page.expect_download() as started:
        page.get_by_role("button", name="Скачать всё").click()
    data = json.loads(started.value.path().read_text(encoding="utf-8"))
    assert data["profile"]["phone"] == f"+7{person.number[1:]}"
    assert data["profile"]["consents"] == {"processing": True, "advertising": True}
    assert data["purchases"]["account"]["cups"] == 3
    assert {"messages", "feedback"} <= data.keys()

    page.get_by_role("button", name="Удалить карту").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("3 чашки")
    dialog.get_by_role("button", name="Оставить").click()
    page.get_by_role("button", name="Удалить карту").click()
    dialog.get_by_role("button", name="Удалить навсегда").click()
    expect(page.locator("#entry-note")).to_contain_text("Всё удалено")
    eventually(lambda: [] if cafe.guests_with(person.number) else ["gone"])
    page.reload()
    expect(page.get_by_label("Номер телефона")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_for_everybody(cafe: Cafe, visit: Visit, phones: Phones, scheme: str) -> None:
    number = new_number()
    cafe.buy(cafe.register(number, "Ася"), cups=8)
    page = visit(viewport=PHONE, color_scheme=scheme).go(f"/g/{cafe.slug}")
    accessible(page, "number")
    ask_for_code(page, number)
    accessible(page, "code")
    type_sms_code(page, phones, number)
    expect(page.locator("#pass-qr")).to_be_visible()
    for view in ("Карта", "Сообщения", "Написать", "Настройки"):
        page.get_by_role("link", name=view).click()
        expect(page.get_by_role("heading", level=1, name=view if view != "Написать" else "Владельцу")).to_be_attached()
        accessible(page, view)
        no_sideways_scroll(page)
        targets_are_large(page)


def test_the_offline_code_is_the_one_of_the_standard(cafe: Cafe, visit: Visit) -> None:
    """RFC 6238, appendix B: the SHA-256 vectors."""
    page = visit().go(f"/g/{cafe.slug}")
    vectors = {59: "46119246", 1111111109: "68084774", 1111111111: "67062674", 20000000000: "77737706"}
    found = page.evaluate(
        """async (moments) => {
             const own = [...document.querySelectorAll("link")].find(({ href }) => href.endsWith("totp.js")).href;
             const { codeAt, keyOf } = await import(own);
             const key = await keyOf("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA====");
             return Promise.all(moments.map((seconds) => codeAt(key, seconds, { step: 30, digits: 8 })));
           }""",
        list(vectors),
    )
    assert found == list(vectors.values())


def test_a_note_to_this_phone_is_shown_under_the_shops_name(cafe: Cafe, visit: Visit) -> None:
    visitor = visit(viewport=PHONE, permissions=["notifications"])
    page = visitor.go(f"/g/{cafe.slug}")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    wire = visitor.context.new_cdp_session(page)
    known: list[str] = []
    wire.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: known.extend(each["registrationId"] for each in event["registrations"]),
    )
    wire.send("ServiceWorker.enable")
    while not known:  # the test's own time limit is the end of it
        page.wait_for_timeout(50)
    note = json.dumps({"id": "m_1", "shop": cafe.slug, "text": "Спасибо за покупку!"})
    message = {"origin": visitor.gateway, "registrationId": known[0], "data": note}
    wire.send("ServiceWorker.deliverPushMessage", message)
    shown = page.wait_for_function(
        """async () => {
             const [note] = await (await navigator.serviceWorker.ready).getNotifications();
             return note && [note.title, note.body, note.tag];
           }"""
    )
    assert shown.json_value() == [cafe.name, "Спасибо за покупку!", "m_1"]


def test_offers_and_the_one_tap_that_ends_them(cafe: Cafe, come_in: ComeIn) -> None:
    """The mailing is made up here: a real one would be held back while it is night in Moscow."""
    person = come_in("Ульяна")
    page = person.page
    now = datetime.now(UTC)
    letter = {
        "id": "m_mailing",
        "template": "campaign",
        "at": now.isoformat(),
        "text": "Ульяна, мы соскучились!",
        "state": "delivered",
        "buttons": [{"text": "Отписаться", "action": "unsub", "row": 0}],
        "expires_at": (now - timedelta(minutes=1)).isoformat(),  # the offer is over, the way out is not
        "read_at": None,
    }
    words = {"ru": "Второй кофе в подарок", "en": "Two for one"}
    coupon = {"id": "cp_1", "promotion_id": "pr_1", "valid_until": (now + timedelta(days=30)).isoformat()}
    offers = [
        {"id": "pr_1", "kind": "coupon", "name": words, "about": {"ru": "На любой кофе", "en": ""}, "coupon": coupon},
        {
            "id": "pr_2",
            "kind": "coupon",
            "name": {"ru": "Чужой", "en": ""},
            "about": {"ru": "", "en": ""},
            "coupon": None,
        },
    ]
    page.route("**/api/v1/inbox", lambda route: route.fulfill(json={"messages": [letter], "unread": 1}))
    page.route("**/api/v1/promotions/mine", lambda route: route.fulfill(json={"promotions": offers}))
    page.evaluate("window.dispatchEvent(new Event('online'))")  # it asks for everything anew
    expect(page.locator("#offers")).to_contain_text("Второй кофе в подарок")
    expect(page.locator("#offers")).to_contain_text("Личный купон")
    expect(page.locator("#offers-list li")).to_have_count(1)
    no_sideways_scroll(page)
    page.get_by_role("link", name="Сообщения").click()
    page.get_by_role("button", name="Отписаться").click()
    expect(page.get_by_text("Больше не пришлём предложений")).to_be_visible()
    no_sideways_scroll(page)
    assert not cafe.guests_with(person.number)[0]["consents"]["advertising"]
    page.get_by_role("button", name="Вернуть предложения").click()
    expect(page.get_by_text("будем присылать предложения")).to_be_visible()
    assert cafe.guests_with(person.number)[0]["consents"]["advertising"]
