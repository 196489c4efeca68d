"""The guest's own code for a gift where neither side receives messages (F45): TOTP (RFC 6238) with HMAC-SHA-256. Pure.

The page computes it, so the numbers here are part of what it is told (`OfflineKey`). Each step's code hands over one gift: an
account takes only steps newer than the last it has taken.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.purchases.domain.errors import CodeUsedBefore

STEP_SECONDS: Final = 30
DIGITS: Final = 8
SKEW_SECONDS: Final = 60
"""How far the clocks of guest and till may be apart, either way."""


@dataclass(frozen=True, slots=True)
class OfflineCode:
    """A code that shows until `good_until` what only its guest can know."""

    code: str
    good_until: datetime


def offline_secret(key: bytes, shop: str, guest_id: str) -> bytes:
    """A guest's secret follows from a key of ours, so nothing is stored."""
    return hmac.digest(key, f"{shop}\x1f{guest_id}".encode(), "sha256")


def code_of(secret: bytes, step: int) -> str:
    """The code of a step: dynamic truncation as in RFC 4226, 5.3."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha256")
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def step_of(seconds: float) -> int:
    """The step of a Unix time."""
    return int(seconds // STEP_SECONDS)


def offline_code(secret: bytes, now: datetime, *, taken: int) -> OfflineCode:
    """What to show at `now`, never a step that the account has `taken`."""
    step = max(step_of(now.timestamp()), taken + 1)
    until = (step + 1) * STEP_SECONDS + SKEW_SECONDS
    return OfflineCode(code_of(secret, step), datetime.fromtimestamp(until, now.tzinfo))


def matching_step(secret: bytes, code: str, now: datetime, *, taken: int) -> int | None:
    """The step that `code` belongs to, None for a wrong one. Raises CodeUsedBefore. As slow for a right code as for a wrong one."""
    first, last = (step_of(now.timestamp() + skew) for skew in (-SKEW_SECONDS, SKEW_SECONDS))
    right = [step for step in range(first, last + 1) if hmac.compare_digest(code_of(secret, step), code)]
    newer = [step for step in right if step > taken]
    if right and not newer:
        raise CodeUsedBefore(retry_after=STEP_SECONDS)
    return newer[0] if newer else None
