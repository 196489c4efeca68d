"""What a person does in Telegram: writes, presses a button, shares a contact, sends a sticker. The bot hears of it as an update."""

from time import time
from typing import Any, Final

from bezkart.local.standins.received import note
from bezkart.local.standins.telegram import GUEST, MAIN_BOT, Telegram
from bezkart.local.standins.telegram_messages import chat

_LANGUAGE: Final = "ru"


class NoSuchButton(Exception):
    """No message of the chat has it."""


class People:
    """`bot` is the id of the one they talk to: by default the one of all shops."""

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram

    async def say(self, person: str, text: str, *, bot: str = MAIN_BOT, name: str = GUEST) -> int | None:
        """The update's id."""
        said: dict[str, Any] = {"text": text}
        if text.startswith("/"):
            said["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}]
        return await self._send(person, said, shown=text, bot=bot, name=name)

    async def share(
        self, person: str, phone: str, *, owner: str = "", bot: str = MAIN_BOT, name: str = GUEST
    ) -> int | None:
        """A contact: one's own, or that of the account `owner`."""
        contact = {"phone_number": phone, "first_name": name, "user_id": int(owner or person)}
        self._telegram.keyboards.pop(person, None)  # the button is one for a single use
        return await self._send(person, {"contact": contact}, shown=f"☎ {phone}", bot=bot, name=name)

    async def send_sticker(self, person: str, *, bot: str = MAIN_BOT, name: str = GUEST) -> int | None:
        size = {"width": 512, "height": 512, "is_animated": False, "is_video": False, "type": "regular"}
        sticker = {"file_id": "sticker", "file_unique_id": "sticker", "emoji": "☕", **size}
        return await self._send(person, {"sticker": sticker}, shown="☕", bot=bot, name=name)

    async def press(
        self, person: str, message_id: int, data: str, *, bot: str = MAIN_BOT, name: str = GUEST
    ) -> int | None:
        """The button that has `data` behind it, whether or not the message still shows it: people press late."""
        telegram = self._telegram
        message = telegram.message(bot, person, str(message_id))
        gone = {"message_id": message_id, "chat": chat(person, name), "date": 0}  # an InaccessibleMessage
        query = {"id": telegram.ask(person), "from": _person(person, name), "message": message or gone}
        told = {**query, "chat_instance": person, "data": data}
        telegram.toasts.pop(person, None)
        return await telegram.updates(bot).tell("callback_query", told)

    async def press_named(self, person: str, words: str, *, bot: str = MAIN_BOT, name: str = GUEST) -> int | None:
        """The latest button whose text holds `words`. Raises NoSuchButton."""
        for each in reversed(self._telegram.received.of(person)):
            for button in _buttons(each["extra"]):
                if words in button["text"] and "callback_data" in button:
                    return await self.press(person, int(each["id"]), button["callback_data"], bot=bot, name=name)
        raise NoSuchButton(words)

    async def _send(self, person: str, content: dict[str, Any], *, shown: str, bot: str, name: str) -> int | None:
        identity = next(self._telegram.ids)
        talk = {"from": _person(person, name), "chat": chat(person, name), "date": int(time())}
        self._telegram.received.show(person, note(str(identity), shown, kind="sent"))
        return await self._telegram.updates(bot).tell("message", {"message_id": identity, **talk, **content})


def _person(identity: str, name: str) -> dict[str, Any]:
    return {"id": int(identity), "is_bot": False, "first_name": name, "language_code": _LANGUAGE}


def _buttons(extra: dict[str, Any]) -> list[dict[str, Any]]:
    return [button for row in extra.get("reply_markup", {}).get("inline_keyboard", ()) for button in row]
