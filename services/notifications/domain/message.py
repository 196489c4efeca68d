"""One message on its way to a guest (F41, F43): its states and who is tried next. Pure.

waiting → sending (under a lease) → delivered | failed | expired | cancelled, and parked while a bulk message's channel is down.
An urgent message goes on to the next channel when `PATIENCE` is over, at once after a hard failure or at an open breaker; others
stay with their channel. The web inbox has its copy from the first moment, so reaching the step `web` is a delivery.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Literal

from services.notifications.domain.buttons import Button
from services.notifications.domain.routes import SMS, WEB

Urgency = Literal["urgent", "normal", "bulk"]
Outcome = Literal["delivered", "failed", "skipped", "unknown"]

PATIENCE: Final = timedelta(seconds=13)
"""F41 allows 20 s until the next channel: a try that begins just before may hang for 5 s, and the next channel needs some."""
LIFE: Final = {"urgent": timedelta(minutes=30), "normal": timedelta(days=1), "bulk": timedelta(days=3)}
LEASE: Final = {"urgent": timedelta(seconds=12), "normal": timedelta(seconds=60), "bulk": timedelta(seconds=60)}
UNTAKEN: Final = {"urgent": timedelta(seconds=3), "normal": timedelta(seconds=20), "bulk": timedelta(minutes=2)}
"""How long a message that was given to the queue is left alone, in case the queue never got it."""
UNTAKEN_FOR_SURE: Final = {
    "urgent": timedelta(seconds=3),
    "normal": timedelta(minutes=5),
    "bulk": timedelta(minutes=30),
}
"""The same when the broker has confirmed that it has the task: it may just wait in a long queue."""
RETRIES: Final = {"urgent": (1, 2, 4, 8), "normal": (2, 5, 15, 30, 60), "bulk": (5, 15, 30, 60)}
PARKED_FOR: Final = timedelta(seconds=5)
NEXT_ROUND: Final = timedelta(seconds=5)

LATE: Final = "no-delivery-in-time"
INTERRUPTED: Final = "interrupted"
BREAKER_OPEN: Final = "breaker-open"
EXPIRED: Final = "expired"
SWITCHED_OFF: Final = "switched-off"
NO_CONSENT: Final = "no-consent"
STOPPED: Final = "stopped"


class State(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    PARKED = "parked"
    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


PENDING: Final = frozenset({State.WAITING, State.SENDING, State.PARKED})


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try on one channel, for the delivery log (F44); `cost` in minor units of roubles, `address` masked."""

    channel: str
    at: datetime
    outcome: Outcome
    reason: str | None = None
    cost: int = 0
    provider_id: str | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """`steps` are the channels to try in order, `step` the present one, `again` those that failed softly in this round.

    `due_at`: when somebody must look at it again whatever happens; None once nothing is left to do. `rev` counts writes.
    `text` is sealed while `secret`, and wiped when nobody needs it any more; so is `sealed_phone`, a number given for this message.
    `staff`: it is for one who works in the shop (`guest_id` is the staff id), and the words tell of the guest `about`.
    `picture` (PNG, base64) goes with the words, and goes when nobody needs it any more.
    `campaign`: whose message it is (`<kind>:<id>:<run>:<variant>`); what becomes of it is told.
    """

    id: str
    guest_id: str
    key: str
    template: str
    urgency: Urgency
    created_at: datetime
    expires_at: datetime
    steps: tuple[str, ...]
    text: str | None = field(repr=False)
    secret: bool = False
    sealed_phone: str | None = field(default=None, repr=False)
    buttons: tuple[Button, ...] = ()
    staff: bool = False
    about: str | None = None
    picture: str | None = field(default=None, repr=False)
    campaign: str | None = None
    read_at: datetime | None = None
    state: State = State.WAITING
    step: int = 0
    step_until: datetime | None = None
    due_at: datetime | None = None
    tries: int = 0
    again: tuple[str, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    reason: str | None = None
    rev: int = 0

    @property
    def channel(self) -> str | None:
        """The channel whose turn it is."""
        return self.steps[self.step] if self.step < len(self.steps) else None

    @property
    def urgent(self) -> bool:
        return self.urgency == "urgent"

    @property
    def pending(self) -> bool:
        return self.state in PENDING

    @property
    def delivered_by(self) -> Attempt | None:
        """The try that reached the guest."""
        return next((each for each in reversed(self.attempts) if each.outcome == "delivered"), None)

    def started(self, at: datetime) -> "Message":
        """As accepted: on its first step, or settled already."""
        return self._on_step(0, at)

    def ready(self, at: datetime) -> bool:
        """Whether it belongs into its channel's queue now."""
        return self.state is State.WAITING and self.due_at is not None and self.due_at <= at

    def queued(self, at: datetime) -> "Message":
        """Given to the queue; looked at again when nobody has taken it from there for long."""
        return self._due(at + UNTAKEN[self.urgency])

    def claimed(self, at: datetime) -> "Message":
        """Taken by a worker, which has to report before the lease ends."""
        return replace(self._due(at + LEASE[self.urgency]), state=State.SENDING)

    def delivered(self, attempt: Attempt) -> "Message":
        """A secret stays readable in the inbox until it expires."""
        wiping = self.expires_at if self.secret or self.sealed_phone else None
        return replace(self, state=State.DELIVERED, due_at=wiping, attempts=(*self.attempts, attempt), reason=None)

    def later(self, at: datetime, seconds: float, *, told: Attempt | None = None) -> "Message":
        """The channel's limit is reached (`told` by the provider). An urgent one that would wait too long tries the next channel."""
        tried = replace(self, attempts=(*self.attempts, told)) if told else self
        when = at + timedelta(seconds=seconds)
        if self.urgent and self.step_until and when >= self.step_until and self._has_next:
            return tried._next(at, softly=True)
        return replace(tried._due(when), state=State.WAITING)

    def failed_hard(self, attempt: Attempt) -> "Message":
        """This channel will never take it: the next one at once."""
        return replace(self, attempts=(*self.attempts, attempt))._next(attempt.at, softly=False)

    def failed_softly(self, attempt: Attempt, *, open_breaker: bool) -> "Message":
        """It may work a little later, unless the channel as a whole is down (`open_breaker`)."""
        tried = replace(self, attempts=(*self.attempts, attempt), tries=self.tries + 1)
        if open_breaker:
            return tried.barred(attempt.at)
        delays = RETRIES[self.urgency]
        when = attempt.at + timedelta(seconds=delays[min(self.tries, len(delays) - 1)])
        if self.urgent and self.step_until and when >= self.step_until:
            return tried._next(attempt.at, softly=True)
        return replace(tried._due(when), state=State.WAITING)

    def barred(self, at: datetime) -> "Message":
        """The channel's breaker is open: urgent goes another way, the rest is parked and not tried."""
        if self.urgent:
            return self._next(at, softly=True)
        return replace(self._due(at + PARKED_FOR), state=State.PARKED)

    def woken(self, at: datetime, *, open_breaker: bool) -> "Message":
        """What becomes of it when it is due and nobody has reported."""
        if not self.pending:
            return replace(self._wiped(), due_at=None)
        if at >= self.expires_at:
            return self._settled(State.EXPIRED, EXPIRED)
        if self.state is State.SENDING:
            lost = Attempt(self.channel or "", at, "unknown", INTERRUPTED)
            return replace(self, state=State.WAITING, due_at=at, attempts=(*self.attempts, lost)).woken(
                at, open_breaker=open_breaker
            )
        if self.urgent and self.step_until and at >= self.step_until and self._has_next:
            late = Attempt(self.channel or "", at, "failed", LATE)
            return replace(self, attempts=(*self.attempts, late))._next(at, softly=True)
        if open_breaker and not (self.urgent and not self._has_next):
            return self.barred(at)
        return replace(self._due(at), state=State.WAITING)

    def escalated(self, channel: str, at: datetime) -> "Message":
        """Somebody wants it sent by `channel` now, whatever has been tried."""
        rest = tuple(each for each in self.steps[self.step + 1 :] if each != channel)
        return replace(self, steps=(channel, *rest), again=(), state=State.WAITING)._on_step(0, at)

    def cancelled(self, reason: str) -> "Message":
        return self._settled(State.CANCELLED, reason)

    def withdrawn(self, reason: str) -> "Message":
        """Cancelled, and gone from the inbox as well."""
        return replace(self.cancelled(reason), text=None)

    @property
    def _has_next(self) -> bool:
        return self.step + 1 < len(self.steps)

    def _next(self, at: datetime, *, softly: bool) -> "Message":
        again = (*self.again, self.steps[self.step]) if softly else self.again
        return replace(self, again=again, state=State.WAITING)._on_step(self.step + 1, at)

    def _on_step(self, step: int, at: datetime) -> "Message":
        if step < len(self.steps):
            moved = replace(self, step=step, tries=0)
            if self.steps[step] == WEB:
                return moved.delivered(Attempt(WEB, at, "delivered", address=WEB))
            return replace(moved._due(at), state=State.WAITING, step_until=at + PATIENCE)
        if self.again:  # every channel has failed, some of them not for good: another round
            begin = at + NEXT_ROUND
            new_round = replace(self, steps=self.again, again=(), step=0, tries=0, step_until=begin + PATIENCE)
            return replace(new_round._due(begin), state=State.WAITING)
        last = self.attempts[-1].reason if self.attempts else None
        return self._settled(State.FAILED, last or "no-route")

    def _due(self, when: datetime) -> "Message":
        return replace(self, due_at=min(when, self.expires_at))

    def _settled(self, state: State, reason: str) -> "Message":
        return replace(self._wiped(), state=state, reason=reason, due_at=None)

    def _wiped(self) -> "Message":
        return replace(self, text=None if self.secret else self.text, sealed_phone=None)


def allowed_steps(urgency: Urgency, channels: Sequence[str]) -> tuple[str, ...]:
    """The channels a message may go by: what is not urgent never goes by paid SMS."""
    unique = dict.fromkeys(channels)
    return tuple(each for each in unique if urgency == "urgent" or each != SMS)
