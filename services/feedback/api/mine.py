"""`/api/v1/feedback/mine`: a guest's own feedback, and everything that is kept of the guest."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from bezkart.kit.auth import Guest, RoleRequired, Unauthenticated
from bezkart.kit.problems import documented
from services.feedback.api.caller import PREFIX, Service
from services.feedback.api.views import RatingView, ThreadView, rating_view, thread_view
from services.feedback.domain.survey import Survey, SurveyAnswer
from services.feedback.usecases.show_guest import export_guest, show_mine

router = APIRouter(prefix=f"{PREFIX}/mine", tags=["feedback"], responses=documented(Unauthenticated, RoleRequired))


class Rateable(BaseModel):
    """The last visit, which nobody has rated."""

    purchased_at: datetime


class OpenSurvey(BaseModel):
    id: str
    question: str
    score: int | None
    closes_at: datetime


class MineView(BaseModel):
    """`open_rating` waits for stars or can still be changed. The ten latest threads, with their messages."""

    open_rating: RatingView | None
    rateable: Rateable | None
    open_survey: OpenSurvey | None
    threads: list[ThreadView]


class VisitView(BaseModel):
    purchase_id: str
    at: datetime


class AnswerView(BaseModel):
    survey_id: str
    score: int | None
    at: datetime | None


class ExportView(BaseModel):
    segment: str | None
    last_purchase_at: datetime | None
    recent_visits: list[VisitView]
    ratings: list[RatingView]
    threads: list[ThreadView]
    survey_answers: list[AnswerView]


@router.get("")
async def mine(caller: Guest, service: Service) -> MineView:
    """What waits for the guest, and what was written."""
    found = await show_mine(caller.shop, caller.id, service)
    return MineView(
        open_rating=rating_view(found.rating) if found.rating else None,
        rateable=Rateable(purchased_at=found.rateable.at) if found.rateable else None,
        open_survey=_open_survey(*found.survey) if found.survey else None,
        threads=[thread_view(thread) for thread in found.threads],
    )


@router.get("/export")
async def export(caller: Guest, service: Service) -> ExportView:
    """Everything feedback keeps of the guest."""
    kept = await export_guest(caller.shop, caller.id, service)
    return ExportView(
        segment=kept.segment,
        last_purchase_at=kept.last_purchase_at,
        recent_visits=[VisitView(purchase_id=each.purchase_id, at=each.at) for each in kept.visits],
        ratings=[rating_view(each) for each in kept.ratings],
        threads=[thread_view(each) for each in kept.threads],
        survey_answers=[AnswerView(survey_id=each.survey_id, score=each.score, at=each.at) for each in kept.answers],
    )


def _open_survey(survey: Survey, answer: SurveyAnswer) -> OpenSurvey:
    return OpenSurvey(id=survey.id, question=survey.question, score=answer.score, closes_at=survey.closes_at)
