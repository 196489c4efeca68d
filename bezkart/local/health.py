"""Whether a server is truly ready: asked over its own protocol, not guessed from an open port."""

import asyncio
import base64
import itertools
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from bezkart.local.ports import HOST

_SECONDS = 3.0
_AMQP_GREETING = b"AMQP\x00\x00\x09\x01"
_METHOD_FRAME = 1

Check = Callable[[], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Login:
    user: str
    password: str

    def basic(self) -> str:
        return "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()


async def is_ready(check: Check) -> bool:
    """The check's answer; an error or no answer within three seconds is a no."""
    with suppress(OSError, ValueError, IndexError, EOFError, TimeoutError):
        async with asyncio.timeout(_SECONDS):
            return await check()
    return False


async def until_ready(check: Check) -> None:
    """Ask ten times a second until the answer is yes."""
    for _ in itertools.count():
        if await is_ready(check):
            return
        await asyncio.sleep(0.1)


def http_ok(port: int, path: str, login: Login | None = None) -> Check:
    """A GET that must answer 200."""

    async def check() -> bool:
        reader, writer = await asyncio.open_connection(HOST, port)
        try:
            authorization = f"Authorization: {login.basic()}\r\n" if login else ""
            writer.write(f"GET {path} HTTP/1.0\r\nHost: {HOST}:{port}\r\n{authorization}\r\n".encode())
            return (await reader.readline()).split()[1] == b"200"
        finally:
            writer.close()

    return check


def redis_answers(port: int, password: str) -> Check:
    """AUTH and PING; a Redis that still reads its file answers neither."""

    async def check() -> bool:
        reader, writer = await asyncio.open_connection(HOST, port)
        try:
            writer.write(f"AUTH {password}\r\nPING\r\n".encode())
            return await reader.readline() == b"+OK\r\n" and await reader.readline() == b"+PONG\r\n"
        finally:
            writer.close()

    return check


def amqp_greets(port: int) -> Check:
    """The broker answers the protocol header with its first method, connection.start."""

    async def check() -> bool:
        reader, writer = await asyncio.open_connection(HOST, port)
        try:
            writer.write(_AMQP_GREETING)
            return (await reader.readexactly(7))[0] == _METHOD_FRAME
        finally:
            writer.close()

    return check


def both(first: Check, second: Check) -> Check:
    async def check() -> bool:
        return await first() and await second()

    return check


async def alive() -> bool:
    """For a process that answers no requests: that it runs is all there is to know."""
    return True
