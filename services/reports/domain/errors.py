"""What can be wrong with a question to reports."""

from bezkart.kernel.errors import DomainError, Kind


class PeriodInvalid(DomainError):
    kind = Kind.INVALID
    slug = "period-invalid"
    title = "A period begins before it ends and is no longer than 366 days"


class DayInvalid(DomainError):
    """There is a report of days that have begun, not of the future."""

    kind = Kind.NOT_FOUND
    slug = "day-invalid"
    title = "There is no report of that day"


class PictureNotDrawn(DomainError):
    kind = Kind.UNAVAILABLE
    slug = "picture-not-drawn"
    title = "The picture could not be drawn right now"
