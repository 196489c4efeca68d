"""The HTTP side of identity, by resource; `internal` is for the gateway only."""

from fastapi import APIRouter

from services.identity.api import guests, imports, internal, sessions, shops, staff

routers: tuple[APIRouter, ...] = (
    internal.router,
    sessions.router,
    shops.router,
    staff.router,
    imports.router,
    guests.router,
)
