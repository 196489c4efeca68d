"""`/api/v1/feedback/surveys`: would you recommend us, 0 to 10 (F52)."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from bezkart.kit.auth import Guest, Owner, RoleRequired, Unauthenticated
from bezkart.kit.problems import documented
from services.feedback.api.caller import PREFIX, Service
from services.feedback.domain.errors import SurveyClosed, SurveyNotFound, SurveyOpen
from services.feedback.domain.survey import LONGEST_QUESTION, Nps, Survey, nps
from services.feedback.usecases import run_survey as running

router = APIRouter(prefix=f"{PREFIX}/surveys", tags=["feedback"], responses=documented(Unauthenticated, RoleRequired))


class SurveyBody(BaseModel):
    """Without a question the usual one is asked."""

    model_config = ConfigDict(extra="forbid")

    question: Annotated[str, Field(max_length=LONGEST_QUESTION)] = ""


class ScoreBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    score: Annotated[int, Field(ge=0, le=10, strict=True)]


class SurveyView(BaseModel):
    """`asked` guests so far; `asking` while there are more. `result.nps` is promoters − detractors in % of the answers."""

    id: str
    question: str
    started_at: datetime
    closes_at: datetime
    open: bool
    asked: int
    asking: bool
    result: Nps


class SurveysView(BaseModel):
    """`would_ask`: so many guests would be asked by a survey that starts now."""

    would_ask: int
    surveys: list[SurveyView]


class AnswerView(BaseModel):
    survey_id: str
    score: int


@router.post("", status_code=201, responses=documented(SurveyOpen))
async def start(body: SurveyBody, caller: Owner, service: Service) -> SurveyView:
    """Ask everybody who bought in the last 90 days. Answers are taken for seven days."""
    survey = await running.start_survey(caller.shop, body.question.strip(), caller.id, service)
    return _view(survey, nps({}), service.clock.now())


@router.get("")
async def surveys(caller: Owner, service: Service) -> SurveysView:
    """The latest first."""
    now = service.clock.now()
    found = await running.survey_results(caller.shop, service)
    would_ask = await running.count_would_be_asked(caller.shop, service)
    return SurveysView(would_ask=would_ask, surveys=[_view(each.survey, each.nps, now) for each in found])


@router.get("/{survey_id}", responses=documented(SurveyNotFound))
async def survey(survey_id: str, caller: Owner, service: Service) -> SurveyView:
    """With its result so far."""
    found = await running.survey_result(caller.shop, survey_id, service)
    return _view(found.survey, found.nps, service.clock.now())


@router.post("/{survey_id}/answers", responses=documented(SurveyNotFound, SurveyClosed))
async def answer(survey_id: str, body: ScoreBody, caller: Guest, service: Service) -> AnswerView:
    """The last answer while the survey is open wins."""
    await running.answer_survey(caller.shop, caller.id, survey_id, body.score, service)
    return AnswerView(survey_id=survey_id, score=body.score)


def _view(survey: Survey, result: Nps, now: datetime) -> SurveyView:
    return SurveyView(
        id=survey.id,
        question=survey.question,
        started_at=survey.started_at,
        closes_at=survey.closes_at,
        open=survey.is_open(now),
        asked=survey.asked,
        asking=survey.due is not None,
        result=result,
    )
