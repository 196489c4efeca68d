"""What people see when something is wrong: never silence, never a technical word."""

import pytest
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.methods import EditMessageText, SendMessage

from tests.unit.bot.chatting import ANNA, Chatting, account


async def test_the_gateway_is_down_and_comes_back(guest: Chatting) -> None:
    await guest.say("/start")
    guest.system.down = True
    assert "не получается связаться" in await guest.press("История")
    guest.system.down = False
    assert "История · Зерно" in await guest.press("Попробовать ещё раз")


async def test_a_word_while_the_gateway_is_down_can_be_said_again(guest: Chatting) -> None:
    guest.system.on("POST", "/feedback/ratings/r_1", {"id": "r_1"})
    await guest.say("/start")
    await guest.press_data("rate:r_1:2")
    await guest.press("Добавить")
    guest.system.down = True
    assert "ещё раз через минуту" in await guest.say("Холодно")
    guest.system.down = False
    assert "передали" in await guest.say("Холодно")


async def test_feedback_away_leaves_the_balance(guest: Chatting) -> None:
    guest.system.refuse("GET", "/feedback/mine", "service-unavailable", status=503)
    assert "4 из 6" in await guest.say("/start")


@pytest.mark.parametrize(
    "data", ["", "x", "g.home", "rate", "rate:r", "rate:r:9", "nps:s:99", "s.cup1@aaaaa", "🤷" * 16]
)
async def test_invented_buttons(guest: Chatting, data: str) -> None:
    await guest.say("/start")
    assert "4 из 6" in await guest.press_data(data)
    assert "устарела" in (guest.toasts[-1] or "")


async def test_a_button_a_week_old_shows_what_holds_now(guest: Chatting) -> None:
    await guest.say("/start")
    assert "4 из 6" in await guest.press_data(guest.behind("История"), age=7 * 86_400)
    assert "устарела" in (guest.toasts[-1] or "")


async def test_every_button_is_answered(guest: Chatting) -> None:
    await guest.say("/start")
    guest.paper.failing = TelegramBadRequest(EditMessageText(text="x"), "Bad Request: strange")
    with pytest.raises(TelegramBadRequest):
        await guest.press("История")
    assert len(guest.toasts) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"dice": {"emoji": "🎲", "value": 1}}, "Здесь понятны только слова и кнопки"),
        ({"text": "ы" * 4097}, "слишком длинное"),
        ({"text": "когда открываетесь?"}, "Написать владельцу"),
    ],
)
async def test_what_nobody_asked_for(guest: Chatting, content: dict[str, object], words: str) -> None:
    await guest.say("/start")
    assert words.lower() in (await guest.send(**content)).lower()


async def test_a_sticker_in_the_middle_keeps_what_is_asked(guest: Chatting) -> None:
    await guest.say("/start")
    await guest.press("Написать владельцу")
    await guest.press("Новое сообщение")
    await guest.send(dice={"emoji": "🎲", "value": 1})
    assert guest.talk.step == "write"


async def test_one_who_blocked_the_bot_is_left_alone(guest: Chatting) -> None:
    await guest.say("/start")
    guest.paper.failing = TelegramForbiddenError(SendMessage(chat_id=ANNA, text="x"), "bot was blocked by the user")
    with pytest.raises(TelegramForbiddenError):
        await guest.say("/start")
    assert guest.talks.kept == {}


async def test_a_message_that_cannot_be_edited_is_sent_anew(guest: Chatting) -> None:
    await guest.say("/start")
    guest.paper.failing = TelegramBadRequest(EditMessageText(text="x"), "Bad Request: message to edit not found")
    guest.paper.failing_at = (EditMessageText,)
    await guest.press("История")
    assert isinstance(guest.shown[-1], SendMessage)
    assert "История" in guest.screen


async def test_groups_are_none_of_its_business(guest: Chatting) -> None:
    await guest.say("/start")
    before = len(guest.paper.calls)
    await guest.send(text="/start", chat={"id": -5, "type": "group", "title": "x"})
    assert len(guest.paper.calls) == before


async def test_a_shops_own_bot_knows_that_shop_only() -> None:
    own = Chatting(shop="zerno")
    shops = [{"slug": slug, "name": slug, "as": ["guest"]} for slug in ("zerno", "listok")]
    own.system.on("GET", "/telegram/shops", {"shops": shops})
    own.system.on("GET", "/shops/zerno/card", {"slug": "zerno", "name": "Зерно", "bot_username": None})
    own.system.on("GET", "/accounts/me", account())
    own.system.on("GET", "/feedback/mine", {"open_rating": None, "threads": []})
    assert "Зерно" in await own.say("/start r_listok")
    assert own.talk.shop == "zerno"
    assert not own.system.of("GET", "/shops/listok/card")
