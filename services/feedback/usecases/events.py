"""What happened in the words of `bezkart.contracts.feedback`."""

from typing import get_args

from bezkart.contracts import feedback as contract
from bezkart.contracts.segments import SegmentName
from services.feedback.domain.rating import Rating
from services.feedback.domain.survey import SurveyAnswer
from services.feedback.domain.thread import Message, Thread

_SEGMENTS: dict[str, SegmentName] = {name: name for name in get_args(SegmentName)}


def rating_given(shop: str, rating: Rating) -> contract.RatingGiven:
    """`rating` as decided; the write makes it one version more."""
    if rating.stars is None or rating.given_at is None:
        raise AssertionError("a given rating has stars")
    return contract.RatingGiven(
        shop=shop,
        guest_id=rating.guest_id,
        rating_id=rating.id,
        version=rating.version + 1,
        purchase_id=rating.purchase_id,
        purchased_at=rating.purchased_at,
        staff_id=rating.staff_id,
        segment=_SEGMENTS.get(rating.segment or ""),
        stars=rating.stars,
        commented=bool(rating.comment),
        given_at=rating.given_at,
    )


def thread_opened(shop: str, thread: Thread) -> contract.ThreadOpened:
    return contract.ThreadOpened(
        shop=shop,
        guest_id=thread.guest_id,
        thread_id=thread.id,
        rating_id=thread.rating.rating_id if thread.rating else None,
        contact_me=thread.contact_me,
        at=thread.waiting_since or thread.last_at,
    )


def thread_answered(shop: str, before: Thread, message: Message) -> contract.ThreadAnswered:
    return contract.ThreadAnswered(
        shop=shop,
        guest_id=before.guest_id,
        thread_id=before.id,
        rating_id=before.rating.rating_id if before.rating else None,
        waiting_since=before.waiting_since,
        staff_id=message.staff_id,
        at=message.at,
    )


def nps_answered(shop: str, answer: SurveyAnswer) -> contract.NpsAnswered:
    """`answer` as decided; the write makes it one version more."""
    if answer.score is None or answer.at is None:
        raise AssertionError("an answer has a score")
    return contract.NpsAnswered(
        shop=shop,
        guest_id=answer.guest_id,
        survey_id=answer.survey_id,
        answer_id=answer.id,
        version=answer.version + 1,
        score=answer.score,
        segment=_SEGMENTS.get(answer.segment or ""),
        at=answer.at,
    )
