"""The HTTP side of campaigns, by resource."""

from fastapi import APIRouter

from services.campaigns.api import audiences, effects, live, mailings, promotions, triggers

routers: tuple[APIRouter, ...] = (
    live.router,
    audiences.router,
    effects.router,
    mailings.router,
    promotions.router,
    triggers.router,
)
"""In this order: `/mailings/live` and `/mailings/effects` are no mailing's id."""
