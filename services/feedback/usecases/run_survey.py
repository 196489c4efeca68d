"""NPS (F52): start a survey, ask everybody who bought lately, take the answers."""

from dataclasses import dataclass
from typing import Final

from bezkart.kernel.errors import VersionConflict
from bezkart.kernel.ids import derived_id
from bezkart.kit.documents import until_written
from services.feedback.domain.errors import SurveyNotFound, SurveyOpen
from services.feedback.domain.survey import ASKED_WITHIN, Nps, Survey, SurveyAnswer, answer_id, nps
from services.feedback.usecases.collaborators import Feedback
from services.feedback.usecases.events import nps_answered
from services.feedback.usecases.messages import survey_request

CHUNK: Final = 200
SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Result:
    """A survey and what came of it so far."""

    survey: Survey
    nps: Nps


async def start_survey(shop: str, question: str, staff_id: str, service: Feedback) -> Survey:
    """The sweep asks the guests. Raises SurveyOpen."""

    async def attempt() -> Survey:
        now = service.clock.now()
        latest = await service.surveys.of_shop(shop, 1)
        if latest and latest[0].is_open(now):
            raise SurveyOpen
        number = latest[0].number + 1 if latest else 1
        # Numbered, so that of two who start one at the same moment only the first does.
        survey_id = derived_id("survey", shop, str(number))
        survey = Survey(survey_id, shop, number, question, started_at=now, started_by=staff_id, due=now)
        await service.surveys.save(survey, now)
        return survey

    return await until_written(attempt)


async def ask_the_surveyed(service: Feedback) -> int:
    """Go on with every survey that has not asked everybody; how many guests were asked. Safe to run twice and to be cut off."""
    asked = 0
    for survey in await service.surveys.due(service.clock.now(), CHUNK):
        try:
            asked += await _ask_everybody(survey, service)
        except VersionConflict:
            continue  # somebody else is at it
    return asked


async def answer_survey(shop: str, guest_id: str, survey_id: str, score: int, service: Feedback) -> SurveyAnswer:
    """The last answer while the survey is open wins. Raises SurveyNotFound (for whoever was not asked as well), SurveyClosed."""

    async def attempt() -> SurveyAnswer:
        survey = await service.surveys.load(shop, survey_id)
        answer = await service.answers.load(shop, answer_id(survey_id, guest_id))
        if survey is None or answer is None:
            raise SurveyNotFound
        now = service.clock.now()
        given = answer.give(score, survey, now)
        if given is not answer:
            await service.answers.save(shop, given, [nps_answered(shop, given)], now)
        return given

    return await until_written(attempt)


async def survey_result(shop: str, survey_id: str, service: Feedback) -> Result:
    """Raises SurveyNotFound."""
    survey = await service.surveys.load(shop, survey_id)
    if survey is None:
        raise SurveyNotFound
    return Result(survey, nps(await service.answers.scores(shop, survey.id)))


async def survey_results(shop: str, service: Feedback) -> list[Result]:
    """The latest first."""
    surveys = await service.surveys.of_shop(shop, SHOWN)
    return [Result(each, nps(await service.answers.scores(shop, each.id))) for each in surveys]


async def count_would_be_asked(shop: str, service: Feedback) -> int:
    """How many guests a survey that starts now asks."""
    return await service.guests.count_who_bought(shop, service.clock.now() - ASKED_WITHIN)


async def open_survey_of(shop: str, guest_id: str, service: Feedback) -> tuple[Survey, SurveyAnswer] | None:
    """The survey that this guest may answer now."""
    latest = await service.surveys.of_shop(shop, 1)
    if not latest or not latest[0].is_open(service.clock.now()):
        return None
    answer = await service.answers.load(shop, answer_id(latest[0].id, guest_id))
    return (latest[0], answer) if answer else None


async def _ask_everybody(survey: Survey, service: Feedback) -> int:
    """Chunk by chunk in the order of ids; the cursor follows, so a crash asks nobody twice. Raises VersionConflict."""
    shop = await service.shops.load(survey.shop)
    since = survey.started_at - ASKED_WITHIN
    asked = 0
    while guests := await service.guests.who_bought(survey.shop, since, after=survey.cursor, limit=CHUNK):
        now = service.clock.now()
        places = [SurveyAnswer(answer_id(survey.id, guest.id), survey.id, guest.id, guest.segment) for guest in guests]
        await service.answers.ask(
            survey.shop, [(place, survey_request(shop, place.guest_id, survey)) for place in places], now
        )
        survey = await _saved(survey.asked_up_to(guests[-1].id, len(guests)), service)
        asked += len(guests)
    await _saved(survey.all_asked(), service)
    return asked


async def _saved(survey: Survey, service: Feedback) -> Survey:
    await service.surveys.save(survey, service.clock.now())
    return survey.saved()
