"""NPS: one question, 0 to 10 (F52). Never computed from stars."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Self

from bezkart.kernel.ids import derived_id
from services.feedback.domain.errors import SurveyClosed

OPEN: Final = timedelta(days=7)
ASKED_WITHIN: Final = timedelta(days=90)
"""Asked is who bought in this time."""
PROMOTER: Final = 9
DETRACTOR: Final = 6
LONGEST_QUESTION: Final = 300


@dataclass(frozen=True, slots=True)
class Survey:
    """`cursor`: the guests up to this id have been asked. `due`: asking goes on; None when everybody has been."""

    id: str
    shop: str
    number: int
    question: str
    started_at: datetime
    started_by: str
    version: int = 0
    cursor: str = ""
    asked: int = 0
    due: datetime | None = None

    @property
    def closes_at(self) -> datetime:
        return self.started_at + OPEN

    def is_open(self, now: datetime) -> bool:
        return now < self.closes_at

    def asked_up_to(self, guest_id: str, count: int) -> Self:
        return replace(self, cursor=guest_id, asked=self.asked + count)

    def saved(self) -> Self:
        """As the store has it after one more write."""
        return replace(self, version=self.version + 1)

    def all_asked(self) -> Self:
        return replace(self, due=None)


@dataclass(frozen=True, slots=True)
class SurveyAnswer:
    """One guest's answer; `score` is None until there is one."""

    id: str
    survey_id: str
    guest_id: str
    segment: str | None
    version: int = 0
    score: int | None = None
    at: datetime | None = None

    def give(self, score: int, survey: Survey, now: datetime) -> Self:
        """The last answer while the survey is open wins; the same one again is the same. Raises SurveyClosed."""
        if score == self.score:
            return self
        if not survey.is_open(now):
            raise SurveyClosed
        return replace(self, score=score, at=now)


def answer_id(survey_id: str, guest_id: str) -> str:
    """Where the guest's answer to the survey is: nobody has two, and nothing has to be searched."""
    return derived_id("answer", survey_id, guest_id)


@dataclass(frozen=True, slots=True)
class Nps:
    """`nps` is % promoters (9–10) minus % detractors (0–6), one decimal; None without answers."""

    answers: int
    promoters: int
    passives: int
    detractors: int
    nps: float | None


def nps(scores: Mapping[int, int]) -> Nps:
    """From how often each score 0–10 was given."""
    total = sum(scores.values())
    promoters = sum(count for score, count in scores.items() if score >= PROMOTER)
    detractors = sum(count for score, count in scores.items() if score <= DETRACTOR)
    figure = round(100 * (promoters - detractors) / total, 1) if total else None
    return Nps(total, promoters, total - promoters - detractors, detractors, figure)
