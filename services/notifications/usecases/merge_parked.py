"""After an outage: one digest for a guest instead of the messages that gathered (F43)."""

from dataclasses import replace
from typing import Final

from services.notifications.domain.digest import DIGEST, digest
from services.notifications.domain.message import LIFE, Message
from services.notifications.store.messages import Change
from services.notifications.usecases.accept import message_id
from services.notifications.usecases.collaborators import Notifications
from services.notifications.usecases.enqueue import enqueue

GUESTS_AT_ONCE: Final = 500


async def merge_parked(shop: str, channel: str, service: Notifications) -> None:
    """The digest is made first and the others are cancelled then: a crash in between repeats, it loses nothing."""
    while groups := await service.messages.parked_twice(shop, channel, GUESTS_AT_ONCE):
        now = service.clock.now()
        routes = await service.guests.load_many(shop, {group[0].guest_id for group in groups})
        digests, cancelled = [], []
        for group in groups:
            language = routes[group[0].guest_id].language if group[0].guest_id in routes else "ru"
            merged = _digest(shop, group, channel, language)
            digests.append(merged.started(now))
            cancelled += [Change(each, each.cancelled(f"{DIGEST}:{merged.id}")) for each in group]
        await service.messages.add(shop, [(each.queued(now), ()) for each in digests], now)
        await service.messages.save(shop, cancelled, now)
        enqueue(shop, digests, service)


def _digest(shop: str, group: list[Message], channel: str, language: str) -> Message:
    """Its id follows from the newest message it stands for, so the same digest is made once."""
    newest = group[-1]
    identity = message_id(shop, f"{DIGEST}:{newest.id}:{len(group)}")
    text = digest([each.text for each in group if each.text], language)
    life = max(each.expires_at for each in group)
    return replace(
        newest,
        id=identity,
        key=f"{DIGEST}:{newest.id}",
        template=DIGEST,
        urgency="normal",
        expires_at=min(life, newest.created_at + LIFE["bulk"]),
        steps=(channel,),
        step=0,
        text=text,
        attempts=(),
        reason=None,
        buttons=(),  # of many messages it cannot be told whose they are
    )
