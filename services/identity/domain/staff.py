"""Shops, the people who work in them, and what they may do."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from services.identity.domain.errors import OwnerStays, WeakPassword

StaffRole = Literal["barista", "owner"]
Plan = Literal["start", "growth", "pro"]

MIN_PASSWORD_LENGTH = 8
FREE_FAILURES = 5
FREE_FAILURES_OF_ADDRESS = 20
FIRST_LOCK_SECONDS = 5
LONGEST_LOCK_SECONDS = 900


@dataclass(frozen=True, slots=True)
class Shop:
    """An entry of the shop directory (F6)."""

    slug: str
    name: str
    timezone: str
    currency: str
    plan: Plan
    version: int = 1


@dataclass(frozen=True, slots=True)
class SealedTelegram:
    """A Telegram account as it is kept: encrypted, with the keyed hash it is found by."""

    sealed: str
    index: str


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A barista or an owner; `login` is unique on the whole platform. `version` counts changes from 1 (hired)."""

    id: str
    shop: str
    login: str
    name: str
    role: StaffRole
    hired_at: datetime
    dismissed_at: datetime | None = None
    telegram: SealedTelegram | None = None
    version: int = 1

    def dismiss(self, at: datetime) -> "StaffMember":
        """The Telegram account is let go of as well. Raises OwnerStays."""
        if self.role == "owner":
            raise OwnerStays
        return replace(self, dismissed_at=self.dismissed_at or at, telegram=None, version=self.version + 1)

    def link(self, telegram: SealedTelegram | None) -> "StaffMember":
        """Works by this Telegram account from now on, or by none."""
        return replace(self, telegram=telegram, version=self.version + 1)


def check_password(password: str, *, lenient: bool) -> None:
    """Raises WeakPassword; demo mode is lenient because its passwords are printed anyway."""
    if not lenient and len(password) < MIN_PASSWORD_LENGTH:
        raise WeakPassword(pointer="/password")


def lock_seconds(failures: int, *, free: int) -> int:
    """How long sign-in is locked after so many failures in a row: nothing for the first ones, then twice as long each time."""
    if failures < free:
        return 0
    return min(FIRST_LOCK_SECONDS << min(failures - free, 20), LONGEST_LOCK_SECONDS)
