"""The HTTP side of feedback, by resource. What guests wrote is answered as it was written: pages escape it."""

from fastapi import APIRouter

from services.feedback.api import live, mine, ratings, settings, surveys, threads

routers: tuple[APIRouter, ...] = (
    mine.router,
    ratings.router,
    threads.router,
    surveys.router,
    settings.router,
    live.router,
)
