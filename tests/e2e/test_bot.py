"""The whole way in the bot: a guest registers, drinks, gets the gift, complains; a barista and the owner do their part in Telegram."""

import re
from collections.abc import Callable, Iterator

import pytest

from bezkart.local import Stack
from tests.e2e.cafe import Cafe, new_number
from tests.e2e.chats import Chat
from tests.e2e.phones import Phones, eventually

Meet = Callable[..., Chat]


@pytest.fixture
def meet(stack: Stack) -> Iterator[Meet]:
    chats: list[Chat] = []

    def begin(name: str, *, phone: str = "") -> Chat:
        chats.append(Chat(stack.document["phones"].removesuffix("/phone"), name, phone=phone))
        return chats[-1]

    yield begin
    for chat in chats:
        chat.close()


def join(chat: Chat, cafe: Cafe) -> None:
    chat.say(f"/start r_{cafe.slug}", shows="Поделитесь")
    chat.share_contact(shows="обработку данных")
    chat.press("Согласен", shows="предложения")
    chat.press("Нет, не надо", shows="0 из 6")


def work_here(chat: Chat, cafe: Cafe, role: str) -> None:
    chat.say(f"/start staff_{cafe.telegram_invitation(role)}", shows="теперь ваш терминал")


def test_from_registration_to_the_owners_answer(new_cafe: Cafe, meet: Meet) -> None:
    number = new_number()
    anna, boris, olga = meet("Анна", phone=f"+7{number[1:]}"), meet("Борис"), meet("Ольга")
    work_here(boris, new_cafe, "barista")
    work_here(olga, new_cafe, "owner")

    join(anna, new_cafe)
    boris.say(number[-4:], shows="Анна")
    boris.press("+6", shows="Гость заработал подарок")
    boris.press("Выдать подарок", shows="Введите 6 цифр")
    found = re.search(r"\b\d{6}\b", anna.sees("Код подарка"))
    assert found
    boris.say(found[0], shows="Подарок выдан")

    anna.sees("2 ★", in_buttons=True, seconds=60)  # asked some seconds after the purchase
    anna.press("2 ★", shows="Напишите, что было не так")
    anna.press("Добавить пару слов", shows="одним сообщением")
    anna.say("Капучино остыл", shows="передали владельцу")

    olga.sees("Капучино остыл")
    assert "Капучино остыл" in olga.press("Ответить", shows="👤 Анна")
    olga.press("Ответить", shows="Напишите ответ")
    olga.say("Простите! Следующий за наш счёт", shows="за наш счёт")
    assert "за наш счёт" in anna.sees("за наш счёт")


def test_a_gift_by_the_offline_code_while_no_message_gets_through(new_cafe: Cafe, meet: Meet) -> None:
    """The guest's chat shows the code that the barista's chat takes; nothing travels between them."""
    number = new_number()
    anna, boris = meet("Анна", phone=f"+7{number[1:]}"), meet("Борис")
    work_here(boris, new_cafe, "barista")
    join(anna, new_cafe)
    boris.say(number[-4:], shows="Анна")
    boris.press("+6", shows="Гость заработал подарок")
    anna.say("/start", shows="Вас ждёт 1 подарок")
    anna.press("Код подарка", shows="Назовите его баристе")
    found = re.search(r"(\d{4}) (\d{4})", anna.sees("Назовите его баристе"))
    assert found
    boris.press("Код без сети", shows="8 цифр")
    boris.say("".join(found.groups()), shows="Подарок выдан")


def test_a_number_moves_to_another_account_with_a_code_by_sms(new_cafe: Cafe, meet: Meet, phones: Phones) -> None:
    number = new_number()
    phone = f"+7{number[1:]}"
    join(meet("Анна", phone=phone), new_cafe)
    other = meet("Анна", phone=phone)
    other.say(f"/start r_{new_cafe.slug}", shows="Поделитесь")
    other.share_contact(shows="обработку данных")
    other.press("Согласен", shows="предложения")
    other.press("Да, присылайте", shows="уже привязан к другому Telegram")
    code = eventually(lambda: phones.codes("smsc", phone))[-1]
    other.say("000000" if code != "000000" else "111111", shows="Код не подходит")
    other.say(code, shows="0 из 6")
