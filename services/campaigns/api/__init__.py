"""The HTTP side of campaigns, by resource."""

from fastapi import APIRouter

from services.campaigns.api import audiences, live, mailings, promotions

routers: tuple[APIRouter, ...] = (
    live.router,
    audiences.router,
    mailings.router,
    promotions.router,
)
"""In this order: `/mailings/live` is no mailing's id."""
