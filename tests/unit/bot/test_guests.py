"""A guest's way through the bot: becoming one, the menu, ratings, letters, settings, leaving."""

import json

import httpx
import pytest
from aiogram.methods import DeleteMessage, SendDocument, SendMessage, SendPhoto
from aiogram.types import BufferedInputFile, InlineKeyboardMarkup, ReplyKeyboardMarkup

from tests.unit.bot.chatting import Chatting, account, operation


async def become_guest(chat: Chatting) -> None:
    await chat.say("/start r_zerno")
    await chat.share("79130008323")
    await chat.press("Согласен")


def let_in(chat: Chatting) -> None:
    """From now on the system knows the guest."""
    chat.system.on("GET", "/accounts/me", account())
    chat.system.on("GET", "/program/mine", {"conditions": {"ru": "Каждая 6-я чашка приносит подарок.", "en": ""}})


class TestBecomingAGuest:
    async def test_contact_then_both_consents_one_by_one_then_the_conditions(self, chat: Chatting) -> None:
        assert "Зерно" in await chat.say("/start r_zerno")
        assert isinstance(chat.shown[-1].reply_markup, ReplyKeyboardMarkup)
        assert "обработку данных" in await chat.share("79130008323")
        assert "предложения" in await chat.press("Согласен")
        chat.system.on("POST", "/telegram/guests", {"id": "g_anna"}, status=201)
        let_in(chat)
        shown = await chat.press("Нет, не надо")

        assert "Каждая 6-я чашка" in shown
        assert "4 из 6" in shown
        assert chat.system.bodies("POST", "/telegram/guests") == [
            {"phone": "+79130008323", "consents": {"processing": True, "advertising": False}, "name": "Анна"}
        ]

    async def test_the_number_waits_sealed(self, chat: Chatting) -> None:
        await chat.say("/start r_zerno")
        await chat.share("79130008323")
        assert "9130008323" not in json.dumps(chat.talk.notes)

    async def test_a_friends_link_is_told(self, chat: Chatting) -> None:
        chat.system.on("POST", "/telegram/guests", {"id": "g_anna"}, status=201)
        await chat.say("/start f_zerno_abc2")
        await chat.share("+79130008323")
        await chat.press("Согласен")
        let_in(chat)
        await chat.press("Да, присылайте")
        (body,) = chat.system.bodies("POST", "/telegram/guests")
        assert body["referral"] == "abc2"
        assert body["consents"]["advertising"]

    async def test_somebody_elses_contact_is_refused(self, chat: Chatting) -> None:
        await chat.say("/start r_zerno")
        assert "чужой номер" in await chat.share("79130000000", owner=5)
        assert chat.talk.step == "contact"

    async def test_without_the_first_consent_nothing_is_kept(self, chat: Chatting) -> None:
        await chat.say("/start r_zerno")
        await chat.share("79130008323")
        assert "ничего не сохранили" in await chat.press("Не согласен")
        assert chat.talk.notes == {}
        assert chat.system.of("POST", "/telegram/guests") == []

    async def test_a_number_of_another_account_takes_the_code_from_the_sms(self, chat: Chatting) -> None:
        await become_guest(chat)
        chat.system.refuse("POST", "/telegram/guests", "proof-required", sign_in_id="i_1")
        assert "SMS" in await chat.press("Нет, не надо")

        chat.system.refuse("POST", "/telegram/guests/prove", "wrong-code", status=422, attempts_left=2)
        assert "2 попытки" in await chat.say("000000")
        chat.system.on("POST", "/telegram/guests/prove", {"id": "g_anna"})
        let_in(chat)
        assert "4 из 6" in await chat.say("123 456")
        assert chat.system.bodies("POST", "/telegram/guests/prove")[-1] == {"sign_in_id": "i_1", "code": "123456"}

    async def test_a_second_registration_shows_the_balance(self, guest: Chatting) -> None:
        assert "4 из 6" in await guest.say("/start r_zerno")
        assert guest.system.of("POST", "/telegram/guests") == []

    async def test_who_is_known_from_now_on_is_asked_anew(self, chat: Chatting) -> None:
        """The gateway remembers an assertion's answer for seconds: after registering another one is used."""
        await become_guest(chat)
        chat.system.on("POST", "/telegram/guests", {"id": "g_anna"}, status=201)
        let_in(chat)
        await chat.press("Нет, не надо")
        (registering,) = chat.system.of("POST", "/telegram/guests")
        after = chat.system.of("GET", "/accounts/me")[-1]
        assert registering.headers["Authorization"] != after.headers["Authorization"]

    async def test_a_link_of_no_shop(self, chat: Chatting) -> None:
        chat.system.refuse("GET", "/shops/nowhere/card", "shop-not-found", status=404)
        assert "Такой кофейни нет" in await chat.say("/start r_nowhere")

    async def test_redis_flushed_between_contact_and_consent(self, chat: Chatting) -> None:
        await chat.say("/start r_zerno")
        await chat.share("79130008323")
        agree = chat.behind("Согласен")
        screen = chat.talk.screen
        chat.talks.kept.clear()
        shown = await chat.press_data(agree, message_id=screen)
        assert "Вы пока нигде не гость" in shown
        assert chat.toasts[-1] == "Эта кнопка устарела. Вот что сейчас."


class TestMenu:
    async def test_the_only_shop_opens_by_itself(self, guest: Chatting) -> None:
        assert "☕☕☕☕○○ 4 из 6" in await guest.say("/start")
        assert "Ещё 2 чашки — и подарок: капучино 0,2 л" in guest.screen

    async def test_several_shops_are_a_choice_and_data_never_mixes(self, guest: Chatting) -> None:
        shops = [{"slug": slug, "name": slug.title(), "as": ["guest"]} for slug in ("zerno", "listok")]
        guest.system.on("GET", "/telegram/shops", {"shops": shops})
        guest.system.on("GET", "/shops/listok/card", {"slug": "listok", "name": "Listok", "bot_username": None})
        await guest.say("/start")
        other = guest.behind("Listok")
        await guest.press("Zerno")
        await guest.press_data(other)  # under the older message
        assert guest.screen.startswith("☕ Listok")
        assert guest.talk.shop == "listok"

    async def test_a_button_edits_and_a_word_replaces(self, guest: Chatting) -> None:
        await guest.say("/start")
        first = guest.talk.screen
        await guest.press("История")
        assert guest.talk.screen == first
        await guest.say("/start")
        assert [each.message_id for each in guest.paper.calls if isinstance(each, DeleteMessage)] == [first]

    async def test_history_says_what_was_undone(self, guest: Chatting) -> None:
        lines = [operation(undone=True, amount=35_000), operation(kind="gift", cups=0, points=-100)]
        guest.system.on("GET", "/accounts/me", account(operations=lines))
        await guest.say("/start")
        shown = await guest.press("История")
        assert "1 чашка · 350 ₽ · отменено" in shown
        assert "−1 балл" in shown

    async def test_qr_is_a_picture_with_the_short_code_and_goes_away_again(self, guest: Chatting) -> None:
        guest.system.on("GET", "/guests/me", {"short_code": "K7M2PX"})
        await guest.say("/start")
        await guest.press("QR")
        (photo,) = [each for each in guest.paper.calls if isinstance(each, SendPhoto)]
        assert "K7M2PX" in (photo.caption or "")
        await guest.press_data(guest_button(photo), message_id=777)
        assert [each.message_id for each in guest.paper.calls if isinstance(each, DeleteMessage)] == [777]

    async def test_the_live_code_or_the_offline_one(self, guest: Chatting) -> None:
        guest.system.on("GET", "/accounts/me", account(gifts=1))
        guest.system.on("GET", "/accounts/me/offline-code", {"code": "12345678", "valid_seconds": 45})
        await guest.say("/start")
        assert "1234 5678" in await guest.press("Код подарка")
        message = {"template": "gift-code", "text": "Код 402913"}
        guest.system.on("GET", "/inbox", {"messages": [message]})
        await guest.press("Назад")
        assert "402913" not in await guest.press("Код подарка"), "a code that was used is no code"
        guest.system.on("GET", "/accounts/me", account(gifts=1, gift_request={"gift_id": "g"}))
        await guest.press("Назад")
        assert "402913" in await guest.press("Код подарка")


class TestTalking:
    @pytest.mark.parametrize(("stars", "asks"), [(None, True), (2, False)])
    async def test_a_visit_that_has_its_stars_is_not_asked_about_again(
        self, guest: Chatting, stars: int | None, asks: bool
    ) -> None:
        guest.system.on("GET", "/feedback/mine", {"open_rating": {"id": "r_1", "stars": stars}, "threads": []})
        await guest.say("/start")
        assert ("⭐ Оцените визит" in guest.buttons.values()) is asks

    async def test_a_low_rating_asks_for_words_and_they_reach_the_owner(self, guest: Chatting) -> None:
        guest.system.on("POST", "/feedback/ratings/r_1", {"id": "r_1"})
        await guest.say("/start")
        assert "что было не так" in await guest.press_data("rate:r_1:2")
        assert "передали" in await guest.say("Холодный кофе")
        assert guest.system.bodies("POST", "/feedback/ratings/r_1") == [
            {"stars": 2},
            {"stars": 2, "comment": "Холодный кофе"},
        ]

    async def test_a_request_is_rated_in_the_shop_it_came_from(self, guest: Chatting) -> None:
        """The button does not tell the shop; where the rating is unknown it is no answer."""
        shops = [{"slug": slug, "name": slug, "as": ["guest"]} for slug in ("listok", "zerno")]
        guest.system.on("GET", "/telegram/shops", {"shops": shops})
        guest.system.on("GET", "/shops/listok/card", {"slug": "listok", "name": "L", "bot_username": None})
        answers = iter([(404, {"type": "urn:bezkart:problem:rating-not-found"}), (200, {"id": "r_1"})])

        def answer(_request: httpx.Request) -> httpx.Response:
            status, body = next(answers)
            return httpx.Response(status, json=body)

        guest.system.answers["POST", "/feedback/ratings/r_1"] = answer
        await guest.say("/start")
        assert "Спасибо" in await guest.press_data("rate:r_1:5")
        assert guest.talk.shop == "zerno"

    async def test_a_rating_that_expired_says_so(self, guest: Chatting) -> None:
        guest.system.refuse("POST", "/feedback/ratings/r_1", "rating-expired", status=410)
        await guest.say("/start")
        assert "4 из 6" in await guest.press_data("rate:r_1:5", age=7 * 86_400)
        assert "устарела" in (guest.toasts[-1] or "")

    async def test_a_letter_is_sent_once_however_often_it_is_pressed(self, guest: Chatting) -> None:
        guest.system.on("POST", "/feedback/threads", {"id": "t_1"}, status=201)
        await guest.say("/start")
        await guest.press("Написать владельцу")
        await guest.press("Новое сообщение")
        await guest.say("Где овсяное молоко?")
        send, screen = guest.behind("связаться"), guest.talk.screen
        await guest.press_data(send, message_id=screen)
        await guest.press_data(send, message_id=screen)
        assert guest.system.bodies("POST", "/feedback/threads") == [{"text": "Где овсяное молоко?", "contact_me": True}]
        assert "устарела" in (guest.toasts[-1] or "")

    async def test_too_long_a_letter(self, guest: Chatting) -> None:
        await guest.say("/start")
        await guest.press("Написать владельцу")
        await guest.press("Новое сообщение")
        assert "не больше 2000" in await guest.say("ы" * 2001)
        assert guest.talk.step == "write"

    async def test_a_survey(self, guest: Chatting) -> None:
        guest.system.on("POST", "/feedback/surveys/n_1/answers", {"survey_id": "n_1", "score": 10})
        await guest.say("/start")
        assert "учтён" in await guest.press_data("nps:n_1:10")
        assert guest.system.bodies("POST", "/feedback/surveys/n_1/answers") == [{"score": 10}]


class TestOwnData:
    async def test_language_and_consents(self, guest: Chatting) -> None:
        guest.system.on("GET", "/guests/me", {"consents": {"processing": True, "advertising": True}})
        guest.system.on("GET", "/inbox/settings", {"receipts": True, "ratings": True})
        guest.system.on("PUT", "/inbox/settings", {})
        guest.system.on("PUT", "/guests/me/consents/advertising", {})
        guest.system.on("PATCH", "/guests/me", {})
        await guest.say("/start")
        await guest.press("Настройки")
        await guest.press("Сообщения о покупках")
        await guest.press("Предложения")
        assert "Settings" in await guest.press("English")
        assert guest.system.bodies("PUT", "/inbox/settings") == [{"receipts": False}]
        assert guest.system.bodies("PUT", "/guests/me/consents/advertising") == [{"granted": False}]

    async def test_export_is_a_document_with_every_services_part(self, guest: Chatting) -> None:
        guest.system.on("GET", "/guests/me", {"name": "Анна", "masked_phone": "+7"})
        for path in ("/guests/me/export", "/accounts/me/export", "/inbox/export", "/feedback/mine/export"):
            guest.system.on("GET", path, {"from": path})
        await guest.say("/start")
        await guest.press("Мои данные")
        await guest.press("Скачать")
        (document,) = [each for each in guest.paper.calls if isinstance(each, SendDocument)]
        assert isinstance(document.document, BufferedInputFile)
        told = json.loads(document.document.data)
        assert {part["from"] for name, part in told.items() if name != "shop"} == {
            "/guests/me/export",
            "/accounts/me/export",
            "/inbox/export",
            "/feedback/mine/export",
        }

    async def test_erasure_is_asked_twice(self, guest: Chatting) -> None:
        guest.system.on("GET", "/guests/me", {"name": "Анна", "masked_phone": "+7"})
        guest.system.on("DELETE", "/guests/me")
        await guest.say("/start")
        await guest.press("Мои данные")
        await guest.press("Удалить")
        assert guest.system.of("DELETE", "/guests/me") == []
        assert "удалены" in await guest.press("Да, удалить")


def guest_button(photo: SendPhoto | SendMessage) -> str:
    assert isinstance(photo.reply_markup, InlineKeyboardMarkup)
    data = photo.reply_markup.inline_keyboard[0][0].callback_data
    assert data is not None
    return data
