"""`/phone`: what the guests' phones would show, and switches for what works."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from random import SystemRandom
from typing import Any, Final
from zoneinfo import ZoneInfo

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, select_autoescape

from bezkart.local.standins.reading import json_answer
from bezkart.local.standins.town import SMS, Person, Town

_PAGE: Final = Path(__file__).parent / "page"
_FILES: Final = {"style.css": "text/css", "script.js": "text/javascript"}
_ZONE: Final = ZoneInfo("Europe/Moscow")
_LISTED: Final = 200
_SHOWN_KINDS: Final = frozenset({"image/png", "image/jpeg", "application/json"})
_chance = SystemRandom()


def routes(town: Town) -> Iterable[web.RouteDef]:
    page = _Page(town)
    return (
        web.get("/phone", page.whole),
        web.get("/phone/screens", page.screens),
        web.post("/phone/switch", page.switch),
        web.post("/phone/say", page.say),
        web.post("/phone/press", page.press),
        web.post("/phone/contact", page.contact),
        web.post("/phone/new", page.new),
        web.get("/phone/files/{id:[0-9]+}", page.photo),
        web.get("/phone/{file:style.css|script.js}", page.file),
    )


class _Page:
    def __init__(self, town: Town) -> None:
        self._town = town
        loader = FileSystemLoader(_PAGE)
        self._templates = Environment(loader=loader, autoescape=select_autoescape(default=True), trim_blocks=True)
        self._templates.filters["clock"] = _clock

    async def whole(self, request: web.Request) -> web.Response:
        return self._rendered("phone.html", self._facts(request.query.get("who", "")))

    async def screens(self, request: web.Request) -> web.Response:
        """What changes; nothing when it is what the page already shows (`?seen=<version>`)."""
        facts = self._facts(request.query.get("who", ""))
        if request.query.get("seen") == facts["version"]:
            return web.Response(status=204)
        return self._rendered("screens.html", facts)

    async def switch(self, request: web.Request) -> web.StreamResponse:
        """Form: `name` (telegram, sms, blocked, money), `on`, `who`."""
        form = await request.post()
        name, on, who = str(form.get("name", "")), form.get("on") == "1", str(form.get("who", ""))
        modes = self._town.modes()
        if name == "telegram":
            modes["telegram"].on = on
        elif name == "sms":
            for each in SMS:
                modes[each].on = on
        elif name == "money":
            for each in SMS:
                modes[each].no_money = not on
        elif name == "blocked":
            chat = self._person(who).telegram
            blocked = [each for each in modes["telegram"].blocked if each != chat]
            modes["telegram"].blocked = blocked if on else [*blocked, chat]
        else:
            raise web.HTTPUnprocessableEntity(text="no such switch")
        return _back(request, self._person(who))

    async def say(self, request: web.Request) -> web.StreamResponse:
        """Form: `who`, `text`: the guest writes to the bot."""
        form = await request.post()
        person, text = self._person(str(form.get("who", ""))), str(form.get("text", "")).strip()
        if text and person.telegram.isdecimal():
            await self._town.in_telegram.say(person.telegram, text, name=person.name)
        return _back(request, person)

    async def press(self, request: web.Request) -> web.StreamResponse:
        """Form: `who`, `message`, `data`: the guest presses a button under a message."""
        form = await request.post()
        person = self._person(str(form.get("who", "")))
        message, data = str(form.get("message", "")), str(form.get("data", ""))
        if person.telegram.isdecimal() and message.isdecimal():
            await self._town.in_telegram.press(person.telegram, int(message), data, name=person.name)
        return _back(request, person)

    async def contact(self, request: web.Request) -> web.StreamResponse:
        """Form: `who`: the guest shares the own contact."""
        form = await request.post()
        person = self._person(str(form.get("who", "")))
        if person.telegram.isdecimal() and person.phone:
            await self._town.in_telegram.share(person.telegram, person.phone, name=person.name)
        return _back(request, person)

    async def new(self, request: web.Request) -> web.StreamResponse:
        """Somebody with a number and Telegram whom no shop knows yet."""
        number = f"7999{_chance.randrange(10**7):07}"
        person = Person(number, "Новый гость", phone=f"+{number}", telegram=number)
        self._town.know(person)
        return _back(request, person)

    async def photo(self, request: web.Request) -> web.Response:
        stored = self._town.telegram.files.of(request.match_info["id"])
        if stored is None:
            raise web.HTTPNotFound
        kind = stored.kind if stored.kind in _SHOWN_KINDS else "application/octet-stream"
        name = "".join(each for each in stored.name if each.isalnum() or each in "._-")
        headers = {"Content-Disposition": f'inline; filename="{name}"', "X-Content-Type-Options": "nosniff"}
        return web.Response(body=stored.content, content_type=kind, headers=headers)

    async def file(self, request: web.Request) -> web.Response:
        name = request.match_info["file"]
        return web.Response(text=(_PAGE / name).read_text(encoding="utf-8"), content_type=_FILES[name])

    def _rendered(self, template: str, facts: Mapping[str, Any]) -> web.Response:
        return web.Response(
            text=self._templates.get_template(template).render(facts),
            content_type="text/html",
            headers={"X-Version": facts["version"], "Cache-Control": "no-store"},
        )

    def _facts(self, who: str) -> dict[str, Any]:
        people = self._people()
        person = next((each for each in people if each.id == who), people[0] if people else Person("", ""))
        modes = self._town.modes()
        books = self._town.books()
        sms = [{**note, "provider": name} for name in SMS for note in books[name].of(person.phone)]
        web_notes = [*self._town.inbox.of(person.guest_id), *self._town.push.received.of(person.guest_id)]
        switches = {
            "telegram": modes["telegram"].on,
            "sms": all(modes[name].on for name in SMS),
            "money": not any(modes[name].no_money for name in SMS),
            "blocked": person.telegram not in modes["telegram"].blocked,
        }
        return {
            "people": people[:_LISTED],
            "person": person,
            "telegram": self._town.telegram.received.of(person.telegram),
            "sms": sorted(sms, key=lambda note: float(note["at"])),
            "web": sorted(web_notes, key=lambda note: float(note["at"])),
            "switches": switches,
            "toast": self._town.telegram.toasts.get(person.telegram, ""),
            "may_share": "keyboard" in self._town.telegram.keyboards.get(person.telegram, {}),
            "spent": sum(books[name].cost for name in SMS),
            "version": f"{self._town.version}-{len(people)}-{len(self._town.telegram.keyboards)}-"
            + "".join(str(int(on)) for on in switches.values()),
        }

    def _person(self, who: str) -> Person:
        return next((each for each in self._people() if each.id == who), Person("", ""))

    def _people(self) -> list[Person]:
        """The known ones, then everybody who has received something; who heard last comes first."""
        known = list(self._town.people.values())
        taken = {address for each in known for address in (each.phone, each.telegram, each.guest_id) if address}
        books = self._town.books()
        strangers = [
            *(Person(f"t{each}", f"Telegram {each}", telegram=each) for each in books["telegram"].addresses()),
            *(Person(f"s{each[1:]}", each, phone=each) for name in SMS for each in books[name].addresses()),
            *(Person(f"w{each}", f"Гость {each[:12]}", guest_id=each) for each in self._town.inbox.addresses()),
        ]
        free = {each.id: each for each in strangers if not {each.phone, each.telegram, each.guest_id} & taken - {""}}
        return sorted([*known, *free.values()], key=self._heard, reverse=True)

    def _heard(self, person: Person) -> float:
        """When the last message came, 0 for never."""
        books = self._town.books()
        places = [(books["telegram"], person.telegram), (books["inbox"], person.guest_id)]
        places += [(books[name], person.phone) for name in SMS]
        return max(book.latest(address) for book, address in places)


def _back(request: web.Request, person: Person) -> web.StreamResponse:
    if request.headers.get("Accept") == "application/json":
        return json_answer({"ok": True})
    raise web.HTTPSeeOther(f"/phone?who={person.id}")


def _clock(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).astimezone(_ZONE).strftime("%H:%M:%S")
