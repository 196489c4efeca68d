"""CloudEvents 1.0 in structured JSON: the form of an event or a command in an outbox and on the wire."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

import orjson
from pydantic import ValidationError

from bezkart.contracts.command import GuestCommand
from bezkart.contracts.event import GuestEvent, Message
from bezkart.kernel.ids import GuestIds, new_id
from bezkart.kit import tracing

E_co = TypeVar("E_co", bound=Message, covariant=True)

CONTENT_TYPE: Final = "application/cloudevents+json"
BATCH_CONTENT_TYPE: Final = "application/cloudevents-batch+json"


class BadMessage(Exception):
    """A delivery that no retry can mend: unparseable, of an unknown type, or without a required field."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """An event ready to be published: CloudEvents `id` and `type`, its moment, and the whole envelope as JSON text."""

    id: str
    type: str
    at: datetime
    body: str

    def document(self) -> dict[str, Any]:
        """As it lies in a document's `outbox`."""
        return {"id": self.id, "type": self.type, "at": self.at, "body": self.body}

    @classmethod
    def from_document(cls, entry: Mapping[str, Any]) -> "Sealed":
        return cls(entry["id"], entry["type"], entry["at"], entry["body"])


@dataclass(frozen=True, slots=True)
class Unread:
    """An event of a message that could not be read, and why."""

    body: bytes
    reason: str


@dataclass(frozen=True, slots=True)
class Opened(Generic[E_co]):
    """A delivered event with the facts of its envelope that a reader may need."""

    id: str
    at: datetime
    traceparent: str | None
    event: E_co
    envelope: Mapping[str, Any]


def seal(event: Message, at: datetime) -> Sealed:
    """Wrap an event that happened at `at`; the present trace travels with it."""
    event_id = new_id("e")
    envelope = {
        "specversion": "1.0",
        "id": event_id,
        "source": "/" + "/".join(event.type.split(".")[:2]),
        "type": event.type,
        "subject": event.subject,
        "time": at,
        "datacontenttype": "application/json",
        "shopid": event.shop,
        "data": orjson.Fragment(event.model_dump_json()),
    }
    if parent := tracing.traceparent():
        envelope["traceparent"] = parent
    return Sealed(event_id, event.type, at, orjson.dumps(envelope).decode())


def pack(events: Sequence[Sealed]) -> tuple[bytes, str]:
    """The body of one message and its content type: a single event as it is, several as a CloudEvents batch."""
    if len(events) == 1:
        return events[0].body.encode(), CONTENT_TYPE
    return f"[{','.join(event.body for event in events)}]".encode(), BATCH_CONTENT_TYPE


def unpack(
    body: bytes, content_type: str | None, known: Mapping[str, type[Message]], guest_ids: GuestIds
) -> list[Opened[Message] | Unread]:
    """The events of a message, each on its own: a bad one does not spoil the others of its batch."""
    try:
        parsed = orjson.loads(body)
    except ValueError as error:
        return [Unread(body, f"not JSON: {error}")]
    if content_type != BATCH_CONTENT_TYPE:
        return [_open_or_leave(parsed, known, guest_ids)]
    if not isinstance(parsed, list):
        return [Unread(body, "not a batch of CloudEvents")]
    return [_open_or_leave(envelope, known, guest_ids) for envelope in parsed]


def _open_or_leave(envelope: Any, known: Mapping[str, type[Message]], guest_ids: GuestIds) -> Opened[Message] | Unread:
    try:
        return unseal(envelope, known, guest_ids)
    except BadMessage as bad:
        return Unread(orjson.dumps(envelope), str(bad))


def unseal(envelope: Any, known: Mapping[str, type[Message]], guest_ids: GuestIds) -> Opened[Message]:
    """An event of one of the `known` types from its parsed envelope, its guest one of its shop. Raises BadMessage."""
    try:
        kind = envelope["type"]
        event_id, at = str(envelope["id"]), datetime.fromisoformat(envelope["time"])
        shop, data = envelope["shopid"], envelope["data"]
    except (ValueError, KeyError, TypeError) as error:
        raise BadMessage(f"not a CloudEvent of ours: {type(error).__name__} {error}") from None
    if kind not in known:
        raise BadMessage(f"unknown type {kind}")
    try:
        event = known[kind].model_validate(data)
    except ValidationError as error:
        fields = ", ".join("/".join(map(str, item["loc"])) + ": " + item["type"] for item in error.errors())
        raise BadMessage(f"fields do not fit {kind}: {fields}") from None
    if event.shop != shop:
        raise BadMessage(f"shop of the envelope and of the data differ in {kind}")
    if isinstance(event, GuestEvent | GuestCommand) and not guest_ids.recognises(event.shop, event.guest_id):
        raise BadMessage(f"the guest is not one of the shop in {kind}")
    return Opened(event_id, at, envelope.get("traceparent"), event, envelope)
