"""Take in what events say of guests and classify those guests anew (F21): one read and one write a batch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bezkart.contracts.segments import GuestSegmentChanged, MoveCause
from services.segments.domain.guest import SegmentedGuest, move_between
from services.segments.store import ShopSettings
from services.segments.usecases.collaborators import Segments


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one event teaches about one guest, and the cause of a move it may lead to."""

    guest_id: str
    cause: MoveCause
    learn: Callable[[SegmentedGuest], SegmentedGuest]


async def take_in(settings: ShopSettings, lessons: Sequence[Lesson], service: Segments) -> None:
    """Lessons that came before change nothing. Raises VersionConflict: the batch is handled again."""
    shop = settings.slug
    now = service.clock.now()
    today = settings.calendar.day(now)
    known = await service.guests.load_many(shop, {lesson.guest_id for lesson in lessons})
    learned = dict(known)
    causes: dict[str, MoveCause] = {}
    for lesson in lessons:
        before = learned[lesson.guest_id]
        after = lesson.learn(before)
        if after is not before:
            learned[lesson.guest_id] = after
            causes[lesson.guest_id] = lesson.cause
    changed = []
    for guest_id, cause in causes.items():
        guest = learned[guest_id].classify(today, settings.thresholds)
        changed.append((guest, segment_changed(shop, known[guest_id], guest, cause, service)))
    await service.guests.save_many(shop, changed, now)


def segment_changed(
    shop: str, before: SegmentedGuest, after: SegmentedGuest, cause: MoveCause, service: Segments
) -> tuple[GuestSegmentChanged, ...]:
    """The event of the move between the two, if there is one (F23)."""
    move = move_between(before, after)
    if move is None:
        return ()
    return (
        GuestSegmentChanged(
            shop=shop,
            guest_id=after.id,
            version=after.version + 1,
            previous=move.previous.value if move.previous else None,
            next=move.next.value,
            cause=cause,
            at=service.clock.now(),
        ),
    )
