"""What can be wrong with a purchase or its undo."""

from bezkart.kernel.errors import DomainError, Kind


class PurchaseNotFound(DomainError):
    kind = Kind.NOT_FOUND
    slug = "purchase-not-found"
    title = "There is no such purchase among those that can still be undone"


class AlreadyUndone(DomainError):
    kind = Kind.CONFLICT
    slug = "already-undone"
    title = "The purchase was undone before"


class UndoTooLate(DomainError):
    kind = Kind.CONFLICT
    slug = "undo-too-late"
    title = "The time for undoing this purchase is over"


class UndoNotAllowed(DomainError):
    kind = Kind.FORBIDDEN
    slug = "undo-not-allowed"
    title = "A barista undoes only own purchases; the owner can undo any of today's"


class GiftAlreadyIssued(DomainError):
    kind = Kind.CONFLICT
    slug = "gift-already-issued"
    title = "The gift this purchase earned has been issued; undo the gift first"


class IdempotencyKeyMissing(DomainError):
    kind = Kind.MALFORMED
    slug = "idempotency-key-missing"
    title = "Send an Idempotency-Key of 8 to 200 visible characters"


class IdempotencyKeyReused(DomainError):
    kind = Kind.INVALID
    slug = "idempotency-key-reused"
    title = "The Idempotency-Key was used for another request"


class HistoryCatchingUp(DomainError):
    kind = Kind.CONFLICT
    slug = "history-catching-up"
    title = "The guest's history is still being written; repeat in a second"


class CursorUnknown(DomainError):
    kind = Kind.MALFORMED
    slug = "cursor-unknown"
    title = "This is not a cursor of ours"
