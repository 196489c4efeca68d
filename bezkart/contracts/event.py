"""What every message has in common, and every event."""

from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment


Moment = Annotated[datetime, AfterValidator(_aware)]


class Fact(BaseModel):
    """A part of a message. Readers ignore fields they do not know: additive changes keep the version."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Message(Fact):
    """What travels between services: an `Event` or a `Command` (`contracts.command`), about one shop.

    `type` is the CloudEvents type and the routing key.
    """

    type: ClassVar[str]

    shop: str

    @property
    def subject(self) -> str:
        """The CloudEvents subject: the id of what the message is about."""
        return self.shop


class Event(Message):
    """Something that happened in one shop; past tense, facts only, no personal data beyond ids.

    `type` is for instance `bezkart.purchases.purchase-recorded.v1`.
    """


class GuestEvent(Event):
    """An event about one guest."""

    guest_id: str

    @property
    def subject(self) -> str:
        return self.guest_id
