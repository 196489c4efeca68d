"""What `services/feedback` tells the others: figures and ids. What guests wrote never travels in an event."""

from typing import Annotated, ClassVar

from pydantic import Field

from bezkart.contracts.event import GuestEvent, Moment
from bezkart.contracts.segments import SegmentName


class RatingGiven(GuestEvent):
    """A guest rated a purchase, or rated it anew within the hour; the whole rating, applied if `version` is newer.

    `staff_id` is who recorded the purchase, `segment` the guest's when the rating was asked for.
    """

    type: ClassVar[str] = "bezkart.feedback.rating-given.v1"

    rating_id: str
    version: int
    purchase_id: str
    purchased_at: Moment
    staff_id: str
    segment: SegmentName | None
    stars: Annotated[int, Field(ge=1, le=5)]
    commented: bool
    given_at: Moment


class ThreadOpened(GuestEvent):
    """A guest waits for the owner's word: he wrote, or gave the low rating `rating_id`."""

    type: ClassVar[str] = "bezkart.feedback.thread-opened.v1"

    thread_id: str
    rating_id: str | None
    contact_me: bool
    at: Moment


class ThreadAnswered(GuestEvent):
    """The owner answered; the guest had waited since `waiting_since`, None when nobody waited."""

    type: ClassVar[str] = "bezkart.feedback.thread-answered.v1"

    thread_id: str
    rating_id: str | None
    waiting_since: Moment | None
    staff_id: str
    at: Moment


class NpsAnswered(GuestEvent):
    """A guest answered a survey, or changed the answer while it was open; applied if `version` is newer."""

    type: ClassVar[str] = "bezkart.feedback.nps-answered.v1"

    survey_id: str
    answer_id: str
    version: int
    score: Annotated[int, Field(ge=0, le=10)]
    segment: SegmentName | None
    at: Moment
