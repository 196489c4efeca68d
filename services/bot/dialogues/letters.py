"""Messages to the owner (F51): the guest's side."""

from typing import Final

from services.bot.dialogues.turn import Pressed, Said, Stale, Turn
from services.bot.gateway_client import part
from services.bot.screens import talking as screens
from services.bot.screens.action import Action
from services.bot.screens.screen import Screen


async def threads(turn: Turn, _action: Action | None = None) -> Screen:
    turn.talk.rest()
    mine = await turn.ask("GET", "/feedback/mine")
    return screens.own_threads(turn.voice, mine["threads"])


async def write(turn: Turn, _action: Action) -> Screen:
    turn.talk.expect("write")
    return screens.ask_message(turn.voice)


async def written(turn: Turn, text: str) -> Screen:
    """Sent only when the guest says so; the key is that of the text, so two presses send it once."""
    if len(text) > screens.LONGEST_TEXT:
        return screens.ask_message(turn.voice, turn.voice("write.too_long", most=screens.LONGEST_TEXT))
    turn.talk.expect("write", text=text, key=turn.key)
    return screens.confirm_message(turn.voice, text)


async def send(turn: Turn, action: Action) -> Screen:
    notes = turn.talk.notes
    if "text" not in notes:
        raise Stale
    body = {"text": notes["text"], "contact_me": action.arguments == ("1",)}
    turn.key = notes["key"]
    await turn.ask("POST", "/feedback/threads", body, key="write")
    turn.toast = turn.voice("write.sent")
    return await threads(turn)


async def thread(turn: Turn, action: Action) -> Screen:
    turn.talk.rest()
    mine = await turn.ask("GET", "/feedback/mine")
    wanted = action.arguments[0] if action.arguments else ""
    told = next((each for each in mine["threads"] if each["id"] == wanted), None)
    if told is None:
        raise Stale
    return screens.thread(turn.voice, told, turn.now, owner=False)


async def ask_reply(turn: Turn, action: Action) -> Screen:
    if not action.arguments:
        raise Stale
    turn.talk.expect("reply", thread=action.arguments[0])
    return screens.ask_reply(turn.voice, action.arguments[0], owner=False)


async def reply(turn: Turn, text: str) -> Screen:
    thread_id = turn.talk.notes["thread"]
    if len(text) > screens.LONGEST_TEXT:
        problem = turn.voice("write.too_long", most=screens.LONGEST_TEXT)
        return screens.ask_reply(turn.voice, thread_id, problem, owner=False)
    await turn.ask("POST", f"/feedback/threads/{part(thread_id)}/messages", {"text": text}, key="reply")
    return await thread(turn, Action("g.thread", (thread_id,)))


ACTIONS: Final[dict[str, Pressed]] = {
    "g.threads": threads,
    "g.write": write,
    "g.send": send,
    "g.thread": thread,
    "g.reply": ask_reply,
}
STEPS: Final[dict[str, Said]] = {"write": written, "reply": reply}
