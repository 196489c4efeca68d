"""Exchanges and queues, the same on RabbitMQ 3.10 and 4.x; declared by whoever connects, before anything is published."""

from dataclasses import dataclass
from typing import Any, Final

from aio_pika import ExchangeType
from aio_pika.abc import AbstractChannel

from bezkart.contracts.subscriptions import COMMANDS, SUBSCRIPTIONS

DELIVERY_LIMIT: Final = 10
RETRY_DELAYS_MS: Final = (1_000, 10_000, 60_000)
CONSUMERS: Final = tuple(sorted({queue.partition(".")[0] for queue in SUBSCRIPTIONS}))


@dataclass(frozen=True, slots=True)
class Topology:
    """Names of everything on the broker; `namespace` goes before each of them."""

    namespace: str = ""

    @property
    def events(self) -> str:
        """Topic exchange; the routing key is the event's type."""
        return f"{self.namespace}bezkart.events"

    @property
    def commands(self) -> str:
        """Direct exchange; the routing key is the command's type, and one queue carries it out."""
        return f"{self.namespace}bezkart.commands"

    def exchange_of(self, kind: str) -> str:
        """The exchange that a message of this type is published to."""
        return self.commands if kind in COMMANDS else self.events

    @property
    def dead(self) -> str:
        """Topic exchange of the messages that nobody could handle; the routing key is the queue they came from."""
        return f"{self.namespace}bezkart.dead"

    def dead_of(self, service: str) -> str:
        """The queue with the dead messages of one service's queues."""
        return f"{self.namespace}{service}.dead"

    def queue(self, reaction: str) -> str:
        """The queue of a reaction such as `segments.purchases`."""
        return f"{self.namespace}{reaction}"

    def retry(self, attempt: int) -> str:
        """Exchange and queue where a message waits after its failed `attempt` (from 0); then it returns to its queue."""
        return f"{self.namespace}bezkart.retry.{RETRY_DELAYS_MS[attempt]}ms"

    async def declare(self, channel: AbstractChannel) -> None:
        """Make all of it; harmless when it is there."""
        await channel.declare_exchange(self.events, ExchangeType.TOPIC, durable=True)
        await channel.declare_exchange(self.commands, ExchangeType.DIRECT, durable=True)
        dead = await channel.declare_exchange(self.dead, ExchangeType.TOPIC, durable=True)
        for service in CONSUMERS:
            queue = await self._declare_queue(channel, self.dead_of(service))
            await queue.bind(dead, f"{self.namespace}{service}.*")
        for attempt, delay in enumerate(RETRY_DELAYS_MS):
            # Expired messages leave through the default exchange: their routing key is the queue they came from.
            waiting = {"x-message-ttl": delay, **_dead_letter_to("")}
            await self._declare_queue(channel, self.retry(attempt), own_exchange=True, arguments=waiting)
        for reaction, subscribed in SUBSCRIPTIONS.items():
            name = self.queue(reaction)
            limits = {
                "x-delivery-limit": DELIVERY_LIMIT,
                "x-dead-letter-routing-key": name,
                **_dead_letter_to(self.dead),
            }
            queue = await self._declare_queue(channel, name, arguments=limits)
            for message in subscribed:
                await queue.bind(self.exchange_of(message.type), message.type)

    async def _declare_queue(
        self,
        channel: AbstractChannel,
        name: str,
        *,
        own_exchange: bool = False,
        arguments: dict[str, Any] | None = None,
    ) -> Any:
        queue = await channel.declare_queue(
            name, durable=True, arguments={"x-queue-type": "quorum", **(arguments or {})}
        )
        if own_exchange:
            await queue.bind(await channel.declare_exchange(name, ExchangeType.TOPIC, durable=True), "#")
        return queue


def _dead_letter_to(exchange: str) -> dict[str, Any]:
    """Dead letters at least once need all three."""
    return {
        "x-dead-letter-exchange": exchange,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }
