"""What `services/identity` tells the others."""

from typing import ClassVar, Literal

from bezkart.contracts.event import Event, GuestEvent, Moment

Plan = Literal["start", "growth", "pro"]


class ShopChanged(Event):
    """The shop was created or its entry in the directory changed; the whole entry, applied if `version` is newer."""

    type: ClassVar[str] = "bezkart.identity.shop-changed.v1"

    version: int
    name: str
    timezone: str
    currency: str
    plan: Plan


class GuestChanged(GuestEvent):
    """A guest registered or the profile changed; state without personal data, applied if `version` is newer.

    `version` 1 is the registration.
    """

    type: ClassVar[str] = "bezkart.identity.guest-changed.v1"

    version: int
    registered_at: Moment
    source: str
    has_phone: bool
    has_telegram: bool
    processing_consent: bool
    advertising_consent: bool


class GuestErased(GuestEvent):
    """The guest's data must go from every store; nothing may be recorded for the id afterwards."""

    type: ClassVar[str] = "bezkart.identity.guest-erased.v1"

    erased_at: Moment


class GuestContactsChanged(GuestEvent):
    """How a guest is reached, applied if `version` (that of the guest; 1 is the registration) is newer.

    The addresses are encrypted with the transport key that only identity and notifications hold.
    """

    type: ClassVar[str] = "bezkart.identity.guest-contacts-changed.v1"

    version: int
    source: str
    sealed_phone: str | None
    masked_phone: str | None
    sealed_telegram: str | None
    language: Literal["ru", "en"] = "ru"
