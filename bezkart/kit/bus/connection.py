"""A connection that is made anew whenever it is lost, with everything on it built again from nothing.

aio-pika's robust connection restores its objects by itself, but a publish made while it is away hangs or is lost and a consumer
cancelled by the server can stay dead (ADR 0004). Here a loss ends the whole session and the next one starts clean.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from time import monotonic
from typing import Any, Final

import aio_pika
import structlog
from aio_pika.abc import AbstractChannel, AbstractConnection

from bezkart.kit.bus.topology import Topology

CONNECT_SECONDS: Final = 5
CLOSE_SECONDS: Final = 1
ANSWER_TRIES: Final = 6
ANSWER_SECONDS: Final = 0.5
ANSWER_PAUSE: Final = 2
HEARTBEAT_SECONDS: Final = 5  # the broker gives a silent consumer's messages to others after two to three of these
FIRST_DELAY: Final = 0.2
LONGEST_DELAY: Final = 2.0

log = structlog.get_logger(__name__)

Session = Callable[[AbstractConnection], Awaitable[None]]


class BrokerLost(Exception):
    """The connection, a channel or a consumer is gone; the session has to be built anew."""


class BrokerBlocked(Exception):
    """The broker is there and takes nothing: its memory or its disk is full."""


async def keep_connected(url: str, topology: Topology, session: Session) -> None:
    """Run `session` on a fresh connection again and again until it returns by itself.

    Each time in a task of its own: a lost connection may end as a cancellation that nobody asked for (aiormq cancels what is
    waited for, and a TaskGroup of Python 3.11 leaves its mark on the task), and that must not look like ours.
    """
    delay = FIRST_DELAY
    while True:
        started = monotonic()
        attempt = asyncio.create_task(_connect_once(url, topology, session))
        try:
            await asyncio.wait([attempt])
        finally:
            attempt.cancel()
            await asyncio.wait([attempt], timeout=CLOSE_SECONDS)
        lost = asyncio.CancelledError() if attempt.cancelled() else attempt.exception()
        if lost is None:
            return
        log.warning("broker_lost", error=repr(lost))
        delay = FIRST_DELAY if monotonic() - started > LONGEST_DELAY else min(delay * 2, LONGEST_DELAY)
        await asyncio.sleep(delay)


async def _connect_once(url: str, topology: Topology, session: Session) -> None:
    connection = await aio_pika.connect(url, timeout=CONNECT_SECONDS, heartbeat=HEARTBEAT_SECONDS)
    try:
        async with asyncio.TaskGroup() as group:
            answering = group.create_task(_keep_asking(connection))
            async with connection.channel() as channel:
                await topology.declare(channel)
            await session(connection)
            answering.cancel()
    finally:
        with suppress(Exception):  # a connection that is dead cannot take its leave
            await asyncio.wait_for(connection.close(), CLOSE_SECONDS)


async def blocked(connection: AbstractConnection) -> bool:
    """Whether the broker said that it takes nothing from this connection for now."""
    if connection.transport is None:
        return False
    try:
        async with asyncio.timeout(0):
            await connection.transport.ready()
    except TimeoutError:
        return True
    return False


async def _keep_asking(connection: AbstractConnection) -> None:
    """Raise BrokerLost when the broker answers nothing any more; heartbeats would tell only after half a minute."""
    channel = connection.channel()
    await _answered(connection, channel.initialize())
    while True:
        await _answered(connection, channel.set_qos(prefetch_count=1))
        await asyncio.sleep(ANSWER_PAUSE)


async def _answered(connection: AbstractConnection, question: Coroutine[Any, Any, object]) -> None:
    """A connection that is blocked may take its time: the broker reads nothing from it, and that passes."""
    answer = asyncio.create_task(question)
    try:
        # Counted, not timed: a process that had no processor for seconds must not blame the broker.
        tries = 0
        while not (await asyncio.wait([answer], timeout=ANSWER_SECONDS))[0]:
            tries += not await blocked(connection)
            if tries == ANSWER_TRIES:
                raise BrokerLost("no answer")
        answer.result()
    finally:
        answer.cancel()


async def watch(channel: AbstractChannel) -> None:
    """Wait until the channel ends or the server cancels a consumer on it; then raise BrokerLost."""
    cancelled = asyncio.Event()

    async def consumer_cancelled(_frame: object) -> None:
        cancelled.set()

    underlay = await channel.get_underlay_channel()
    underlay.on_consumer_cancel_callbacks.add(consumer_cancelled)
    ended = [asyncio.ensure_future(channel.closed()), asyncio.ensure_future(cancelled.wait())]
    try:
        await asyncio.wait(ended, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for waiting in ended:
            waiting.cancel()
    raise BrokerLost("consumer cancelled by the server" if cancelled.is_set() else "channel closed")
