"""The channels against their stand-in: a bare flood, our own sending beside it, and the limit kept by several processes.

`python -m bench.channels worker …` is one of those processes. The functions need nothing but Redis.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

import aiohttp
import httpx
import orjson

from bezkart.kit.redis import connect
from bezkart.local.ports import HOST, choose
from bezkart.local.rundir import PROJECT_ROOT
from bezkart.local.standins.logins import TELEGRAM_TOKEN
from services.notifications.channels.breaker import Breakers
from services.notifications.channels.limits import Limits, NotYet, Pace
from services.notifications.channels.port import Outgoing, SendFailed
from services.notifications.channels.sending import Sending
from services.notifications.channels.telegram import Telegram

AT_ONCE: Final = 64
CHUNK: Final = 30
"""What one worker reserves together: about a second's worth, so that little is lost when it dies."""


@dataclass(frozen=True, slots=True)
class Sustained:
    """`per_second` is the mean of the whole seconds in between, as the stand-in saw them."""

    per_second: float
    most_in_a_second: float
    seconds: float
    told_to_wait: int
    violations: int


@contextmanager
def standins() -> Iterator[str]:
    """A fresh process of stand-ins; its address."""
    port = choose(["standins"], remembered={})["standins"]
    environment = {"PATH": os.environ["PATH"], "BEZKART_ENV": "dev", "BEZKART_HTTP_PORT": str(port)}
    command = [sys.executable, "-m", "bezkart.local.standins", "serve"]
    process = subprocess.Popen(command, env=environment, cwd=PROJECT_ROOT)
    base = f"http://{HOST}:{port}"
    try:
        _until_ready(base)
        yield base
    finally:
        process.terminate()
        process.wait(timeout=10)


def switch(base: str, **mode: Any) -> None:
    """Change how the stand-in's Telegram behaves."""
    httpx.patch(f"{base}/control/telegram", json=mode, trust_env=False).raise_for_status()


def seen(base: str) -> dict[str, Any]:
    """What the stand-in's Telegram counted."""
    return dict(httpx.get(f"{base}/control/telegram", trust_env=False).raise_for_status().json())


async def flood(base: str, messages: int, *, at_once: int = AT_ONCE) -> float:
    """Requests a second of a bare aiohttp client posting `messages` texts: the floor of any delivery."""
    url = f"{base}/telegram/bot{TELEGRAM_TOKEN}/sendMessage"
    headers = {"Content-Type": "application/json"}
    numbers = iter(range(messages))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=at_once)) as session:

        async def post() -> None:
            for number in numbers:
                body = orjson.dumps({"chat_id": str(10_000 + number), "text": f"flood {number}"})
                async with session.post(url, data=body, headers=headers) as answer:
                    await answer.read()
                    assert answer.status == 200

        started = monotonic()
        await asyncio.gather(*(post() for _ in range(at_once)))
        return messages / (monotonic() - started)


async def sending(base: str, redis_url: str, messages: int, *, namespace: str, at_once: int = AT_ONCE) -> float:
    """The same through channel, breaker and a limit that is never reached."""
    async with connect(redis_url) as redis:
        telegram = _sending(base, redis, namespace=namespace, per_second=1e6)
        numbers = iter(range(messages))

        async def post() -> None:
            while batch := [number for _, number in zip(range(CHUNK), numbers, strict=False)]:
                outgoings = [_outgoing("sending", number) for number in batch]
                turns = await telegram.reserve("demo", [each.address for each in outgoings], urgent=False) or []
                await asyncio.gather(
                    *(telegram.send(each, turn=turn) for each, turn in zip(outgoings, turns, strict=True))
                )

        started = monotonic()
        await asyncio.gather(*(post() for _ in range(-(-at_once // CHUNK))))
        taken = monotonic() - started
        await telegram.channel.aclose()
        return messages / taken


def sustained(
    base: str, redis_url: str, *, namespace: str, seconds: float = 60.0, workers: int = 3, per_second: float = 29.5
) -> Sustained:
    """`workers` processes send to ever new chats as fast as the shared limit lets them."""
    arguments = {
        "base": base,
        "redis_url": redis_url,
        "namespace": namespace,
        "seconds": seconds,
        "per_second": per_second,
    }
    httpx.post(f"{base}/control/telegram/reset", trust_env=False).raise_for_status()
    command = [sys.executable, "-m", "bench.channels", "worker"]
    started = [
        subprocess.Popen([*command, json.dumps({**arguments, "number": number})], cwd=PROJECT_ROOT)
        for number in range(workers)
    ]
    codes = [process.wait(timeout=seconds + 60) for process in started]
    if any(codes):
        raise RuntimeError(f"a worker failed: {codes}")
    told = seen(base)
    return Sustained(
        per_second=told["rates"]["mean"],
        most_in_a_second=told["rates"]["most"],
        seconds=told["rates"]["seconds"],
        told_to_wait=told["penalties"]["told"],
        violations=told["penalties"]["violations"],
    )


async def work(*, base: str, redis_url: str, namespace: str, seconds: float, per_second: float, number: int) -> None:
    """One worker of `sustained`."""
    until = monotonic() + seconds
    async with connect(redis_url) as redis:
        telegram = _sending(base, redis, namespace=namespace, per_second=per_second)
        sent = 0

        async def one(outgoing: Outgoing, turn: Any) -> None:
            try:
                await telegram.send(outgoing, turn=turn)
            except (SendFailed, NotYet):
                return

        while monotonic() < until:
            outgoings = [_outgoing(f"worker {number}", number * 1_000_000 + sent + each) for each in range(CHUNK)]
            sent += CHUNK
            turns = await telegram.reserve("demo", [each.address for each in outgoings], urgent=False) or []
            await asyncio.gather(*(one(*each) for each in zip(outgoings, turns, strict=True)))
        await telegram.channel.aclose()


def _sending(base: str, redis: Any, *, namespace: str, per_second: float) -> Sending:
    channel = Telegram(api=f"{base}/telegram", token=TELEGRAM_TOKEN)
    limits = Limits(redis, namespace=namespace)
    breakers = Breakers(redis, namespace=namespace)
    return Sending(channel, limits=limits, breakers=breakers, pace_of=lambda bucket, _: Pace(bucket, per_second, 1.0))


def _outgoing(what: str, number: int) -> Outgoing:
    chat = str(10_000 + number)
    return Outgoing(message_id=f"m-{number}", shop="demo", address=chat, text=f"{what} {number}", urgent=False)


def _until_ready(base: str) -> None:
    until = monotonic() + 10
    while True:
        try:
            httpx.get(f"{base}/health/ready", trust_env=False).raise_for_status()
        except httpx.HTTPError:
            if monotonic() > until:
                raise
        else:
            return


def main(arguments: Sequence[str]) -> None:
    if not arguments or arguments[0] != "worker":
        raise SystemExit("python -m bench.channels worker <JSON>: started by `sustained`")
    asyncio.run(work(**json.loads(arguments[1])))


if __name__ == "__main__":
    main(sys.argv[1:])
