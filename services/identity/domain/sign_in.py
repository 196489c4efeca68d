"""How a guest signs in with a code by SMS: what it may cost, how often one may guess, how long it is good for."""

from dataclasses import dataclass
from typing import Final

CODE_DIGITS: Final = 6
CODE_SECONDS: Final = 600
ATTEMPTS: Final = 5
REGISTER_SECONDS: Final = 1800  # a proven number waits so long for the consents
RESEND_SECONDS: Final = 60
INVITATION_SECONDS: Final = 24 * 3600
_HOUR: Final = 3600
_DAY: Final = 24 * 3600


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` codes in `seconds` for one subject."""

    subject: str
    seconds: int
    most: int


@dataclass(frozen=True, slots=True)
class Asking:
    """For which number (a keyed hash), from which address and in which shop a code is asked for."""

    number: str
    address: str
    shop: str


def code_limits(asking: Asking, *, per_address: int, per_shop: int) -> tuple[Limit, ...]:
    """A number is the same in all shops: its owner must not be flooded through many of them."""
    return (
        Limit(f"number:{asking.number}", RESEND_SECONDS, 1),
        Limit(f"number:{asking.number}", CODE_SECONDS, 3),
        Limit(f"number:{asking.number}", _DAY, 10),
        Limit(f"address:{asking.address}", _HOUR, per_address),
        Limit(f"shop:{asking.shop}", _HOUR, per_shop),
    )


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in under way. `guest_id` is that of the guest, or the one he will get; `sealed_phone` is as the guest's document has it.

    `telegram` is the keyed hash of the Telegram account that must prove the number is its own; empty on the web page.
    """

    id: str
    shop: str
    guest_id: str
    sealed_phone: str
    telegram: str = ""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who comes with a code: somebody on the web page, or a Telegram account in a shop."""

    telegram: str = ""
    shop: str = ""

    def began(self, sign_in: SignIn) -> bool:
        """Whether the sign-in can be this one's."""
        return self.telegram == sign_in.telegram and (not self.telegram or self.shop == sign_in.shop)


ON_THE_PAGE: Final = Asker()
