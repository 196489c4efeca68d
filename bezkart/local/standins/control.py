"""`/control`: how tests, the drill and the page of phones make the stand-ins fail and ask what came.

A provider is `telegram`, `smsc`, `smsru`, `smsaero`, `push` or `inbox`; `sms` and `all` stand for several when switching.
"""

from collections.abc import Iterable
from typing import Any, Final

from aiohttp import web

from bezkart.local.standins.modes import Mode
from bezkart.local.standins.reading import NotUtf8, Unreadable, json_answer, read_fields
from bezkart.local.standins.telegram import MAIN_BOT
from bezkart.local.standins.telegram_people import NoSuchButton
from bezkart.local.standins.town import SMS, Person, Town

_GROUPS: Final = {"sms": SMS, "all": ("telegram", *SMS, "push")}


def routes(town: Town) -> Iterable[web.RouteDef]:
    control = _Control(town)
    return (
        web.get("/control", control.everything),
        web.post("/control/reset", control.reset),
        web.get("/control/people", control.people),
        web.put("/control/people/{id}", control.person),
        web.post("/control/telegram/say", control.say),
        web.post("/control/telegram/press", control.press),
        web.post("/control/telegram/contact", control.contact),
        web.post("/control/telegram/sticker", control.sticker),
        web.post("/control/push/subscribe", control.subscribe),
        web.get("/control/{provider}", control.one),
        web.patch("/control/{provider}", control.switch),
        web.post("/control/{provider}/block", control.block),
        web.get("/control/{provider}/received", control.received),
        web.post("/control/{provider}/times", control.times),
        web.post("/control/{provider}/reset", control.forget),
    )


class _Control:
    def __init__(self, town: Town) -> None:
        self._town = town

    async def everything(self, _request: web.Request) -> web.Response:
        return json_answer({name: self._town.shown(name) for name in self._town.books()})

    async def one(self, request: web.Request) -> web.Response:
        return json_answer(self._town.shown(self._book(request)))

    async def switch(self, request: web.Request) -> web.Response:
        """Body: any switches of `Mode`. Answers what they are now."""
        modes = self._modes(request)
        wanted = await _body(request)
        for mode in modes.values():
            try:
                mode.change(wanted)
            except ValueError as error:
                raise web.HTTPUnprocessableEntity(text=str(error)) from None
        return json_answer({name: mode.shown() for name, mode in modes.items()})

    async def block(self, request: web.Request) -> web.Response:
        """Body: `{"address": …, "blocked": true|false}`."""
        wanted = await _body(request)
        address, blocked = str(wanted["address"]), bool(wanted.get("blocked", True))
        for mode in self._modes(request).values():
            mode.blocked = [each for each in mode.blocked if each != address] + [address] * blocked
        return json_answer({"blocked": blocked})

    async def received(self, request: web.Request) -> web.Response:
        """`?to=<address>`: the last 50 notes there; without it the addresses, the latest first."""
        book = self._town.books()[self._book(request)]
        if to := request.query.get("to"):
            return json_answer({"notes": book.of(to)})
        return json_answer({"addresses": book.addresses()})

    async def times(self, request: web.Request) -> web.Response:
        """Body: `{"texts": […]}`; answers how often each came: 0 is lost, 2 is doubled."""
        texts = (await _body(request)).get("texts", [])
        return json_answer({"times": self._town.books()[self._book(request)].times_of(texts)})

    async def forget(self, request: web.Request) -> web.Response:
        """What came through one provider; its switches stay."""
        name = self._book(request)
        if name == "inbox":
            self._town.inbox.clear()
        else:
            getattr(self._town, name).reset()
        return json_answer({"ok": True})

    async def reset(self, request: web.Request) -> web.Response:
        """Everything received is forgotten and every switch back at its beginning."""
        self._town.reset_books()
        self._town.reset_modes()
        return json_answer({"ok": True})

    async def people(self, _request: web.Request) -> web.Response:
        return json_answer({"people": self._town.people_shown()})

    async def person(self, request: web.Request) -> web.Response:
        """Body: `{"name", "phone", "telegram", "guest_id"}`: whose addresses belong to one phone."""
        told = await _body(request)
        known = {name: str(told.get(name) or "") for name in ("name", "phone", "telegram", "guest_id")}
        self._town.know(Person(id=request.match_info["id"], **known))
        return json_answer({"ok": True})

    async def say(self, request: web.Request) -> web.Response:
        """Body: `{"chat", "text"}`: the guest writes to the bot."""
        told = await _body(request)
        return self._heard(await self._town.in_telegram.say(_chat(told), str(told["text"]), **self._whom(told)))

    async def press(self, request: web.Request) -> web.Response:
        """Body: `{"chat", "message_id", "data"}`, or `{"chat", "button"}` with words of a button: the guest presses it."""
        told, people = await _body(request), self._town.in_telegram
        chat, whom = _chat(told), self._whom(told)
        if "button" not in told:
            return self._heard(await people.press(chat, int(told["message_id"]), str(told["data"]), **whom))
        try:
            return self._heard(await people.press_named(chat, str(told["button"]), **whom))
        except NoSuchButton as missing:
            raise web.HTTPNotFound(text=f"no such button: {missing}") from None

    async def contact(self, request: web.Request) -> web.Response:
        """Body: `{"chat", "phone"}`: the guest shares a contact, that of the account `owner` if one is given."""
        told = await _body(request)
        owner = str(told.get("owner") or "")
        share = self._town.in_telegram.share
        return self._heard(await share(_chat(told), str(told["phone"]), owner=owner, **self._whom(told)))

    async def sticker(self, request: web.Request) -> web.Response:
        """Body: `{"chat"}`."""
        told = await _body(request)
        return self._heard(await self._town.in_telegram.send_sticker(_chat(told), **self._whom(told)))

    def _whom(self, told: dict[str, Any]) -> dict[str, str]:
        """To which bot, and under which name."""
        return {"bot": str(told.get("bot") or MAIN_BOT), "name": self._town.name_of(_chat(told))}

    def _heard(self, update_id: int | None) -> web.Response:
        return json_answer({"ok": True, "update_id": update_id})

    async def subscribe(self, request: web.Request) -> web.Response:
        """Body: `{"who"}`; answers a subscription of that guest's browser."""
        who = str((await _body(request))["who"])
        return json_answer(self._town.push.subscribe(who, base=f"{request.scheme}://{request.host}"))

    def _book(self, request: web.Request) -> str:
        name = request.match_info["provider"]
        if name not in self._town.books():
            raise web.HTTPNotFound(text=f"no such provider: {name}")
        return name

    def _modes(self, request: web.Request) -> dict[str, Mode]:
        name = request.match_info["provider"]
        modes = self._town.modes()
        chosen = {each: modes[each] for each in _GROUPS.get(name, (name,)) if each in modes}
        if not chosen:
            raise web.HTTPNotFound(text=f"no such provider: {name}")
        return chosen


def _chat(told: dict[str, Any]) -> str:
    return str(told["chat"])


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        return await read_fields(request)
    except (NotUtf8, Unreadable):
        raise web.HTTPBadRequest(text="the body is no JSON") from None
