"""What `services/identity` tells the others."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

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
    """A guest registered or the profile changed; state without contacts or name, applied if `version` is newer.

    `version` 1 is the registration; `referral` is the code of the guest who brought this one, told with it only.
    `birthday` is "MM-DD" where the guest told it.
    """

    type: ClassVar[str] = "bezkart.identity.guest-changed.v1"

    version: int
    registered_at: Moment
    source: str
    has_phone: bool
    has_telegram: bool
    processing_consent: bool
    advertising_consent: bool
    referral: str | None = None
    birthday: Annotated[str, Field(pattern=r"^\d{2}-\d{2}$")] | None = None


class GuestErased(GuestEvent):
    """The guest's data must go from every store; nothing may be recorded for the id afterwards."""

    type: ClassVar[str] = "bezkart.identity.guest-erased.v1"

    erased_at: Moment


class GuestContactsChanged(GuestEvent):
    """How a guest is reached, applied if `version` (that of the guest; 1 is the registration) is newer.

    The addresses and the first name are encrypted with the transport key that only identity and notifications hold.
    `advertising_consent` is None where an older identity did not tell it.
    """

    type: ClassVar[str] = "bezkart.identity.guest-contacts-changed.v1"

    version: int
    source: str
    sealed_phone: str | None
    masked_phone: str | None
    sealed_telegram: str | None
    sealed_name: str | None = None
    language: Literal["ru", "en"] = "ru"
    advertising_consent: bool | None = None


class StaffContactsChanged(Event):
    """How a person of the staff is reached by Telegram, applied if `version` is newer; nobody once `dismissed` or unlinked.

    The address is encrypted with the transport key that only identity and notifications hold.
    """

    type: ClassVar[str] = "bezkart.identity.staff-contacts-changed.v1"

    staff_id: str
    version: int
    role: Literal["barista", "owner"]
    sealed_telegram: str | None
    language: Literal["ru", "en"] = "ru"
    dismissed: bool

    @property
    def subject(self) -> str:
        return self.staff_id
