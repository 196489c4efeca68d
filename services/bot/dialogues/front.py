"""The front desk: every update comes here, finds its dialogue, and ends in a screen — whatever goes wrong on the way."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from aiogram.enums import ChatType
from aiogram.exceptions import TelegramForbiddenError
from aiogram.types import CallbackQuery, InaccessibleMessage, MaybeInaccessibleMessageUnion, Message, Update, User

from bezkart.kit.assertion import Acting
from bezkart.kit.clock import Clock
from bezkart.kit.glossary import Glossary
from bezkart.kit.vault import Envelopes
from services.bot.dialogues import barista, gift, guest, letters, mailings, offers, own_settings, owner, rating, reports
from services.bot.dialogues.barista import Enlisting
from services.bot.dialogues.registration import Registration
from services.bot.dialogues.start import Start
from services.bot.dialogues.trouble import Trouble
from services.bot.dialogues.turn import Person, Pressed, Said, Stale, Turn
from services.bot.gateway_client import Gateway
from services.bot.screens.action import unpack
from services.bot.screens.screen import Screen
from services.bot.store import Talks
from services.bot.telegram.bots import OneBot
from services.bot.telegram.chat import LONGEST_TEXT, Chat

log = structlog.get_logger(__name__)

_LATE: Final = timedelta(hours=12)  # keys are remembered for 24 h
_OUTDATED: Final = timedelta(hours=48)
_AGELESS: Final = frozenset({"drop", "shops", "rate", "nps", "thread", "unsub"})
_ACTING: Final[dict[str, Acting]] = {"g": "guest", "s": "staff"}


class Front:
    def __init__(
        self, *, gateway: Gateway, talks: Talks, glossary: Glossary, envelopes: Envelopes, clock: Clock, pages: str
    ) -> None:
        self._gateway = gateway
        self._talks = talks
        self._glossary = glossary
        self._clock = clock
        self._pages = pages
        self._registration = Registration(envelopes)
        self._start = Start(self._registration)
        self._trouble = Trouble(self._start)
        enlisting = Enlisting(envelopes)
        modules = (guest, offers, own_settings, rating, letters, barista, gift, owner, reports, mailings)
        self._actions: dict[str, Pressed] = {
            "shops": self._start.choose,
            **self._registration.actions,
            **enlisting.actions,
        }
        for module in modules:
            self._actions |= module.ACTIONS
        self._steps: dict[str, Said] = {**self._registration.steps, **enlisting.steps}
        for module in (rating, letters, barista, gift, owner):
            self._steps |= module.STEPS

    async def handle(self, one: OneBot, update: Update) -> None:
        """Raises what Telegram answers: one who has blocked the bot is left alone."""
        query, message = update.callback_query, update.message
        if update.my_chat_member and update.my_chat_member.new_chat_member.status == "kicked":
            await self._talks.forget(one.id, update.my_chat_member.from_user.id)
        elif query:
            await self._with_turn(one, query.from_user, update, lambda turn, chat: self._pressed(turn, chat, query))
        elif message and message.from_user and message.chat.type == ChatType.PRIVATE:
            await self._with_turn(one, message.from_user, update, lambda turn, chat: self._heard(turn, chat, message))

    async def _with_turn(
        self, one: OneBot, user: User, update: Update, work: Callable[[Turn, Chat], Awaitable[None]]
    ) -> None:
        talk = await self._talks.load(one.id, user.id)
        person = Person(user.id, user.first_name, (user.language_code or "")[:2])
        turn = Turn(
            person=person,
            talk=talk,
            gateway=self._gateway,
            glossary=self._glossary,
            now=self._clock.now(),
            key=f"{one.id}:{update.update_id}",
            pages=self._pages,
            only_shop=one.shop,
        )
        try:
            await work(turn, Chat(one.bot, user.id))
        except TelegramForbiddenError:
            await self._talks.forget(one.id, user.id)
            raise
        await self._talks.save(one.id, user.id, talk)

    # --- buttons

    async def _pressed(self, turn: Turn, chat: Chat, query: CallbackQuery) -> None:
        message_id = query.message.message_id if query.message else 0
        data = query.data or ""
        turn.key = f"{turn.key.partition(':')[0]}:{turn.person.id}:{message_id}"
        age = turn.now - _shown_at(query.message) if query.message else _OUTDATED
        turn.late = age > _LATE
        try:
            screen = await self._trouble.spared(
                turn, lambda: self._act(turn, data, outdated=age > _OUTDATED), again=data
            )
            if turn.remove_pressed:
                await chat.remove(message_id)
            elif screen:
                await self._show(turn, chat, screen, over=message_id)
            await self._attach(turn, chat)
        finally:
            await chat.answer(query.id, turn.toast)

    async def _act(self, turn: Turn, data: str, *, outdated: bool) -> Screen | None:
        action = unpack(data)
        handler = self._actions.get(action.verb)
        if handler is None or (outdated and action.verb not in _AGELESS):
            raise Stale
        if acting := _ACTING.get(action.verb.partition(".")[0]):
            await turn.enter_marked(action.mark, acting)
        return await handler(turn, action)

    # --- words

    async def _heard(self, turn: Turn, chat: Chat, message: Message) -> None:
        before = turn.talk.screen
        screen = await self._trouble.spared(turn, lambda: self._answer(turn, message), again="")
        if turn.put_contact_button_away:
            await chat.put_contact_button_away(turn.voice("join.got_contact"))
        if screen:
            await self._show(turn, chat, screen, over=0)
            if before and before != turn.talk.screen:
                await chat.remove(before)  # one screen in a chat
        await self._attach(turn, chat)

    async def _answer(self, turn: Turn, message: Message) -> Screen | None:
        if message.contact:
            return await self._registration.share(turn, message.contact) or await self._start.menu(turn)
        if message.text is None:
            return await self._start.menu(turn, hint="hint.only_text")
        if len(message.text) > LONGEST_TEXT:
            return await self._start.menu(turn, hint="hint.too_long")
        if message.text.startswith("/"):
            return await self._start.command(turn, message.text)
        return await self._read(turn, message.text)

    async def _read(self, turn: Turn, text: str) -> Screen | None:
        """The answer to what was asked, a search, or words that nobody waits for."""
        if step := self._steps.get(turn.talk.step):
            return await step(turn, text)
        if turn.talk.shop and turn.talk.acting == "staff":
            return await barista.find(turn, text)
        return await self._start.menu(turn, hint="hint.buttons")

    # --- showing

    async def _show(self, turn: Turn, chat: Chat, screen: Screen, *, over: int) -> None:
        turn.talk.screen = await chat.show(screen, over=over)

    async def _attach(self, turn: Turn, chat: Chat) -> None:
        for attachment in turn.attachments:
            await chat.attach(attachment)


def _shown_at(message: MaybeInaccessibleMessageUnion) -> datetime:
    """When the screen under the button was made; of one that is too old to be told Telegram says 0."""
    if isinstance(message, InaccessibleMessage):
        return datetime.fromtimestamp(0, UTC)
    return datetime.fromtimestamp(message.edit_date, UTC) if message.edit_date else message.date
