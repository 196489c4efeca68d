"""A service's table of reactions: which function handles which event or command from which queue."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar

from bezkart.contracts.event import Message
from bezkart.contracts.subscriptions import SUBSCRIPTIONS

Service = TypeVar("Service")
Handler = Callable[[Sequence[Any], Service], Awaitable[None]]


class Reactions(Generic[Service]):
    """Filled by `@reactions.on(...)` in a service's `handlers.py`.

    A handler gets a batch: one event when the queue is short, up to a few hundred when it is long. It must be idempotent and may
    assume nothing about order. A batch that fails is tried again event by event.
    """

    def __init__(self) -> None:
        self.by_queue: dict[str, dict[type[Message], Handler[Service]]] = {}

    def on(self, *events: type[Message], queue: str) -> Callable[[Handler[Service]], Handler[Service]]:
        """Register a handler for `events` of `queue`; both must stand in `contracts.subscriptions`."""
        missing = [event.type for event in events if event not in SUBSCRIPTIONS.get(queue, ())]
        if missing:
            raise LookupError(f"{queue} does not subscribe to {', '.join(missing)}")

        def register(handler: Handler[Service]) -> Handler[Service]:
            handlers = self.by_queue.setdefault(queue, {})
            handlers.update(dict.fromkeys(events, handler))
            return handler

        return register
