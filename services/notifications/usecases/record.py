"""Put results on record in small groups, and give what has to go on to the next queue."""

import asyncio
from typing import Final

from services.notifications.channels import metrics
from services.notifications.domain.message import Message
from services.notifications.store.messages import Change
from services.notifications.usecases.collaborators import Notifications
from services.notifications.usecases.enqueue import enqueue, enqueue_for_sure
from services.notifications.usecases.events import told

GROUP: Final = 50
PAUSE: Final = 0.02


class Recorder:
    """For one chunk: a result is written with those that arrive in the same moment, 20 ms later at the latest."""

    def __init__(self, shop: str, service: Notifications) -> None:
        self._shop = shop
        self._service = service
        self._waiting: list[tuple[Message, Message]] = []
        self._writing: asyncio.Task[None] | None = None

    async def put(self, before: Message, after: Message) -> None:
        """Note what became of a message; waits only when too much has gathered."""
        self._waiting.append((before, after))
        if self._writing is None or self._writing.done():
            if self._writing is not None:
                self._writing.result()
            self._writing = asyncio.create_task(self._write_soon())
        if len(self._waiting) >= GROUP * 4:
            await asyncio.shield(self._writing)

    async def finish(self) -> None:
        """Everything noted is written. Raises what went wrong: then the leases end and it is tried again."""
        if self._writing is not None:
            await self._writing
        await write(self._shop, self._take(), self._service)

    async def _write_soon(self) -> None:
        await asyncio.sleep(PAUSE)
        while self._waiting:
            await write(self._shop, self._take(), self._service)

    def _take(self) -> list[tuple[Message, Message]]:
        taken, self._waiting = self._waiting[: GROUP * 4], self._waiting[GROUP * 4 :]
        return taken


async def write(
    shop: str, pairs: list[tuple[Message, Message]], service: Notifications, *, again: bool = False
) -> None:
    """Store what became of messages; those whose next channel may try at once go to its queue.

    `again`: as they did before. Once the broker has them for sure, they are left alone for longer: a queue may be long.
    """
    if not pairs:
        return
    now = service.clock.now()
    ready = [after for _, after in pairs if after.ready(now)]
    changes = [
        Change(
            before,
            after.queued(now) if after.ready(now) else after,
            told(shop, after, now) if before.pending else (),
        )
        for before, after in pairs
    ]
    await service.messages.save(shop, changes, now)
    for _, after in pairs:
        if not after.pending:
            metrics.settled.labels(after.urgency, after.state.value).inc()
    if not again:
        enqueue(shop, ready, service)
    elif ready and await enqueue_for_sure(shop, ready, service):
        await service.messages.leave_alone(shop, ready, now)
    await service.agenda.note(shop, min((each.after.due_at for each in changes if each.after.due_at), default=None))
