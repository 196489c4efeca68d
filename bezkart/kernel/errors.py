"""Typed errors. One place (`bezkart.kit.problems`) maps their kind to an HTTP status."""

from enum import Enum
from typing import ClassVar


class Kind(Enum):
    """What went wrong, whatever the surface that says so."""

    MALFORMED = "malformed"
    UNAUTHENTICATED = "unauthenticated"
    PLAN_REQUIRED = "plan-required"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not-found"
    CONFLICT = "conflict"
    GONE = "gone"
    INVALID = "invalid"
    TOO_MANY = "too-many"
    UNAVAILABLE = "unavailable"


class DomainError(Exception):
    """An expected failure with a stable slug; it is counted, not logged as an error.

    `pointer` is the JSON pointer of the field at fault; `members` are extra members of the problem document.
    """

    kind: ClassVar[Kind]
    slug: ClassVar[str]
    title: ClassVar[str]

    def __init__(self, detail: str = "", *, pointer: str | None = None, **members: str | int) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.pointer = pointer
        self.members = members


class VersionConflict(DomainError):
    """Somebody else wrote the document between load and save; the use case runs again."""

    kind = Kind.CONFLICT
    slug = "version-conflict"
    title = "The record was changed at the same moment"


class Unavailable(DomainError):
    """A store or a neighbour does not answer; the same request may succeed a little later."""

    kind = Kind.UNAVAILABLE
    slug = "service-unavailable"
    title = "The service is not available right now"


class GuestNotFound(DomainError):
    """No such guest in this shop (a foreign guest looks just the same)."""

    kind = Kind.NOT_FOUND
    slug = "guest-not-found"
    title = "There is no such guest"


class GuestErased(DomainError):
    """The guest asked to be erased; nothing can be recorded for the id any more."""

    kind = Kind.GONE
    slug = "guest-erased"
    title = "The guest's data was erased"


class IdempotencyKeyReused(DomainError):
    """The key has an answer already, and that was to another request."""

    kind = Kind.INVALID
    slug = "idempotency-key-reused"
    title = "The Idempotency-Key was used for another request"
