"""How the bot says for whom it asks: a short-lived assertion about one Telegram user in one shop, signed with a key of its own (ADR 0011).

It is a JWT (HS256) that only identity reads. It opens what that Telegram user may do as a guest or as a linked person of the
staff, and nothing else: no role, id or right is taken from it.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

ISSUER: Final = "bezkart.bot"
ALGORITHM: Final = "HS256"
LONGEST_SECONDS: Final = 300
SKEW_SECONDS: Final = 5  # between the clocks of the bot and of identity
_SUBJECT: Final = "telegram:"

Acting = Literal["guest", "staff"]
ACTING: Final[dict[str, Acting]] = {"guest": "guest", "staff": "staff"}


class AssertionRefused(Exception):
    """Not signed with the key, too old, or valid for longer than an assertion may be."""


@dataclass(frozen=True, slots=True)
class Assertion:
    """`telegram_id` asks in `shop` (empty: in none yet), as a guest or as a person of the staff."""

    telegram_id: int
    shop: str
    acting: Acting


class Assertions:
    """Signs and reads assertions with the key that the bot and identity share."""

    def __init__(self, key: str) -> None:
        self._key = OctKey.import_key(key)

    def sign(self, assertion: Assertion, *, now: datetime, seconds: int = 120) -> str:
        """A new one each time, good for `seconds` (at most `LONGEST_SECONDS`); sent as a bearer token.

        The gateway remembers for 5 s whom it stands for: use one for a minute or so, and sign anew after the user has registered,
        been linked or been erased.
        """
        claims = {
            "iss": ISSUER,
            "jti": secrets.token_hex(8),
            "sub": f"{_SUBJECT}{assertion.telegram_id}",
            "shop": assertion.shop,
            "as": assertion.acting,
            "exp": int(now.timestamp()) + seconds,
        }
        return jwt.encode({"alg": ALGORITHM}, claims, self._key, algorithms=[ALGORITHM])

    def read(self, token: str, *, now: datetime) -> Assertion:
        """Raises AssertionRefused."""
        try:
            return _assertion(jwt.decode(token, self._key, algorithms=[ALGORITHM]).claims, now=now.timestamp())
        except (JoseError, ValueError, KeyError, TypeError, AttributeError):
            raise AssertionRefused from None


def _assertion(claims: dict[str, Any], *, now: float) -> Assertion:
    left = claims["exp"] - now
    subject, shop = claims["sub"], claims["shop"]
    if claims["iss"] != ISSUER or not 0 < left <= LONGEST_SECONDS + SKEW_SECONDS:
        raise AssertionRefused
    if not isinstance(shop, str) or not subject.startswith(_SUBJECT):
        raise AssertionRefused
    telegram_id = int(subject.removeprefix(_SUBJECT))
    if not 0 < telegram_id < 2**52:
        raise AssertionRefused
    return Assertion(telegram_id, shop, ACTING[claims["as"]])
