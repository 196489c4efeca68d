"""Chats for the tests of the bot."""

import pytest

from tests.unit.bot.chatting import Chatting, account


@pytest.fixture
def chat() -> Chatting:
    """A person whom no shop knows, and the shop `zerno`."""
    chat = Chatting()
    chat.system.on("GET", "/telegram/shops", {"shops": []})
    chat.system.on("GET", "/shops/zerno/card", {"slug": "zerno", "name": "Зерно", "bot_username": None})
    chat.system.refuse("GET", "/accounts/me", "role-required", status=403)
    return chat


@pytest.fixture
def guest(chat: Chatting) -> Chatting:
    """A guest of `zerno` with four cups of six."""
    chat.system.on("GET", "/telegram/shops", {"shops": [{"slug": "zerno", "name": "Зерно", "as": ["guest"]}]})
    chat.system.on("GET", "/accounts/me", account())
    chat.system.on("GET", "/feedback/mine", {"open_rating": None, "threads": []})
    return chat


@pytest.fixture
def barista(chat: Chatting) -> Chatting:
    """One who works in `zerno`, and its guest Anna."""
    chat.system.on("GET", "/telegram/shops", {"shops": [{"slug": "zerno", "name": "Зерно", "as": ["staff"]}]})
    staff = {"id": "s_1", "login": "boris", "name": "Борис", "role": "barista"}
    shop = {"slug": "zerno", "name": "Зерно", "timezone": "Europe/Moscow", "currency": "RUB", "plan": "pro"}
    chat.system.on("GET", "/sessions/current", {"staff": staff, "shop": shop})
    anna = {"id": "g_anna", "name": "Анна", "masked_phone": "+7 ••• •••-83-23", "has_telegram": True}
    chat.system.on("POST", "/guests/search", {"guests": [anna]})
    chat.system.on("GET", "/guests/g_anna", anna)
    chat.system.on("GET", "/accounts/g_anna", account())
    return chat
