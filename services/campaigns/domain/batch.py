"""A part of a campaign's frozen audience: what was decided of each guest, once. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Literal, Self

from services.campaigns.domain.message import Message

SIZE: Final = 500

State = Literal["waiting", "sent", "dropped"]
Reason = Literal["gone", "no-consent", "unreachable", "frequency", "bought", "limit"]
"""Why a guest of the audience got nothing: erased, or one that the guest's own document tells."""
Dropped = Literal["stopped", "too-late", "plan-required"]
"""Why a whole batch was."""


@dataclass(frozen=True, slots=True)
class Ref:
    """A run of a campaign, `<kind>:<id>:<run>`; of a trigger each day is a run."""

    kind: str
    id: str
    run: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}:{self.run}"

    @property
    def campaign(self) -> str:
        return f"{self.kind}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> Self:
        kind, campaign_id, run = text.split(":", 2)
        return cls(kind, campaign_id, run)


@dataclass(frozen=True, slots=True)
class Batch:
    """`due` is when it may be sent, and None when that is settled; past `until` it is not sent any more.

    `outcomes`: per guest the text's variant, `holdout`, or why nothing was sent. `limit`: so many messages the whole run may send.
    `unless_bought_since`: whoever bought later than that gets nothing.
    """

    id: str
    ref: Ref
    number: int
    guests: tuple[str, ...]
    message: Message
    due: datetime | None
    until: datetime
    version: int = 0
    state: State = "waiting"
    reason: str = ""
    limit: int | None = None
    unless_bought_since: datetime | None = None
    outcomes: Mapping[str, str] = field(default_factory=dict)
    settled_at: datetime | None = None
    held: bool = False

    def hold(self, until: datetime) -> Self:
        """It is quiet now."""
        return replace(self, due=until, held=True)

    def drop(self, reason: Dropped, now: datetime) -> Self:
        return replace(self, state="dropped", reason=reason, due=None, settled_at=now)

    def send(self, outcomes: Mapping[str, str], now: datetime) -> Self:
        return replace(self, state="sent", outcomes=outcomes, due=None, settled_at=now)

    @property
    def counts(self) -> dict[str, int]:
        """How many guests had each outcome."""
        return dict(Counter(self.outcomes.values()))

    @property
    def messages(self) -> int:
        return sum(count for outcome, count in self.counts.items() if outcome in self.message.variants)


def batch_id(ref: Ref, number: int) -> str:
    """Sorts by number. Whoever makes it again makes the same."""
    return f"{ref}:{number:06d}"


def message_key(ref: Ref, guest_id: str) -> str:
    return f"{ref}:{guest_id}"


def is_message(outcome: str) -> bool:
    """Whether the guest was written to."""
    return len(outcome) == 1
