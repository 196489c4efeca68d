"""What can be wrong with a rating, a thread, a survey."""

from bezkart.kernel.errors import DomainError, Kind


class RatingNotFound(DomainError):
    kind = Kind.NOT_FOUND
    slug = "rating-not-found"
    title = "There is no such rating"


class RatingExpired(DomainError):
    """Nobody rated within a day, or the hour in which a rating may be changed is over."""

    kind = Kind.GONE
    slug = "rating-expired"
    title = "This purchase can no longer be rated"


class NothingToRate(DomainError):
    kind = Kind.CONFLICT
    slug = "nothing-to-rate"
    title = "There is no purchase of the last 24 hours that is not rated yet"


class ThreadNotFound(DomainError):
    kind = Kind.NOT_FOUND
    slug = "thread-not-found"
    title = "There is no such conversation"


class TooManyMessages(DomainError):
    kind = Kind.TOO_MANY
    slug = "too-many-messages"
    title = "There are many messages without an answer already; the owner sees them all"


class TextEmpty(DomainError):
    kind = Kind.INVALID
    slug = "text-empty"
    title = "There is nothing in this message"


class SurveyNotFound(DomainError):
    kind = Kind.NOT_FOUND
    slug = "survey-not-found"
    title = "There is no such survey"


class SurveyClosed(DomainError):
    kind = Kind.GONE
    slug = "survey-closed"
    title = "The survey is over"


class SurveyOpen(DomainError):
    """Guests are not asked twice in the same days."""

    kind = Kind.CONFLICT
    slug = "survey-open"
    title = "A survey is under way; the next one can begin when it is over"


class CursorUnknown(DomainError):
    kind = Kind.MALFORMED
    slug = "cursor-unknown"
    title = "This is not a cursor of ours"


class PeriodInvalid(DomainError):
    kind = Kind.INVALID
    slug = "period-invalid"
    title = "A period begins before it ends and is no longer than 366 days"
