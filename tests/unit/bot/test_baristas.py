"""The terminal in a chat, and the owner's side of letters."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.bot.screens.action import LONGEST
from tests.unit.bot.chatting import Chatting, account, operation


def soon(**ahead: float) -> str:
    return (datetime.now(UTC) + timedelta(**ahead)).isoformat()


def receipt(**facts: Any) -> dict[str, Any]:
    known = {"purchase_id": "p_1", "cups": 2, "gifts_earned": 0, "points_earned": 0, "points_spent": 0}
    return {**known, **facts}


def requested() -> dict[str, Any]:
    words = {"ru": "капучино 0,2 л", "en": "cappuccino"}
    request = {"gift_id": "gift_1", "words": words, "until": soon(minutes=10), "sends": 1, "message_key": "gift_1:1"}
    return account(gifts=1, gift_request=request, version=50)


class TestFinding:
    async def test_four_digits_and_two_taps(self, barista: Chatting) -> None:
        barista.system.on("POST", "/purchases", receipt(), status=201)
        assert "Борис" in await barista.say("/start")
        assert "83-23" in await barista.say("8323")
        assert "Записали 2 чашки" in await barista.press("+2")
        assert barista.system.bodies("POST", "/guests/search") == [{"last4": "8323"}]
        assert barista.system.bodies("POST", "/purchases") == [
            {"guest_id": "g_anna", "cups": 2, "terminal": "telegram"}
        ]

    @pytest.mark.parametrize(
        ("typed", "asked"),
        [("k7m2px", {"code": "K7M2PX"}), ("8 913 000-83-23", {"phone": "8 913 000-83-23"})],
    )
    async def test_by_code_or_number(self, barista: Chatting, typed: str, asked: dict[str, str]) -> None:
        await barista.say("/start")
        await barista.say(typed)
        assert barista.system.bodies("POST", "/guests/search") == [asked]

    async def test_several_are_told_apart(self, barista: Chatting) -> None:
        found = [{"id": f"g_{name}", "name": name, "masked_phone": "+7 ••-83-23"} for name in ("anna", "oleg")]
        barista.system.on("POST", "/guests/search", {"guests": found})
        barista.system.on("GET", "/accounts", {"accounts": [account(guest_id="g_oleg")]})
        await barista.say("/start")
        assert "Нашлись 2 гостя" in await barista.say("8323")
        assert next(iter(barista.buttons.values())).startswith("oleg · +7 ••-83-23 · 20 ноября")

    async def test_nobody(self, barista: Chatting) -> None:
        barista.system.on("POST", "/guests/search", {"guests": []})
        await barista.say("/start")
        assert "Гостя 8323 нет" in await barista.say("8323")

    async def test_register_with_the_consents_of_the_guest(self, barista: Chatting) -> None:
        barista.system.on("POST", "/guests", {"id": "g_anna"}, status=201)
        await barista.say("/start")
        await barista.press("Новый гость")
        assert "Проверьте номер" in await barista.say("не номер")
        await barista.say("8 913 000-83-23")
        assert "зарегистрирован" in await barista.press("Только обработка")
        (body,) = barista.system.bodies("POST", "/guests")
        assert body == {"phone": "8 913 000-83-23", "consents": {"processing": True, "advertising": False}}


class TestWhoBroughtTheGuest:
    async def test_a_newcomer_is_tied_to_a_friend(self, barista: Chatting) -> None:
        barista.system.on("GET", "/accounts/g_anna", account(purchases=0, referred=False, tier="bronze"))
        barista.system.on("POST", "/accounts/g_anna/referral", account())
        await barista.say("/start")
        await barista.say("8323")
        assert "код друга" in await barista.press("Кто пригласил")
        assert "Записали, кто пригласил" in await barista.say("abcd efgh-ijkl mnop qrst")
        assert barista.system.bodies("POST", "/accounts/g_anna/referral") == [{"code": "abcdefghijklmnopqrst"}]

    async def test_a_wrong_code_is_asked_for_again(self, barista: Chatting) -> None:
        barista.system.on("GET", "/accounts/g_anna", account(purchases=0, referred=False, tier="bronze"))
        problem = {"type": "urn:bezkart:problem:referral-code-unknown", "title": "?", "status": 422}
        barista.system.on("POST", "/accounts/g_anna/referral", problem, status=422)
        await barista.say("/start")
        await barista.say("8323")
        await barista.press("Кто пригласил")
        asked_again = await barista.say("не код")
        assert "Такого кода нет" in asked_again
        assert "код друга" in asked_again

    @pytest.mark.parametrize("facts", [{"purchases": 1}, {"referred": True}, {"tier": None}], ids=str)
    async def test_nobody_else_is_asked(self, barista: Chatting, facts: dict[str, Any]) -> None:
        barista.system.on("GET", "/accounts/g_anna", account(**{"purchases": 0, "tier": "bronze", **facts}))
        await barista.say("/start")
        await barista.say("8323")
        assert "Кто пригласил" not in barista.buttons.values()


class TestRecording:
    async def test_pressed_twice_it_asks_for_the_same(self, barista: Chatting) -> None:
        barista.system.on("POST", "/purchases", receipt(), status=201)
        await barista.say("/start")
        await barista.say("8323")
        cups, screen = barista.behind("+2"), barista.talk.screen
        await barista.press_data(cups, message_id=screen)
        await barista.press_data(cups, message_id=screen)
        first, second = (each.headers["Idempotency-Key"] for each in barista.system.of("POST", "/purchases"))
        assert first == second

    async def test_the_next_purchase_is_another_one(self, barista: Chatting) -> None:
        barista.system.on("POST", "/purchases", receipt(), status=201)
        await barista.say("/start")
        await barista.say("8323")
        barista.system.on("GET", "/accounts/g_anna", account(version=41))
        await barista.press("+2")
        await barista.press("+2")
        first, second = (each.headers["Idempotency-Key"] for each in barista.system.of("POST", "/purchases"))
        assert first != second

    async def test_other_cups_on_the_same_screen_are_refused(self, barista: Chatting) -> None:
        barista.system.refuse("POST", "/purchases", "idempotency-key-reused", status=422)
        await barista.say("/start")
        await barista.say("8323")
        assert "уже записана" in await barista.press("+3")

    async def test_a_screen_of_yesterday_moves_nothing(self, barista: Chatting) -> None:
        await barista.say("/start")
        await barista.say("8323")
        shown = await barista.press_data(barista.behind("+2"), age=13 * 3600)
        assert "83-23" in shown
        assert barista.system.of("POST", "/purchases") == []
        assert "устарела" in (barista.toasts[-1] or "")

    async def test_amount_and_points(self, barista: Chatting) -> None:
        barista.system.on("POST", "/purchases", receipt(points_spent=10_000), status=201)
        barista.system.on("GET", "/accounts/g_anna", account(points=10_000, tier="bronze"))
        barista.system.on("GET", "/program", {"points": {"max_share": 50}})
        await barista.say("/start")
        await barista.say("8323")
        await barista.press("Сумма чека")
        assert "Нужно число" in await barista.say("триста")
        assert "Чек: 350,50 ₽" in await barista.say("350,50")
        assert "Баллами: 100 баллов" in await barista.press("Списать баллы")
        assert "Списано 100 баллов" in await barista.press("+1")
        (body,) = barista.system.bodies("POST", "/purchases")
        assert (body["amount"], body["spend_points"]) == (35_050, 10_000)

    async def test_undo_what_may_still_be_undone(self, barista: Chatting) -> None:
        line = operation(undoable_until=soon(minutes=10), cups=2)
        barista.system.on("GET", "/accounts/g_anna", account(operations=[line]))
        barista.system.on("POST", "/purchases/p_1/undo", {})
        await barista.say("/start")
        await barista.say("8323")
        assert "Отменили 2 чашки" in await barista.press("Отменить: 2 чашки")

    async def test_the_systems_no_stands_beside_the_card(self, barista: Chatting) -> None:
        barista.system.refuse("POST", "/purchases", "too-soon")
        await barista.say("/start")
        await barista.say("8323")
        shown = await barista.press("+1")
        assert "только что записали" in shown
        assert "83-23" in shown


class TestGift:
    async def test_request_type_issue(self, barista: Chatting) -> None:
        barista.system.on("GET", "/accounts/g_anna", account(gifts=1))
        barista.system.on("POST", "/gifts/request", {}, status=201)
        await barista.say("/start")
        await barista.say("8323")
        ask = barista.behind("Выдать подарок")
        barista.system.on("GET", "/accounts/g_anna", requested())
        assert "Введите 6 цифр" in await barista.press_data(ask)
        barista.system.refuse("POST", "/gifts/gift_1/issue", "wrong-code", status=422, attempts_left=4)
        assert "4 попытки" in await barista.say("111111")
        barista.system.on("POST", "/gifts/gift_1/issue", {"words": {"ru": "капучино 0,2 л", "en": "c"}})
        assert "Подарок выдан" in await barista.say("402 913")
        assert barista.system.bodies("POST", "/gifts/gift_1/issue")[-1] == {"guest_id": "g_anna", "code": "402913"}

    async def test_the_guests_own_code(self, barista: Chatting) -> None:
        barista.system.on("GET", "/accounts/g_anna", account(gifts=1))
        barista.system.on("POST", "/gifts/issue-offline", {"words": {"ru": "капучино", "en": "c"}})
        await barista.say("/start")
        await barista.say("8323")
        await barista.press("Код без сети")
        assert "восемь цифр" in await barista.say("123")
        assert "Подарок выдан" in await barista.say("1234 5678")
        assert barista.system.bodies("POST", "/gifts/issue-offline") == [{"guest_id": "g_anna", "code": "12345678"}]

    async def test_by_sms(self, barista: Chatting) -> None:
        barista.system.on("GET", "/accounts/g_anna", requested())
        barista.system.on("GET", "/messages", {"messages": [{"id": "m_1"}]})
        barista.system.on("POST", "/messages/m_1/escalate", {})
        await barista.say("/start")
        await barista.say("8323")
        assert "по SMS" in await barista.press("Отправить по SMS")
        assert barista.system.bodies("POST", "/messages/m_1/escalate") == [{"channel": "sms"}]

    async def test_another_guest_meanwhile(self, barista: Chatting) -> None:
        barista.system.on("GET", "/accounts/g_anna", requested())
        await barista.say("/start")
        await barista.say("8323")
        await barista.say("1122")
        assert barista.system.bodies("POST", "/guests/search")[-1] == {"last4": "1122"}


class TestWorkingHere:
    async def test_an_invitation_links(self, barista: Chatting) -> None:
        linked = {"role": "barista", "name": "Борис", "shop": "zerno", "shop_name": "Зерно"}
        barista.system.on("POST", "/telegram/staff-links", linked)
        assert "теперь ваш терминал" in await barista.say("/start staff_Ab_c-9")
        assert barista.system.bodies("POST", "/telegram/staff-links") == [{"code": "Ab_c-9"}]

    async def test_an_invitation_that_is_gone(self, barista: Chatting) -> None:
        barista.system.refuse("POST", "/telegram/staff-links", "invitation-gone", status=410)
        assert "Попросите новое" in await barista.say("/start staff_x")

    async def test_dismissed_in_the_middle(self, barista: Chatting) -> None:
        await barista.say("/start")
        await barista.say("8323")
        barista.system.on("GET", "/telegram/shops", {"shops": []})
        for path in ("/sessions/current", "/accounts/g_anna", "/guests/g_anna"):
            barista.system.refuse("GET", path, "sign-in-required", status=401)
        barista.system.refuse("POST", "/purchases", "sign-in-required", status=401)
        shown = await barista.press("+1")
        assert "83-23" not in shown
        assert "больше не работаете" in (barista.toasts[-1] or "")

    async def test_the_owner_reads_and_answers(self, barista: Chatting) -> None:
        thread = {
            "id": "t_1",
            "guest_id": "g_anna",
            "state": "open",
            "contact_me": True,
            "rating": {"stars": 2, "comment": "Холодный"},
            "messages": [{"id": "m", "author": "guest", "text": "<b>Эй</b>", "at": "2026-11-20T09:00:00Z"}],
        }
        barista.system.on("GET", "/feedback/threads/t_1", thread)
        barista.system.on("POST", "/feedback/threads/t_1/messages", thread)
        await barista.say("/start")
        shown = await barista.press_data("thread:t_1")
        assert "⭐⭐" in shown
        assert "Холодный" in shown
        assert "<b>Эй</b>" in shown
        await barista.press("Ответить")
        await barista.say("Исправим")
        assert barista.system.bodies("POST", "/feedback/threads/t_1/messages") == [{"text": "Исправим"}]


async def test_every_button_fits_into_telegram(barista: Chatting) -> None:
    """The longest there is: a guest's id of full length and a version of many purchases."""
    guest_id = "g_" + "a" * 32
    anna = {"id": guest_id, "name": "Анна", "masked_phone": "+7", "has_telegram": True}
    barista.system.on("POST", "/guests/search", {"guests": [anna]})
    barista.system.on("GET", f"/guests/{guest_id}", anna)
    barista.system.on("GET", f"/accounts/{guest_id}", {**requested(), "version": 10**9, "guest_id": guest_id})
    await barista.say("/start")
    await barista.say("8323")
    assert all(len(data.encode()) <= LONGEST for data in barista.buttons)
