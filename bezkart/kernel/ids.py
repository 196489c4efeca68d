"""Identifiers: random ones, derived ones, and guest ids that prove which shop issued them."""

import base64
import hashlib
import hmac
import secrets
from typing import Final, NewType

GuestId = NewType("GuestId", str)
ShopSlug = NewType("ShopSlug", str)
StaffId = NewType("StaffId", str)
PurchaseId = NewType("PurchaseId", str)

_RANDOM_BYTES: Final = 12
_SEAL_BYTES: Final = 8
_GUEST_PREFIX: Final = "g_"
_MARK_LETTERS: Final = 5


def _text(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=").lower()


def new_id(prefix: str) -> str:
    """A random id such as `s_…` with 120 bits of entropy."""
    return f"{prefix}_{_text(secrets.token_bytes(15))}"


def derived_id(prefix: str, *parts: str) -> str:
    """The same parts give the same id, so a repeated effect finds what the first one left."""
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    return f"{prefix}_{_text(digest[:15])}"


def shop_mark(shop: str) -> str:
    """A short mark of a shop, for what has no room for its name, such as a button; empty for none."""
    return base64.b32encode(hashlib.sha256(shop.encode()).digest()).decode().lower()[:_MARK_LETTERS] if shop else ""


class GuestIds:
    """Issues guest ids sealed for one shop and tells them from foreign or invented ones without a look-up.

    An id is 96 random bits and a 64-bit HMAC over them and the shop. A service can therefore open an account for a guest it
    has not heard of yet, while the broker is down as well; an id of another shop is not recognised (ADR 0005).
    """

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    def issue(self, shop: str) -> GuestId:
        raw = secrets.token_bytes(_RANDOM_BYTES)
        return GuestId(_GUEST_PREFIX + _text(raw + self._seal(shop, raw)))

    def recognises(self, shop: str, guest_id: str) -> bool:
        """Whether this platform issued `guest_id` for `shop`, letter by letter: a guest has one spelling."""
        try:
            raw = base64.b32decode(guest_id.removeprefix(_GUEST_PREFIX).upper())
        except ValueError:
            return False
        if guest_id != _GUEST_PREFIX + _text(raw) or len(raw) != _RANDOM_BYTES + _SEAL_BYTES:
            return False
        return hmac.compare_digest(raw[_RANDOM_BYTES:], self._seal(shop, raw[:_RANDOM_BYTES]))

    def share_code(self, guest_id: str) -> str:
        """What a guest may hand around: tells the guest apart, is no guest id, and opens nothing."""
        return _text(base64.b32decode(guest_id.removeprefix(_GUEST_PREFIX).upper())[:_RANDOM_BYTES])

    def shared(self, shop: str, code: str) -> GuestId | None:
        """The guest of the shop whose code that is, if there is such a guest; None for what is no code at all."""
        try:
            raw = base64.b32decode(code.strip().upper() + "====")
        except ValueError:
            return None
        if len(raw) != _RANDOM_BYTES or _text(raw) != code.strip().lower():
            return None
        return GuestId(_GUEST_PREFIX + _text(raw + self._seal(shop, raw)))

    def _seal(self, shop: str, raw: bytes) -> bytes:
        return hmac.digest(self._key, shop.encode() + b"\x1f" + raw, "sha256")[:_SEAL_BYTES]
