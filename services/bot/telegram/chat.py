"""One person's chat: one living screen that is edited in place, and files beside it."""

from contextlib import suppress
from typing import Final

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from services.bot.screens.screen import Attachment, Button, Screen

LONGEST_TEXT: Final = 4096
_UNCHANGED: Final = "message is not modified"


class Chat:
    def __init__(self, bot: Bot, chat_id: int) -> None:
        self._bot = bot
        self._id = chat_id

    async def show(self, screen: Screen, *, over: int = 0) -> int:
        """Put `screen` in the place of the message `over`, or below everything; the id of the message that shows it."""
        text = screen.text[:LONGEST_TEXT]
        if screen.contact_button:
            return await self._ask_contact(text, screen.contact_button)
        keyboard = _keyboard(screen.rows)
        if over:
            try:
                await self._bot.edit_message_text(text, chat_id=self._id, message_id=over, reply_markup=keyboard)
            except TelegramBadRequest as refusal:
                if _UNCHANGED not in refusal.message:  # gone, too old, or a picture
                    return await self._send(text, keyboard)
            return over
        return await self._send(text, keyboard)

    async def attach(self, attachment: Attachment) -> None:
        file = BufferedInputFile(attachment.content, attachment.name)
        keyboard = _keyboard(attachment.rows)
        if attachment.is_photo:
            await self._bot.send_photo(self._id, file, caption=attachment.caption or None, reply_markup=keyboard)
        else:
            await self._bot.send_document(self._id, file, caption=attachment.caption or None, reply_markup=keyboard)

    async def remove(self, message_id: int) -> None:
        """Whether or not it is still there."""
        with suppress(TelegramBadRequest):
            await self._bot.delete_message(self._id, message_id)

    async def put_contact_button_away(self, words: str) -> None:
        """Telegram takes a keyboard away only along with a message."""
        await self._bot.send_message(self._id, words, reply_markup=ReplyKeyboardRemove())

    async def answer(self, query_id: str, words: str) -> None:
        """The button stops waiting; for one pressed long ago it is too late, and nobody minds."""
        with suppress(TelegramBadRequest):
            await self._bot.answer_callback_query(query_id, text=words[:200] or None)

    async def _send(self, text: str, keyboard: InlineKeyboardMarkup | None) -> int:
        return (await self._bot.send_message(self._id, text, reply_markup=keyboard)).message_id

    async def _ask_contact(self, text: str, button: str) -> int:
        row = [KeyboardButton(text=button, request_contact=True)]
        keyboard = ReplyKeyboardMarkup(keyboard=[row], resize_keyboard=True, one_time_keyboard=True)
        return (await self._bot.send_message(self._id, text, reply_markup=keyboard)).message_id


def _keyboard(rows: tuple[tuple[Button, ...], ...]) -> InlineKeyboardMarkup | None:
    if not rows:
        return None
    buttons = [[InlineKeyboardButton(text=each.text, callback_data=each.action) for each in row] for row in rows]
    return InlineKeyboardMarkup(inline_keyboard=buttons)
