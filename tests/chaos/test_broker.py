"""The broker stopped, killed, hanging, full, without its queues: purchases go on, and all is consumed again within ten seconds."""

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Final

import aio_pika
import pytest
from aio_pika.exceptions import ChannelNotFoundEntity

from bezkart.local import Stack
from tests.chaos.customer import Customer
from tests.chaos.report import Report
from tests.chaos.victims import Victims, until

RESTARTS: Final = 14  # and six in the storm
CONTROL: Final = "/usr/lib/rabbitmq/bin/rabbitmqctl"


def _control(victims: Victims, *command: str) -> None:
    """`rabbitmqctl` in the environment of the running broker."""
    environment = Path(f"/proc/{victims.look('rabbitmq')['pid']}/environ").read_text(encoding="utf-8")
    known = dict(each.split("=", 1) for each in environment.split("\0") if each)
    done = subprocess.run([CONTROL, *command], env=known, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


async def _recovers(customer: Customer, report: Report, what: str) -> None:
    waited = await until(customer.is_known, "everything is consumed again")
    report.done(what, recovered=waited)


@pytest.mark.timeout(500)
async def test_restarts(customer: Customer, victims: Victims, report: Report) -> None:
    for number in range(RESTARTS):
        how = signal.SIGKILL if number % 2 else signal.SIGTERM
        before = (await victims.ready("rabbitmq"))["restarts"]
        await victims.kill("rabbitmq", how)
        await customer.buys()
        await victims.again("rabbitmq", before)
        await customer.buys()
        await _recovers(customer, report, f"broker ended by {how.name} and started")


async def test_every_connection_is_cut(customer: Customer, victims: Victims, report: Report) -> None:
    for _ in range(3):
        _control(victims, "close_all_connections", "chaos")
        await customer.buys()
        await _recovers(customer, report, "every connection to the broker cut")


async def test_a_broker_that_hangs(customer: Customer, victims: Victims, report: Report) -> None:
    """Nothing is closed and nothing is answered."""
    broker = (await victims.ready("rabbitmq"))["pid"]
    os.kill(broker, signal.SIGSTOP)
    try:
        await customer.buys()

        async def noticed() -> bool:
            consumer, api = await victims.health("purchases-consumer"), await victims.health("purchases")
            return bool(consumer["status"] == "failing" and api["status"] == "degraded")

        await until(noticed, "health says that the broker is away")
    finally:
        os.kill(broker, signal.SIGCONT)
    await customer.buys()
    await _recovers(customer, report, "broker hangs")


async def test_a_broker_that_is_full(customer: Customer, victims: Victims, report: Report) -> None:
    """The memory alarm stands in for a full disk: the broker takes nothing, and says so."""
    _control(victims, "set_vm_memory_high_watermark", "0.00001")
    try:
        await customer.buys()

        async def noticed() -> bool:
            found = await victims.health("purchases")
            return bool(found["status"] == "degraded" and "BrokerBlocked" in found["broker"])

        await until(noticed, "health says that the broker takes nothing")
        assert await customer.buys() < 1
    finally:
        _control(victims, "set_vm_memory_high_watermark", "0.4")
    await _recovers(customer, report, "broker full (alarm)")


async def test_the_server_cancels_consumers(customer: Customer, stack: Stack, report: Report) -> None:
    """A queue that is deleted takes its consumers along; it is declared and consumed anew."""
    async with await aio_pika.connect(stack.stores.amqp_url) as connection:
        for queue in ("purchases.ledger", "segments.purchases"):
            async with connection.channel() as channel:
                await channel.queue_delete(queue)

            async def consumed(queue: str = queue) -> bool:
                with suppress(ChannelNotFoundEntity):
                    async with connection.channel() as channel:
                        found = await channel.declare_queue(queue, passive=True)
                        return bool(found.declaration_result.consumer_count)
                return False

            waited = await until(consumed, f"{queue} is consumed again")
            report.done("consumer cancelled by the server", recovered=waited)
    await customer.buys()
    await _recovers(customer, report, "purchase after that")
