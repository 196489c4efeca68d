"""The owner's side of messages and ratings; reports come later."""

from typing import Final

from services.bot.dialogues.rating import in_the_right_shop
from services.bot.dialogues.turn import Pressed, Said, Stale, Turn
from services.bot.gateway_client import Json, Refused, part
from services.bot.screens import talking as screens
from services.bot.screens.action import Action
from services.bot.screens.screen import Screen


async def threads(turn: Turn, action: Action) -> Screen:
    turn.talk.rest()
    state = action.arguments[0] if action.arguments and action.arguments[0] in {"open", "all"} else "open"
    found = await turn.ask("GET", "/feedback/threads", params={"state": state})
    return screens.threads(turn.voice, found["threads"], state=state)


async def thread(turn: Turn, action: Action) -> Screen:
    turn.talk.rest()
    told = await turn.ask("GET", f"/feedback/threads/{part(_id(action))}")
    return await _shown(turn, told)


async def told_of(turn: Turn, action: Action) -> Screen:
    """`thread:<id>`, the button under the note that somebody wrote."""
    path = f"/feedback/threads/{part(_id(action))}"
    told = await in_the_right_shop(turn, "staff", lambda: turn.ask("GET", path))
    turn.talk.rest()
    return await _shown(turn, told)


async def ask_reply(turn: Turn, action: Action) -> Screen:
    turn.talk.expect("owner_reply", thread=_id(action))
    return screens.ask_reply(turn.voice, _id(action), owner=True)


async def reply(turn: Turn, text: str) -> Screen:
    thread_id = turn.talk.notes["thread"]
    if len(text) > screens.LONGEST_TEXT:
        problem = turn.voice("write.too_long", most=screens.LONGEST_TEXT)
        return screens.ask_reply(turn.voice, thread_id, problem, owner=True)
    await turn.ask("POST", f"/feedback/threads/{part(thread_id)}/messages", {"text": text}, key="reply")
    return await thread(turn, Action("s.thread", (thread_id,)))


async def close(turn: Turn, action: Action) -> Screen:
    await turn.ask("POST", f"/feedback/threads/{part(_id(action))}/close", key="close")
    turn.toast = turn.voice("write.closed")
    return await threads(turn, Action("s.threads", ("open",)))


async def ratings(turn: Turn, _action: Action) -> Screen:
    found = await turn.ask("GET", "/feedback/ratings")
    low = [each for each in found["ratings"] if each["stars"] <= 3]
    return screens.ratings(turn.voice, low, turn.now)


async def _shown(turn: Turn, told: Json) -> Screen:
    """With the guest's name; one who was erased meanwhile has none."""
    try:
        guest = await turn.ask("GET", f"/guests/{part(told['guest_id'])}")
    except Refused:
        guest = {}
    return screens.thread(turn.voice, {**told, "guest": guest}, turn.now, owner=True)


def _id(action: Action) -> str:
    if not action.arguments or not action.arguments[0]:
        raise Stale
    return action.arguments[0]


ACTIONS: Final[dict[str, Pressed]] = {
    "thread": told_of,
    "s.threads": threads,
    "s.thread": thread,
    "s.reply": ask_reply,
    "s.close": close,
    "s.ratings": ratings,
}
STEPS: Final[dict[str, Said]] = {"owner_reply": reply}
