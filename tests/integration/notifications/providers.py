"""Each provider's channel beside its stand-in, so that one suite can ask all of them the same."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal

from aiohttp import web
from aiohttp.test_utils import TestServer

from bezkart.local.standins import logins
from bezkart.local.standins.modes import Mode
from bezkart.local.standins.town import Town
from services.notifications.channels.port import Channel, Outgoing
from services.notifications.channels.smsaero import SmsAero
from services.notifications.channels.smsc import Smsc
from services.notifications.channels.smsru import SmsRu
from services.notifications.channels.telegram import Telegram
from services.notifications.channels.web_push import WebPush

SECONDS = 5.0
"""What a channel under test waits for its provider: long, as the machine may be busy."""

IMPATIENT = 0.5
"""For a provider that never answers."""

PHONE = "+79161234567"
PUSH_KEY = "ROUrwVfQH7z8RQUjEUEN_k-0DVsSHzUXsDQQO5DGSWw"


@dataclass(frozen=True)
class Login:
    """`secret` is the token, password or API key."""

    api: str
    secret: str
    seconds: float = SECONDS


@dataclass(frozen=True)
class Kind:
    """`path` is the stand-in's prefix, `book` its name in the town, `cost` of one short text."""

    name: str
    path: str
    secret: str
    cost: int
    longest: int
    make: Callable[[Login], Channel]


def _telegram(login: Login) -> Channel:
    return Telegram(api=login.api, token=login.secret, seconds=login.seconds)


def _smsc(login: Login) -> Channel:
    return Smsc(api=login.api, login=logins.SMS_LOGIN, password=login.secret, seconds=login.seconds)


def _smsru(login: Login) -> Channel:
    return SmsRu(api=login.api, api_id=login.secret, seconds=login.seconds)


def _smsaero(login: Login) -> Channel:
    return SmsAero(api=login.api, email=logins.SMS_LOGIN, api_key=login.secret, seconds=login.seconds)


def _push(login: Login) -> Channel:
    services = ("127.0.0.1",)
    return WebPush(private_key=login.secret, contact="mailto:a@b.invalid", services=services, seconds=login.seconds)


KINDS = (
    Kind("telegram", "/telegram", logins.TELEGRAM_TOKEN, 0, 4096, _telegram),
    Kind("smsc", "/smsc", logins.SMS_PASSWORD, 350, 1000, _smsc),
    Kind("smsru", "/smsru", logins.SMS_PASSWORD, 350, 8 * 67, _smsru),
    Kind("smsaero", "/smsaero", logins.SMS_PASSWORD, 350, 640, _smsaero),
    Kind("push", "", PUSH_KEY, 0, 1200, _push),
)


class Provider:
    """One kind's stand-in, running, and a channel to it."""

    def __init__(self, kind: Kind, town: Town, base: str) -> None:
        self.kind = kind
        self.login = Login(base + kind.path, kind.secret)
        self.channel = kind.make(self.login)
        self._town = town
        self._base = base
        self._made = [self.channel]
        self._subscription = ""
        self.address = self._new_address()

    @property
    def mode(self) -> Mode:
        return self._town.modes()[self.kind.name]

    def hanging(self, moment: Literal["before", "after"]) -> Channel:
        """The provider answers nothing from now on; a channel that does not wait for long."""
        self.mode.hang = moment
        return self.with_login(seconds=IMPATIENT)

    def with_login(self, **changes: Any) -> Channel:
        """Another channel to the same stand-in."""
        channel = self.kind.make(replace(self.login, **changes))
        self._made.append(channel)
        return channel

    def outgoing(self, text: str, *, message_id: str = "m-1", address: str | None = None) -> Outgoing:
        return Outgoing(message_id=message_id, shop="demo", address=address or self.address, text=text, urgent=True)

    def texts(self) -> list[str]:
        """What has reached the address."""
        to = {"telegram": "4242", "push": "g1"}.get(self.kind.name, PHONE)
        return [str(note["text"]) for note in self._town.books()[self.kind.name].of(to)]

    def block(self) -> None:
        """The guest wants nothing more by this way."""
        self.mode.blocked = [{"telegram": "4242", "push": "g1"}.get(self.kind.name, PHONE)]

    async def aclose(self) -> None:
        for channel in self._made:
            await channel.aclose()

    def _new_address(self) -> str:
        if self.kind.name == "push":
            return json.dumps(self._town.push.subscribe("g1", base=self._base))
        return "4242" if self.kind.name == "telegram" else PHONE


@asynccontextmanager
async def running(app: web.Application) -> AsyncIterator[str]:
    """A server on a free port of this machine; its address."""
    async with TestServer(app, host="127.0.0.1") as server:
        yield str(server.make_url("")).rstrip("/")
