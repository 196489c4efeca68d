"""A connection that is made anew whenever it is lost, with everything on it built again from nothing.

aio-pika's robust connection restores its objects by itself, but a publish made while it is away hangs or is lost and a consumer
cancelled by the server can stay dead (ADR 0004). Here a loss ends the whole session and the next one starts clean.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import aio_pika
import structlog
from aio_pika.abc import AbstractChannel, AbstractConnection

from bezkart.kit.bus.topology import Topology

CONNECT_SECONDS: Final = 5
HEARTBEAT_SECONDS: Final = 10
FIRST_DELAY: Final = 0.2
LONGEST_DELAY: Final = 2.0

log = structlog.get_logger(__name__)

Session = Callable[[AbstractConnection], Awaitable[None]]


class BrokerLost(Exception):
    """The connection, a channel or a consumer is gone; the session has to be built anew."""


async def keep_connected(url: str, topology: Topology, session: Session) -> None:
    """Run `session` on a fresh connection again and again until it returns by itself."""
    delay = FIRST_DELAY
    while True:
        try:
            connection = await aio_pika.connect(url, timeout=CONNECT_SECONDS, heartbeat=HEARTBEAT_SECONDS)
            async with connection:
                async with connection.channel() as channel:
                    await topology.declare(channel)
                delay = FIRST_DELAY
                await session(connection)
                return
        except* Exception as lost:  # whatever ended the session, the next one starts clean
            if (task := asyncio.current_task()) and task.cancelling():
                raise asyncio.CancelledError from None  # a library turned our cancellation into an error of its own
            log.warning("broker_lost", errors=[repr(error) for error in lost.exceptions][:3])
        await asyncio.sleep(delay)
        delay = min(delay * 2, LONGEST_DELAY)


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
