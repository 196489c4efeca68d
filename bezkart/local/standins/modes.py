"""How a stand-in misbehaves, and the wrapper through which every request to it goes."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from random import SystemRandom
from typing import Any, Final, Literal

from aiohttp import web

Moment = Literal["", "before", "after"]
_LONGEST_HANG_SECONDS: Final = 120.0
_PROXY_ERROR: Final = b"<html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>"
_chance = SystemRandom()


@dataclass(slots=True)
class Mode:
    """`hang` and `cut` strike `before` the message is taken or `after`: then it was delivered and nobody is told.

    `blocked` addresses refuse (403, undeliverable, 410), `gone` ones do not exist. `tokens` are added to those accepted.
    """

    on: bool = True
    error_share: float = 0.0
    hang: Moment = ""
    cut: Moment = ""
    slow_ms: int = 0
    no_money: bool = False
    ip_blocked: bool = False
    limits: bool = True
    per_second: float = 30.0
    seconds_per_chat: float = 1.0
    retry_after: int = 3
    tokens: list[str] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    def change(self, wanted: Mapping[str, Any]) -> None:
        """Raises ValueError for a switch that does not exist or a value of the wrong kind; then nothing is changed."""
        known = {each.name: getattr(self, each.name) for each in fields(self)}
        for name, value in wanted.items():
            if name not in known:
                raise ValueError(f"no such switch: {name}; there are {', '.join(known)}")
            kind = (int, float) if isinstance(known[name], float) else type(known[name])
            if not isinstance(value, kind):
                raise ValueError(f"{name} is {type(known[name]).__name__}")
            if name in {"hang", "cut"} and value not in {"", "before", "after"}:
                raise ValueError(f"{name} is '', 'before' or 'after'")
        for name, value in wanted.items():
            setattr(self, name, value)

    def shown(self) -> dict[str, Any]:
        return asdict(self)


async def disturbed(
    mode: Mode, request: web.Request, answer: Callable[[web.Request], Awaitable[web.Response]]
) -> web.Response:
    """The provider's answer, or what the mode makes of it."""
    if not mode.on or mode.cut == "before":
        return _cut(request)
    if mode.hang == "before":
        return await _hang(mode, request)
    if mode.slow_ms:
        await asyncio.sleep(mode.slow_ms / 1000)
    if mode.error_share and _chance.random() < mode.error_share:
        return web.Response(status=502, body=_PROXY_ERROR, content_type="text/html")
    response = await answer(request)
    if mode.cut == "after":
        return _cut(request)
    if mode.hang == "after":
        return await _hang(mode, request)
    return response


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)  # nobody is there any more to read it


async def _hang(mode: Mode, request: web.Request) -> web.Response:
    waited = 0.0
    while mode.hang and waited < _LONGEST_HANG_SECONDS and request.transport and not request.transport.is_closing():
        await asyncio.sleep(0.1)
        waited += 0.1
    return _cut(request)
