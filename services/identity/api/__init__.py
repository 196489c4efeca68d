"""The HTTP side of identity, by resource; `internal` is for the gateway only."""

from fastapi import APIRouter

from services.identity.api import guest_sign_ins, guests, imports, internal, me, sessions, shops, staff, telegram

routers: tuple[APIRouter, ...] = (
    internal.router,
    sessions.router,
    guest_sign_ins.router,
    shops.router,
    staff.router,
    telegram.router,
    imports.router,
    me.router,
    guests.router,
)
