"""What can be wrong with a mailing, an audience, a text."""

from typing import Final

from bezkart.kernel.errors import DomainError, Kind

GROWTH: Final = "growth"
PRO: Final = "pro"
_RANK: Final = {"": 0, "start": 1, GROWTH: 2, PRO: 3}


class PlanRequired(DomainError):
    """The shop's plan lacks it; the member `needed` names the plan that has it."""

    kind = Kind.PLAN_REQUIRED
    slug = "plan-required"
    title = "Your plan does not include this"


def require_plan(plan: str, needed: str) -> None:
    """Raises PlanRequired."""
    if not has_plan(plan, needed):
        raise PlanRequired(needed=needed)


def has_plan(plan: str, needed: str) -> bool:
    """Whether `plan` includes what comes with `needed`."""
    return _RANK.get(plan, 0) >= _RANK[needed]


class MailingNotFound(DomainError):
    kind = Kind.NOT_FOUND
    slug = "mailing-not-found"
    title = "There is no such mailing"


class TriggerNotFound(DomainError):
    kind = Kind.NOT_FOUND
    slug = "trigger-not-found"
    title = "There is no such trigger"


class TooManyTriggers(DomainError):
    kind = Kind.CONFLICT
    slug = "too-many-triggers"
    title = "There are many triggers already; delete one first"


class ScenarioNotFound(DomainError):
    kind = Kind.NOT_FOUND
    slug = "scenario-not-found"
    title = "There is no such ready scenario"


class AudienceNotFound(DomainError):
    kind = Kind.NOT_FOUND
    slug = "audience-not-found"
    title = "There is no such saved audience"


class TooManyAudiences(DomainError):
    kind = Kind.CONFLICT
    slug = "too-many-audiences"
    title = "There are many saved audiences already; delete one first"


class NotADraft(DomainError):
    """It is on its way, or over: what guests got is not changed afterwards."""

    kind = Kind.CONFLICT
    slug = "mailing-not-draft"
    title = "Only a draft can be changed"


class NotStarted(DomainError):
    """There is nothing to stop or to take back."""

    kind = Kind.CONFLICT
    slug = "mailing-not-running"
    title = "The mailing is not waiting for its start or under way"


class AlreadyStarted(DomainError):
    """Too late to take it back; it can be stopped."""

    kind = Kind.CONFLICT
    slug = "mailing-started"
    title = "The mailing has begun already: it can only be stopped"


class AudienceEmpty(DomainError):
    kind = Kind.CONFLICT
    slug = "audience-empty"
    title = "Nobody would get this mailing"


class AudienceChanged(DomainError):
    """The member `count` is how many would get it now."""

    kind = Kind.CONFLICT
    slug = "audience-changed"
    title = "The number of guests is not the one you have seen"


class DateInPast(DomainError):
    kind = Kind.INVALID
    slug = "date-in-past"
    title = "This moment has passed"


class MailingInvalid(DomainError):
    """Parts of it contradict each other."""

    kind = Kind.INVALID
    slug = "mailing-invalid"
    title = "The mailing contradicts itself"


class CursorUnknown(DomainError):
    kind = Kind.MALFORMED
    slug = "cursor-unknown"
    title = "This is not a cursor of ours"
