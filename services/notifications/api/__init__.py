"""The HTTP side of notifications, by resource."""

from fastapi import APIRouter

from services.notifications.api import channels, inbox, messages, templates, wishes

routers: tuple[APIRouter, ...] = (
    messages.router,
    templates.router,
    channels.router,
    channels.platform,
    inbox.router,
    wishes.router,
)
