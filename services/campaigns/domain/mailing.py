"""A mailing's life (F30): draft → scheduled → launching → sending → done, stopped or failed; a recurring one is scheduled again. Pure."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Literal, Self

from bezkart.kernel.calendar import ShopCalendar
from services.campaigns.domain.audience import Audience
from services.campaigns.domain.batch import Ref
from services.campaigns.domain.errors import (
    AlreadyStarted,
    DateInPast,
    MailingInvalid,
    NotADraft,
    NotStarted,
)
from services.campaigns.domain.manners import DROPPED_AFTER
from services.campaigns.domain.message import Message
from services.campaigns.domain.schedule import At, Now, Schedule, next_start, recurring

State = Literal["draft", "scheduled", "launching", "sending", "done", "stopped", "failed"]
GOING: Final[tuple[State, ...]] = ("launching", "sending")
RUNS_KEPT: Final = 50


@dataclass(frozen=True, slots=True)
class Plan:
    """What the owner decides on. Where `saved` is the id of a saved audience, `audience` is what it said at saving."""

    name: str
    audience: Audience
    message: Message
    schedule: Schedule = field(default_factory=Now)
    saved: str | None = None
    max_messages: int | None = None
    max_offer_cost: int | None = None

    @property
    def limit(self) -> int | None:
        """So many messages a run may send at most."""
        limits = [] if self.max_messages is None else [self.max_messages]
        if self.max_offer_cost is not None and (cost := self.message.gift_cost):
            limits.append(self.max_offer_cost // cost)
        return min(limits, default=None)

    def check(self) -> None:
        """Raises MailingInvalid."""
        if self.max_offer_cost is not None and self.message.gift_cost is None:
            raise MailingInvalid(
                "what a coupon costs is known only when it is used: limit the messages", pointer="/max_offer_cost"
            )
        ends = self.message.ends_at
        if ends and isinstance(self.schedule, At) and ends <= self.schedule.at:
            raise MailingInvalid("the offer ends before the mailing starts", pointer="/ends_at")


@dataclass(frozen=True, slots=True)
class Run:
    """One sending of a mailing; `audience` guests were frozen into `batches`."""

    number: int
    started_at: datetime
    audience: int = 0
    batches: int = 0
    ended_at: datetime | None = None
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Mailing:
    """`due` is when the clock has to look at it next. `reason` says why it stopped or failed."""

    id: str
    plan: Plan
    created_at: datetime
    created_by: str
    version: int = 0
    state: State = "draft"
    reason: str = ""
    due: datetime | None = None
    starts_at: datetime | None = None
    launch_key: str = ""
    runs: tuple[Run, ...] = ()

    @property
    def run(self) -> Run | None:
        """The latest."""
        return self.runs[-1] if self.runs else None

    @property
    def ref(self) -> Ref:
        """Of the latest run."""
        return Ref("mailing", self.id, str(self.run.number if self.run else 0))

    @property
    def going(self) -> bool:
        return self.state in GOING

    def change(self, plan: Plan) -> Self:
        """Raises NotADraft, MailingInvalid."""
        if self.state != "draft":
            raise NotADraft
        plan.check()
        return replace(self, plan=plan)

    def launch(self, now: datetime, calendar: ShopCalendar, *, key: str) -> Self:
        """The owner has seen how many it concerns. Raises NotADraft, DateInPast."""
        if self.state != "draft":
            raise NotADraft
        schedule, ends = self.plan.schedule, self.plan.message.ends_at
        if isinstance(schedule, At) and schedule.at <= now:
            raise DateInPast(pointer="/schedule/at")
        start = next_start(schedule, now, calendar)
        if ends and ends <= start:
            raise DateInPast("the offer ends before the mailing starts", pointer="/ends_at")
        return replace(self, state="scheduled", due=start, starts_at=start, launch_key=key, reason="")

    def cancel(self) -> Self:
        """Before it began. Raises AlreadyStarted, NotStarted."""
        if self.state in GOING:
            raise AlreadyStarted
        if self.state != "scheduled":
            raise NotStarted
        return replace(self, state="draft", due=None, starts_at=None, launch_key="")

    def stop(self, now: datetime) -> Self:
        """Whatever is not sent yet stays unsent. Raises NotStarted."""
        if self.state not in {"scheduled", *GOING}:
            raise NotStarted
        return self._ended("stopped", "owner", now)

    def begin(self, now: datetime, lease: datetime) -> Self:
        """A run begins; whoever began it has until `lease`, then another goes on."""
        run = Run(self.run.number + 1 if self.run else 1, now)
        return replace(self, state="launching", due=lease, runs=(*self.runs, run)[-RUNS_KEPT:])

    def frozen(self, *, audience: int, batches: int, look_again: datetime) -> Self:
        """All batches are made."""
        return replace(self._with_run(audience=audience, batches=batches), state="sending", due=look_again)

    def fail(self, reason: str, now: datetime) -> Self:
        """It cannot go on, and the owner is to see why."""
        return self._ended("failed", reason, now)

    def finish(self, reason: str, now: datetime, calendar: ShopCalendar) -> Self:
        """Every batch is settled; a recurring one waits for its next turn, unless its offer will have ended."""
        if not recurring(self.plan.schedule):
            return self._ended("done", reason, now)
        following, ends = next_start(self.plan.schedule, now, calendar), self.plan.message.ends_at
        if ends and ends <= following:
            return self._ended("done", reason, now)
        waiting = self._with_run(ended_at=now, outcome="done")
        return replace(waiting, state="scheduled", reason=reason, due=following, starts_at=following)

    def sent_until(self, due: datetime) -> datetime:
        """Past this a batch that was due is not sent any more."""
        ends = self.plan.message.ends_at
        return min(due + DROPPED_AFTER, ends) if ends else due + DROPPED_AFTER

    def _ended(self, state: State, reason: str, now: datetime) -> Self:
        ended = self._with_run(ended_at=now, outcome=state) if self.going else self
        return replace(ended, state=state, reason=reason, due=None, starts_at=None)

    def _with_run(
        self,
        *,
        audience: int | None = None,
        batches: int | None = None,
        ended_at: datetime | None = None,
        outcome: str | None = None,
    ) -> Self:
        if self.run is None:
            return self
        run = replace(
            self.run,
            audience=self.run.audience if audience is None else audience,
            batches=self.run.batches if batches is None else batches,
            ended_at=ended_at or self.run.ended_at,
            outcome=outcome or self.run.outcome,
        )
        return replace(self, runs=(*self.runs[:-1], run))
