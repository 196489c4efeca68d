"""Builds feedback. `python -m services.feedback.app serve` runs its one process, `api | consumer` its halves apart."""

import sys
from collections.abc import Callable, Coroutine
from datetime import timedelta
from functools import partial
from typing import Any

from fastapi import FastAPI

from bezkart.kit.backbone import CONSUMING, build_backbone
from bezkart.kit.clock import Clock
from bezkart.kit.health import Check
from bezkart.kit.http import serve
from bezkart.kit.live import LiveUpdates
from bezkart.kit.logging import configure_logging
from bezkart.kit.periodic import again_and_again
from services.feedback.api import routers
from services.feedback.handlers import reactions
from services.feedback.settings import FeedbackSettings
from services.feedback.store.agenda import FeedbackAgenda
from services.feedback.store.guests import GUEST_INDEXES, GUESTS, Guests
from services.feedback.store.ratings import RATING_INDEXES, RATINGS, Ratings
from services.feedback.store.shops import Shops
from services.feedback.store.surveys import ANSWER_INDEXES, ANSWERS, SURVEY_INDEXES, SURVEYS, SurveyAnswers, Surveys
from services.feedback.store.threads import THREAD_INDEXES, THREADS, Threads
from services.feedback.usecases.ask_for_rating import ask_who_is_due
from services.feedback.usecases.check_asking import check_asking
from services.feedback.usecases.collaborators import Feedback
from services.feedback.usecases.run_survey import ask_the_surveyed
from services.feedback.usecases.tend import DAY, look_everywhere, tend


def build(settings: FeedbackSettings, *, entry: str, clock: Clock | None = None) -> FastAPI:
    """The application of the process `entry`: `api` answers requests, `consumer` handles events and what time brings, `serve` does both."""
    backbone = build_backbone(
        settings,
        service="feedback",
        clock=clock,
        indexes={
            GUESTS: GUEST_INDEXES,
            RATINGS: RATING_INDEXES,
            THREADS: THREAD_INDEXES,
            ANSWERS: ANSWER_INDEXES,
        },
        own_indexes={SURVEYS: SURVEY_INDEXES},
        shop_outboxes=(RATINGS, THREADS, ANSWERS),
    )
    databases = backbone.databases
    service = Feedback(
        guests=Guests(databases, backbone.documents(GUESTS)),
        ratings=Ratings(databases, backbone.documents(RATINGS)),
        threads=Threads(databases, backbone.documents(THREADS)),
        surveys=Surveys(databases, backbone.documents(SURVEYS)),
        answers=SurveyAnswers(databases, backbone.documents(ANSWERS)),
        shops=Shops(databases),
        agenda=FeedbackAgenda(databases),
        live=LiveUpdates(backbone.redis, namespace=settings.namespace),
        delay=timedelta(seconds=settings.rating_delay_seconds),
        clock=backbone.clock,
    )
    return backbone.application(
        service,
        entry=entry,
        routers=routers,
        reactions=reactions,
        measures=(partial(check_asking, service),),
        checks=(Check("redis", service.live.ping, required=False),),
        background=_background(service, settings) if entry in CONSUMING else (),
    )


def _background(service: Feedback, settings: FeedbackSettings) -> list[Callable[[], Coroutine[Any, Any, None]]]:
    return [
        partial(again_and_again, "look_everywhere", partial(look_everywhere, service), seconds=DAY, first_after=0.0),
        partial(again_and_again, "ask_who_is_due", partial(ask_who_is_due, service), seconds=settings.sweep_seconds),
        partial(
            again_and_again, "ask_the_surveyed", partial(ask_the_surveyed, service), seconds=settings.sweep_seconds
        ),
        partial(again_and_again, "tend", partial(tend, service), seconds=settings.tend_seconds),
    ]


if __name__ == "__main__":
    environment = FeedbackSettings()
    configure_logging(service=f"feedback-{sys.argv[1]}", level=environment.log_level)
    serve(build(environment, entry=sys.argv[1]), environment)
