"""What `services/segments` tells the others."""

from typing import ClassVar, Literal

from bezkart.contracts.event import GuestEvent, Moment

SegmentName = Literal["new", "active", "leaving", "rare", "sleeping"]
MoveCause = Literal["registration", "purchase", "undo", "time", "import"]


class GuestSegmentChanged(GuestEvent):
    """The guest is in another segment than before; `previous` is None on the first classification."""

    type: ClassVar[str] = "bezkart.segments.guest-segment-changed.v1"

    version: int
    previous: SegmentName | None
    next: SegmentName
    cause: MoveCause
    at: Moment
