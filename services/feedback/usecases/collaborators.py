"""Everything the use cases of feedback work with; built in `app.py`."""

from dataclasses import dataclass
from datetime import timedelta

from bezkart.kit.clock import Clock
from bezkart.kit.live import LiveUpdates
from services.feedback.store.agenda import FeedbackAgenda
from services.feedback.store.guests import Guests
from services.feedback.store.ratings import Ratings
from services.feedback.store.shops import Shops
from services.feedback.store.surveys import SurveyAnswers, Surveys
from services.feedback.store.threads import Threads


@dataclass(frozen=True, slots=True)
class Feedback:
    """`delay`: how long after a purchase a guest is asked where the shop says nothing else."""

    guests: Guests
    ratings: Ratings
    threads: Threads
    surveys: Surveys
    answers: SurveyAnswers
    shops: Shops
    agenda: FeedbackAgenda
    live: LiveUpdates
    delay: timedelta
    clock: Clock
