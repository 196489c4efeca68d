"""What readers get beside words: buttons, topics they may switch off, a number they have just typed."""

import pytest

from bezkart.kernel.wording import render
from services.notifications.domain.buttons import Button, rows
from services.notifications.domain.catalogue import CATALOGUE, GIFT_CODE, OUTSIDE_INBOX, SIGN_IN_CODE, TOPICS
from services.notifications.domain.routes import Routes


def test_buttons_stand_in_rows_from_the_top() -> None:
    low, left, right = Button("0", "a", row=3), Button("1", "b"), Button("2", "c")
    assert rows([low, left, right]) == [[left, right], [low]]
    assert rows([]) == []


def test_codes_cannot_be_switched_off() -> None:
    assert TOPICS == ("ratings", "receipts", "reminders")
    assert (GIFT_CODE.topic, SIGN_IN_CODE.topic, CATALOGUE["owner-reply"].topic) == ("", "", "")


def test_a_code_that_proves_a_number_lies_in_no_inbox() -> None:
    assert {"sign-in-code", "digest"} == OUTSIDE_INBOX
    assert SIGN_IN_CODE.secret


def test_a_typed_number_goes_before_the_known_one() -> None:
    known = Routes("g_1", phone="known", masked_phone="•", telegram="t", dead={"sms": "undeliverable", "telegram": "x"})
    typed = known.typed("typed")
    assert (typed.sealed("sms"), typed.obstacle("sms"), typed.masked("sms")) == ("typed", None, "")
    assert typed.obstacle("telegram") == "x"
    assert known.typed(None) is known


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("sign-in-code", {"code": "123456"}, "123456 — код для входа. Никому его не называйте."),
        ("rating-request", {"hours": 24}, "Как вам у нас сегодня? Поставьте оценку от 1 до 5."),
        ("low-rating", {"stars": 2}, "Низкая оценка: 2 из 5."),
        ("low-rating", {"stars": 2, "comment": "Холодный"}, "Низкая оценка: 2 из 5.\n«Холодный»"),
        ("low-rating-reminder", {"stars": 1, "hours": 24}, "Гость ждёт ответа уже 24 часа: оценка 1 из 5."),
        ("guest-message", {"text": "Привет", "contact_me": 0}, "Вам написал гость:\n«Привет»"),
        (
            "guest-message",
            {"text": "[Привет] {x}", "contact_me": 1},
            "Вам написал гость:\n«[Привет] {x}»\nПросит с ним связаться.",
        ),
        ("owner-reply", {"text": "Спасибо!", "shop_name": "Зерно"}, "Вам ответили (Зерно):\nСпасибо!"),
        ("nps-request", {}, "Оцените от 0 до 10, насколько вероятно, что вы посоветуете нас друзьям."),
    ],
)
def test_the_words_of_feedback_and_of_signing_in(name: str, values: dict[str, str | int], said: str) -> None:
    assert render(CATALOGUE[name].texts["ru"], values, "ru") == said
