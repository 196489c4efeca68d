"""A message as a document. What older versions of this service did not write yet has its default."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

from bezkart.kit.bus.envelope import Sealed
from bezkart.kit.mongo import Document
from services.notifications.domain.buttons import Button
from services.notifications.domain.message import Attempt, Message, State

_FIXED: Final = ("guest_id", "key", "template", "urgency", "created_at", "expires_at", "secret")
_RARE: Final = ("staff", "about", "picture", "campaign", "read_at")
"""Written only where there is something to write."""


def state_of(message: Message) -> Document:
    """What changes on its way."""
    return {
        "state": message.state.value,
        "channel": message.channel,
        "steps": message.steps,
        "step": message.step,
        "step_until": message.step_until,
        "due_at": message.due_at,
        "tries": message.tries,
        "again": message.again,
        "text": message.text,
        "sealed_phone": message.sealed_phone,
        "reason": message.reason,
    }


def document_of(message: Message, events: Sequence[Sealed]) -> Document:
    """A new message as it is stored."""
    state = state_of(message)
    if state["due_at"] is None:
        del state["due_at"]
    fixed: Document = {name: getattr(message, name) for name in _FIXED}
    rare: Document = {name: value for name in _RARE if (value := getattr(message, name))}
    if not message.pending:
        rare.pop("picture", None)
    if message.buttons:
        rare["buttons"] = [asdict(each) for each in message.buttons]
    return {
        "_id": message.id,
        "rev": 1,
        **fixed,
        **rare,
        **state,
        "attempts": [attempt_document(each) for each in message.attempts],
        "outbox": [event.document() for event in events],
    }


def attempt_document(attempt: Attempt) -> Document:
    """A line of the delivery log."""
    return {name: getattr(attempt, name) for name in Attempt.__dataclass_fields__}


def message_of(document: Document) -> Message:
    """The message that the document holds."""
    fixed: Document = {name: document[name] for name in _FIXED}
    rare: Document = {name: document[name] for name in _RARE if name in document}
    return Message(
        id=document["_id"],
        rev=document["rev"],
        **fixed,
        **rare,
        buttons=tuple(Button(**each) for each in document.get("buttons", ())),
        state=State(document["state"]),
        steps=tuple(document["steps"]),
        step=document["step"],
        step_until=document["step_until"],
        due_at=document.get("due_at"),
        tries=document["tries"],
        again=tuple(document["again"]),
        text=document["text"],
        sealed_phone=document.get("sealed_phone"),
        reason=document["reason"],
        attempts=tuple(Attempt(**each) for each in document["attempts"]),
    )
