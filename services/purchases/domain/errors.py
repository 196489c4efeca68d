"""What can be wrong with a purchase, a gift, points, or the program."""

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


class HistoryCatchingUp(DomainError):
    kind = Kind.CONFLICT
    slug = "history-catching-up"
    title = "The guest's history is still being written; repeat in a second"


class CursorUnknown(DomainError):
    kind = Kind.MALFORMED
    slug = "cursor-unknown"
    title = "This is not a cursor of ours"


class GiftLocked(DomainError):
    kind = Kind.CONFLICT
    slug = "gift-locked"
    title = "The gift this purchase earned is being handed over; release it first"


class PointsAlreadySpent(DomainError):
    kind = Kind.CONFLICT
    slug = "points-already-spent"
    title = "The points of this purchase have been spent; undo that purchase first"


class PointsOff(DomainError):
    kind = Kind.CONFLICT
    slug = "points-off"
    title = "The shop gives no points"


class PointsNotEnough(DomainError):
    kind = Kind.CONFLICT
    slug = "points-not-enough"
    title = "The guest has fewer points"


class PointsOverShare(DomainError):
    kind = Kind.INVALID
    slug = "points-over-share"
    title = "So large a part of the bill cannot be paid by points"


class AmountNeeded(DomainError):
    kind = Kind.INVALID
    slug = "amount-needed"
    title = "To pay with points, say how much the bill is"


class TooSoon(DomainError):
    kind = Kind.CONFLICT
    slug = "too-soon"
    title = "The guest's last purchase was recorded a moment ago"


class TooManyToday(DomainError):
    kind = Kind.CONFLICT
    slug = "too-many-today"
    title = "The guest has had as much today as the shop allows"


class NoGift(DomainError):
    kind = Kind.CONFLICT
    slug = "no-gift"
    title = "The guest has no gift to hand over"


class GiftAlreadyRequested(DomainError):
    kind = Kind.CONFLICT
    slug = "gift-already-requested"
    title = "A code for the guest's gift is on its way already"


class GiftNotRequested(DomainError):
    kind = Kind.NOT_FOUND
    slug = "gift-not-requested"
    title = "This gift is not being handed over"


class GiftIssuedBefore(DomainError):
    kind = Kind.CONFLICT
    slug = "gift-issued-before"
    title = "This gift was handed over before"


class LaterGiftFirst(DomainError):
    kind = Kind.CONFLICT
    slug = "later-gift-first"
    title = "Another gift was handed over after this one; undo that first"


class TooManyCodes(DomainError):
    kind = Kind.TOO_MANY
    slug = "too-many-codes"
    title = "Enough codes were sent for this gift; wait until it is released"


class WrongCode(DomainError):
    kind = Kind.INVALID
    slug = "wrong-code"
    title = "The code is not right"


class CodeExpired(DomainError):
    kind = Kind.GONE
    slug = "code-expired"
    title = "The code is not valid any more; ask for another one"


class TooManyAttempts(DomainError):
    kind = Kind.CONFLICT
    slug = "too-many-attempts"
    title = "Too many wrong codes; ask for the gift anew"


class CodeUsedBefore(DomainError):
    kind = Kind.CONFLICT
    slug = "code-used-before"
    title = "This code has handed a gift over before; wait for the next one"


class CodesUnavailable(DomainError):
    kind = Kind.UNAVAILABLE
    slug = "codes-unavailable"
    title = "Codes cannot be sent or checked right now; the owner can hand the gift over"


class ProgramInvalid(DomainError):
    kind = Kind.INVALID
    slug = "program-invalid"
    title = "The conditions contradict each other"


class ProgramChangedMeanwhile(DomainError):
    kind = Kind.CONFLICT
    slug = "program-changed"
    title = "The program was changed meanwhile; look at it again"


class ReferralCodeUnknown(DomainError):
    kind = Kind.NOT_FOUND
    slug = "referral-code-unknown"
    title = "No guest who has bought here has this code"


class ReferralOwn(DomainError):
    kind = Kind.CONFLICT
    slug = "referral-own"
    title = "Nobody brings oneself"


class ReferralTooLate(DomainError):
    kind = Kind.CONFLICT
    slug = "referral-too-late"
    title = "Only a guest who has not bought anything can say who brought him or her"


class ReferralSetBefore(DomainError):
    kind = Kind.CONFLICT
    slug = "referral-set-before"
    title = "The guest has said before who brought him or her"


class ShopUnknown(DomainError):
    kind = Kind.NOT_FOUND
    slug = "shop-unknown"
    title = "The shop is not known here yet"
