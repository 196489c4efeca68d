"""What can be wrong with people and shops."""

from bezkart.kernel.errors import DomainError, Kind


class InvalidPhone(DomainError):
    kind = Kind.INVALID
    slug = "invalid-phone"
    title = "This is not a phone number"


class ContactMissing(DomainError):
    kind = Kind.INVALID
    slug = "contact-missing"
    title = "A guest needs a phone number, a Telegram account or a card"


class RegistrationImplausible(DomainError):
    kind = Kind.INVALID
    slug = "registration-implausible"
    title = "A guest registered after 1970 and not in the future"


class ConsentRequired(DomainError):
    kind = Kind.INVALID
    slug = "consent-required"
    title = "The guest has to consent to data processing first"


class GuestExists(DomainError):
    kind = Kind.CONFLICT
    slug = "guest-exists"
    title = "Such a guest is registered already"


class TelegramNeedsProof(DomainError):
    """Whoever names an account would read the codes of the guest's gifts: only the bot vouches for it."""

    kind = Kind.FORBIDDEN
    slug = "telegram-needs-proof"
    title = "A guest links Telegram himself, in the bot"


class WrongCredentials(DomainError):
    kind = Kind.UNAUTHENTICATED
    slug = "wrong-credentials"
    title = "Login or password is wrong"


class LockedOut(DomainError):
    kind = Kind.TOO_MANY
    slug = "locked-out"
    title = "Too many wrong passwords; wait before the next try"


class SignInUnavailable(DomainError):
    kind = Kind.UNAVAILABLE
    slug = "sign-in-unavailable"
    title = "Nobody can sign in right now"


class SessionNotFound(DomainError):
    kind = Kind.NOT_FOUND
    slug = "session-not-found"
    title = "There is no such session"


class ShopExists(DomainError):
    kind = Kind.CONFLICT
    slug = "shop-exists"
    title = "A shop with this name in addresses exists already"


class ShopNotFound(DomainError):
    kind = Kind.NOT_FOUND
    slug = "shop-not-found"
    title = "There is no such shop"


class LoginTaken(DomainError):
    kind = Kind.CONFLICT
    slug = "login-taken"
    title = "This login is taken"


class StaffNotFound(DomainError):
    kind = Kind.NOT_FOUND
    slug = "staff-not-found"
    title = "There is no such person on the staff"


class WeakPassword(DomainError):
    kind = Kind.INVALID
    slug = "weak-password"
    title = "A password has at least 8 characters"


class OwnerStays(DomainError):
    kind = Kind.CONFLICT
    slug = "owner-stays"
    title = "Owners do not dismiss owners; ask support"


class TooManyCodes(DomainError):
    kind = Kind.TOO_MANY
    slug = "too-many-codes"
    title = "Too many codes were asked for; wait before the next one"


class WrongCode(DomainError):
    kind = Kind.INVALID
    slug = "wrong-code"
    title = "This is not the code"


class CodeExpired(DomainError):
    kind = Kind.GONE
    slug = "code-expired"
    title = "The code is not good any more; ask for another one"


class TooManyAttempts(DomainError):
    kind = Kind.CONFLICT
    slug = "too-many-attempts"
    title = "Too many wrong codes; ask for another one"


class ProofRequired(DomainError):
    """A code is on its way to the number; `sign_in_id` is what it belongs to."""

    kind = Kind.CONFLICT
    slug = "proof-required"
    title = "The number belongs to another Telegram account: the code from the SMS proves whose it is"


class InvitationGone(DomainError):
    kind = Kind.GONE
    slug = "invitation-gone"
    title = "This invitation was used or is too old; ask the owner for another one"


class TelegramTaken(DomainError):
    kind = Kind.CONFLICT
    slug = "telegram-taken"
    title = "This Telegram account belongs to another person of the staff"
