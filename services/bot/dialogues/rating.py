"""Stars, a comment to them, and the answer to a survey. The first come from a button under the request as well (F50, F52)."""

from collections.abc import Awaitable, Callable
from typing import Final

from services.bot.dialogues.turn import Pressed, Said, Stale, Turn
from services.bot.gateway_client import Json, Refused, part
from services.bot.screens import talking as screens
from services.bot.screens.action import Action
from services.bot.screens.screen import Screen

_ELSEWHERE: Final = frozenset(
    {"not-found", "rating-not-found", "survey-not-found", "thread-not-found", "role-required"}
)


async def in_the_right_shop(turn: Turn, acting: str, act: Callable[[], Awaitable[Json]]) -> Json:
    """Do `act` where it is known: a button that came with a message does not say of which shop it is. Raises Stale."""
    places = [place for place in await turn.places() if place.acting == acting]
    for place in sorted(places, key=lambda each: each.shop != turn.talk.shop):
        await turn.enter(place.shop, place.acting, name=place.name)
        try:
            return await act()
        except Refused as refusal:
            if refusal.slug not in _ELSEWHERE:
                raise
    raise Stale


async def rate(turn: Turn, action: Action) -> Screen:
    """`rate:<rating>:<stars>`."""
    rating_id, stars = _number(action, most=5, least=1)
    path = f"/feedback/ratings/{part(rating_id)}"
    await in_the_right_shop(turn, "guest", lambda: turn.ask("POST", path, {"stars": stars}, key="rate"))
    turn.toast = turn.voice("rate.toast")
    return _thanks(turn, rating_id, stars)


async def ask_stars(turn: Turn, _action: Action) -> Screen:
    mine = await turn.ask("GET", "/feedback/mine")
    return screens.ask_stars(turn.voice, str((mine.get("open_rating") or {}).get("id", "")))


async def stars_of_last(turn: Turn, action: Action) -> Screen:
    """Without a request: the last purchase."""
    _, stars = _number(Action(action.verb, ("", *action.arguments)), most=5, least=1)
    told = await turn.ask("POST", "/feedback/ratings", {"stars": stars}, key="rate")
    return _thanks(turn, str(told["id"]), stars)


def _thanks(turn: Turn, rating_id: str, stars: int) -> Screen:
    """Whoever writes now writes of this visit, also without the button."""
    turn.talk.expect("comment", rating=rating_id, stars=str(stars))
    return screens.thanks(turn.voice, stars, rating_id)


async def ask_comment(turn: Turn, action: Action) -> Screen:
    rating_id, stars = _number(action, most=5, least=1)
    turn.talk.expect("comment", rating=rating_id, stars=str(stars))
    return screens.ask_comment(turn.voice)


async def comment(turn: Turn, text: str) -> Screen:
    if len(text) > screens.LONGEST_TEXT:
        return screens.ask_comment(turn.voice, turn.voice("write.too_long", most=screens.LONGEST_TEXT))
    notes = turn.talk.notes
    body: Json = {"stars": int(notes["stars"]), "comment": text}
    await turn.ask("POST", f"/feedback/ratings/{part(notes['rating'])}", body, key="comment")
    turn.talk.rest()
    return screens.thanks_for_comment(turn.voice)


async def score(turn: Turn, action: Action) -> Screen:
    """`nps:<survey>:<0…10>`."""
    survey_id, given = _number(action, most=10, least=0)
    path = f"/feedback/surveys/{part(survey_id)}/answers"
    await in_the_right_shop(turn, "guest", lambda: turn.ask("POST", path, {"score": given}, key="score"))
    return screens.thanks_for_score(turn.voice)


def _number(action: Action, *, least: int, most: int) -> tuple[str, int]:
    """The id and the number behind a button, which may be anybody's invention. Raises Stale."""
    if len(action.arguments) != 2 or not action.arguments[1].isdecimal():
        raise Stale
    identity, number = action.arguments[0], int(action.arguments[1])
    if not least <= number <= most:
        raise Stale
    return identity, number


ACTIONS: Final[dict[str, Pressed]] = {
    "rate": rate,
    "nps": score,
    "g.rate": ask_stars,
    "g.stars": stars_of_last,
    "g.comment": ask_comment,
}
STEPS: Final[dict[str, Said]] = {"comment": comment}
