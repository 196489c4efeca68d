"""What can be wrong with a question to segments."""

from bezkart.kernel.errors import DomainError, Kind


class ShopUnknown(DomainError):
    """The directory's entry of the shop has not arrived yet."""

    kind = Kind.UNAVAILABLE
    slug = "shop-not-known-yet"
    title = "The shop was created a moment ago; try again in a second"


class PeriodInvalid(DomainError):
    kind = Kind.INVALID
    slug = "period-invalid"
    title = "The first day must not be after the last one, and at most 366 days apart"
