"""A guest as campaigns knows one: what audiences ask about, from the events of identity, purchases, segments and notifications. Pure."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Literal, Self

from services.campaigns.domain.agenda import GuestAgenda

REMEMBERED: Final = 30
"""So many of the latest purchases say what a guest likes."""
FAVOURITES: Final = 3

Reach = Literal["telegram", "web", "none"]


@dataclass(frozen=True, slots=True)
class Profile:
    """What identity says. `birthday` is "MM-DD"."""

    registered_at: datetime
    source: str
    has_phone: bool
    has_telegram: bool
    ads: bool
    birthday: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """What purchases says of the account; points in minor units."""

    purchases: int
    last_purchase_at: datetime | None
    stamps: int
    card_size: int
    gifts: int
    points: int
    tier: str | None


@dataclass(frozen=True, slots=True)
class Visit:
    """A purchase and what was bought."""

    purchase_id: str
    at: datetime
    items: tuple[str, ...]
    undone: bool = False


@dataclass(frozen=True, slots=True)
class Guest:
    """In whatever order the events come and however often, the result is the same: each source has its own version.

    `telegram_dead`: the guest has blocked the bot, as of `telegram_at`.
    """

    id: str
    version: int = 0
    profile: Profile | None = None
    profile_version: int = 0
    account: Account | None = None
    account_version: int = 0
    segment: str | None = None
    segment_version: int = 0
    visits: tuple[Visit, ...] = ()
    telegram_dead: bool = False
    telegram_at: datetime | None = None
    erased: bool = False
    agenda: GuestAgenda = field(default_factory=GuestAgenda)

    def learn_profile(self, version: int, profile: Profile) -> Self:
        if self.erased or version <= self.profile_version:
            return self
        linked_anew = profile.has_telegram and not (self.profile and self.profile.has_telegram)
        return replace(
            self,
            profile=profile,
            profile_version=version,
            telegram_dead=self.telegram_dead and not linked_anew,
        )

    def learn_account(self, version: int, account: Account, visits: tuple[Visit, ...] = ()) -> Self:
        """Visits count whatever their version: an older event may come later."""
        if self.erased:
            return self
        known = self._visits_with(visits) if visits else self.visits
        if version > self.account_version:
            return replace(self, account=account, account_version=version, visits=known)
        return self if known == self.visits else replace(self, visits=known)

    def learn_segment(self, version: int, segment: str) -> Self:
        if self.erased or version <= self.segment_version:
            return self
        return replace(self, segment=segment, segment_version=version)

    def learn_telegram(self, at: datetime, *, dead: bool) -> Self:
        """What the last message found out."""
        if self.erased or (self.telegram_at and at <= self.telegram_at):
            return self
        return replace(self, telegram_dead=dead, telegram_at=at)

    def plan(self, agenda: GuestAgenda) -> Self:
        """What waits to be said; the same object when nothing is new."""
        return self if self.erased or agenda == self.agenda else replace(self, agenda=agenda)

    def erase(self) -> Self:
        """Only the mark stays."""
        return self if self.erased else replace(type(self)(self.id, version=self.version), erased=True)

    @property
    def ads(self) -> bool:
        """Whether the guest agreed to advertising."""
        return self.profile is not None and self.profile.ads

    @property
    def reach(self) -> Reach:
        """The web page asks for a code by SMS: it takes a phone."""
        if self.profile is None:
            return "none"
        if self.profile.has_telegram and not self.telegram_dead:
            return "telegram"
        return "web" if self.profile.has_phone else "none"

    @property
    def favourites(self) -> tuple[str, ...]:
        """What was bought most often lately, the best first."""
        counted = Counter(item for visit in self.visits if not visit.undone for item in visit.items)
        ordered = sorted(counted.items(), key=lambda each: (-each[1], each[0]))
        return tuple(item for item, _ in ordered[:FAVOURITES])

    def _visits_with(self, visits: tuple[Visit, ...]) -> tuple[Visit, ...]:
        known = {visit.purchase_id: visit for visit in self.visits}
        for visit in visits:
            before = known.get(visit.purchase_id)
            known[visit.purchase_id] = replace(visit, undone=True) if before and before.undone else visit
        return tuple(sorted(known.values(), key=lambda visit: (visit.at, visit.purchase_id))[-REMEMBERED:])
