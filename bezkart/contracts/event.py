"""What every event has in common."""

from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment


Moment = Annotated[datetime, AfterValidator(_aware)]


class Fact(BaseModel):
    """A part of an event. Readers ignore fields they do not know: additive changes keep the version."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Event(Fact):
    """Something that happened in one shop; past tense, facts only, no personal data beyond ids.

    `type` is the CloudEvents type and the routing key, e.g. `bezkart.purchases.purchase-recorded.v1`.
    """

    type: ClassVar[str]

    shop: str

    @property
    def subject(self) -> str:
        """The CloudEvents subject: the id of what the event is about."""
        return self.shop


class GuestEvent(Event):
    """An event about one guest."""

    guest_id: str

    @property
    def subject(self) -> str:
        return self.guest_id
