"""What a guest sees of the own feedback, and everything that is kept of a guest (F3)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.feedback.domain.guest import Visit
from services.feedback.domain.rating import Rating
from services.feedback.domain.survey import Survey, SurveyAnswer, answer_id
from services.feedback.domain.thread import Thread
from services.feedback.usecases.collaborators import Feedback
from services.feedback.usecases.run_survey import open_survey_of

THREADS_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Mine:
    """`rating` can be given or changed now; `rateable` is the last visit if nobody rated it. `survey` is open for this guest."""

    rating: Rating | None
    rateable: Visit | None
    survey: tuple[Survey, SurveyAnswer] | None
    threads: list[Thread]


@dataclass(frozen=True, slots=True)
class Kept:
    """Everything that feedback keeps of a guest."""

    segment: str | None
    last_purchase_at: datetime | None
    visits: tuple[Visit, ...]
    ratings: list[Rating]
    threads: list[Thread]
    answers: list[SurveyAnswer]


async def show_mine(shop: str, guest_id: str, service: Feedback) -> Mine:
    now = service.clock.now()
    guest = await service.guests.load(shop, guest_id)
    last = await service.ratings.load(shop, guest.rating_id) if guest.rating_id else None
    visit = guest.last_visit(now)
    return Mine(
        rating=last if last and last.answerable(now) else None,
        rateable=visit if visit and (last is None or last.purchase_id != visit.purchase_id) else None,
        survey=await open_survey_of(shop, guest_id, service),
        threads=await service.threads.of_guest(shop, guest_id, THREADS_SHOWN),
    )


async def export_guest(shop: str, guest_id: str, service: Feedback) -> Kept:
    guest = await service.guests.load(shop, guest_id)
    surveys = await service.surveys.ids(shop)
    return Kept(
        segment=guest.segment,
        last_purchase_at=guest.last_purchase_at,
        visits=guest.visits,
        ratings=await service.ratings.of_guest(shop, guest_id),
        threads=await service.threads.of_guest(shop, guest_id),
        answers=await service.answers.load_many(shop, [answer_id(survey, guest_id) for survey in surveys]),
    )
