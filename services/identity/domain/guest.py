"""A guest of one shop (F2, F3): contacts, consents, erasure. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

Purpose = Literal["processing", "advertising"]
Language = Literal["ru", "en"]
TELEGRAM: Final = "telegram:"


@dataclass(frozen=True, slots=True)
class SealedPhone:
    """A phone number as it is kept: encrypted, with what may be shown of it and the keyed hash it is found by."""

    sealed: str
    index: str
    masked: str
    last4: str


@dataclass(frozen=True, slots=True)
class Consent:
    """One record: what the guest said to which text, when and where. A withdrawal is a record too."""

    purpose: Purpose
    granted: bool
    text_version: str
    at: datetime
    channel: str


@dataclass(frozen=True, slots=True)
class Contacts:
    """What a guest is known by; each of them belongs to one guest of the shop. The short code is what the guest shows at the counter."""

    phone: SealedPhone | None = None
    telegram_id: int | None = None
    card: str | None = None
    code: str | None = None

    @property
    def any(self) -> bool:
        return self.phone is not None or self.telegram_id is not None or self.card is not None

    @property
    def identifiers(self) -> tuple[str, ...]:
        """The keys under which the guest is found; unique in the shop."""
        phone = (phone_identifier(self.phone.index),) if self.phone else ()
        telegram = (telegram_identifier(self.telegram_id),) if self.telegram_id is not None else ()
        card = (card_identifier(self.card),) if self.card else ()
        return (*phone, *telegram, *card, *((code_identifier(self.code),) if self.code else ()))

    def only(self, kept: Callable[[str], bool]) -> "Contacts":
        """Those contacts whose identifier is `kept`."""
        return Contacts(
            self.phone if self.phone and kept(phone_identifier(self.phone.index)) else None,
            self.telegram_id if self.telegram_id is not None and kept(telegram_identifier(self.telegram_id)) else None,
            self.card if self.card and kept(card_identifier(self.card)) else None,
            self.code if self.code and kept(code_identifier(self.code)) else None,
        )

    def with_missing_from(self, other: "Contacts") -> "Contacts":
        """These contacts, and those of `other` where there is none yet."""
        return Contacts(
            self.phone or other.phone,
            other.telegram_id if self.telegram_id is None else self.telegram_id,
            self.card or other.card,
            self.code or other.code,
        )


@dataclass(frozen=True, slots=True)
class Guest:
    """`version` counts changes from 1 (the registration); `birthday` is "MM-DD", nobody needs the year."""

    id: str
    registered_at: datetime
    source: str
    contacts: Contacts = Contacts()
    name: str | None = None
    consents: tuple[Consent, ...] = ()
    version: int = 0
    erased_at: datetime | None = None
    language: Language = "ru"
    birthday: str | None = None

    def consented(self, purpose: Purpose) -> bool:
        """The latest word of the guest about `purpose`; False without one."""
        said = [consent for consent in self.consents if consent.purpose == purpose]
        return bool(said) and said[-1].granted

    def register(self) -> "Guest":
        """The first version, whatever was put together before."""
        return replace(self, version=1)

    def say(self, *consents: Consent) -> "Guest":
        """Record consents or their withdrawal; the same word twice is recorded twice."""
        return replace(self, version=self.version + 1, consents=(*self.consents, *consents))

    def change(self, *, name: str | None, contacts: Contacts, language: Language, birthday: str | None) -> "Guest":
        """Another name, further contacts, another language, another birthday or none."""
        version = self.version + 1
        return replace(self, version=version, name=name, contacts=contacts, language=language, birthday=birthday)

    def with_code(self, code: str) -> "Guest":
        """The same with a short code; nobody but the guest is told, so it is no event."""
        return replace(self, version=self.version + 1, contacts=replace(self.contacts, code=code))

    def merge_import(self, other: "Guest") -> "Guest":
        """What an older system knows besides: the earlier registration, missing contacts and name; self if nothing is new."""
        merged = replace(
            self,
            registered_at=min(self.registered_at, other.registered_at),
            contacts=self.contacts.with_missing_from(other.contacts),
            name=self.name or other.name,
        )
        return self if merged == self else replace(merged, version=self.version + 1)

    def at_version(self, version: int) -> "Guest":
        """The same state under another version: several changes written as one."""
        return replace(self, version=version)

    def erase(self, at: datetime) -> "Guest":
        """Only the mark remains that this id was erased."""
        return Guest(self.id, self.registered_at, self.source, version=self.version + 1, erased_at=at)


def phone_identifier(index: str) -> str:
    """The key a guest is found by through the keyed hash of the phone number."""
    return f"phone:{index}"


def telegram_identifier(telegram_id: int) -> str:
    """The key a guest is found by through the Telegram account."""
    return f"{TELEGRAM}{telegram_id}"


def card_identifier(card: str) -> str:
    """The key a guest is found by through the card id of an older system."""
    return f"card:{card}"


def code_identifier(code: str) -> str:
    """The key a guest is found by through the short code."""
    return f"code:{code}"
